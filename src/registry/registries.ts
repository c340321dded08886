/** Everything that a run asks of registries, each image once. */

import type { DockerConfig } from '../docker/config.ts';
import type { EngineLogin } from '../docker/distribution.ts';
import { advised } from './advice.ts';
import type { RegistryContext } from './client.ts';
import type { Environment } from './credential-helper.ts';
import { createCredentialStore } from './credentials.ts';
import { createGate, type Gate } from './gate.ts';
import { inspectImage } from './inspect.ts';
import type { EngineView, ImageVerdict } from './model.ts';
import { DOCKER_HUB, parseReference, type Reference } from './reference.ts';
import { createTransport } from './transport.ts';
import { decide, engineLoginOf, wantsEngine, withoutEngine } from './vantage.ts';

export type RegistryClientOptions = {
  /** Docker's `config.json`. */
  readonly config: DockerConfig;
  /** Why that file could not be read in full, in a sentence without its full stop. */
  readonly configFault?: string | undefined;
  /** Where that file lies: `DOCKER_CONFIG`, or `.docker` in the home directory. */
  readonly configDirectory: string;
  /** The environment: PATH for credential helpers, proxies, `DOCKER_AUTH_CONFIG`, `SSL_CERT_FILE`. */
  readonly environment: Environment;
  /** How long the network may take for one image, in milliseconds. */
  readonly timeoutMs?: number;
  /** How long a credential helper may take, in milliseconds. */
  readonly helperTimeoutMs?: number;
  /** The engine as the second vantage point, where it may be asked. */
  readonly engine?: AskEngine;
  /** When everything has to be over, as of `Date.now()`; what is asked later is not asked at all. */
  readonly until?: number;
};

/** Has the engine look an image up. The login is only for the engine to which the docker CLI would hand it. */
export type AskEngine = (reference: Reference, login: EngineLogin | undefined) => Promise<EngineView>;

export type RegistryClient = {
  /** The registry's verdict on an image; equal questions are asked once. Never throws. */
  image(reference: string, platform?: string): Promise<ImageVerdict>;
};

/**
 * Images that are asked about at the same time, by registry; each has one request under way. `docker compose pull` asks
 * for all of its images at once and fetches three layers of each, so this is less than what a registry is used to, and
 * 200 images at two requests of 50 ms each take a second and a quarter.
 */
const AT_ONCE = 16;

/** Over all registries: each image takes a connection, and a stack on dozens of registries must not take hundreds. */
const AT_ONCE_OVER_ALL = 40;

/** What the inspections of one run share; nothing is reached for yet. */
export function createRegistryContext(options: RegistryClientOptions): RegistryContext {
  const {
    config,
    configFault,
    configDirectory,
    environment,
    timeoutMs = 5_000,
    helperTimeoutMs = 3_000,
    until,
  } = options;
  return {
    transport: createTransport({ environment, configDirectory, timeoutMs }),
    credentials: createCredentialStore({
      config,
      configFault,
      configDirectory,
      environment,
      helperTimeoutMs,
      ...(until === undefined ? {} : { until }),
    }),
    authorizations: new Map(),
    protocols: new Map(),
    limits: new Map(),
    timeoutMs,
    ...(until === undefined ? {} : { until }),
  };
}

/** Makes the registry client of one run; it reaches for nothing until it is asked. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const context = createRegistryContext(options);
  const gates = new Map<string, Gate>();
  const overAll = createGate(AT_ONCE_OVER_ALL);
  const verdicts = new Map<string, Promise<ImageVerdict>>();
  /** Registries that the engine cannot reach; it is asked about each once. */
  const outOfReach = new Map<string, EngineView>();
  /** Whether the engine gets to a registry that this process gets to: asked with the first image that is there. */
  const reached = new Map<string, Promise<EngineView | undefined>>();

  function ask(reference: Reference, platform: string | undefined): Promise<ImageVerdict> {
    const gate = gates.get(reference.host) ?? createGate(AT_ONCE);
    gates.set(reference.host, gate);
    return gate(() =>
      overAll(async () => {
        if (options.until !== undefined && Date.now() >= options.until) {
          const because = `no time was left to ask ${reference.host}`;
          return { verdict: 'cannot-reach', registry: reference.host, why: 'timeout', because, seen: [] };
        }
        const here = await inspectImage(reference, platform, context);
        return advised(await secondView(reference, platform, here));
      }),
    );
  }

  async function secondView(
    reference: Reference,
    platform: string | undefined,
    here: ImageVerdict,
  ): Promise<ImageVerdict> {
    const { host } = reference;
    // A look of the engine at Docker Hub counts as a pull.
    if (here.verdict === 'exists' && host !== DOCKER_HUB) {
      const known = reached.get(host) ?? engineViewOf(reference);
      reached.set(host, known);
      const view = await known;
      return view ? withoutEngine(here, view, host) : here;
    }
    if (!wantsEngine(here)) return here;
    const view = outOfReach.get(host) ?? (await engineViewOf(reference));
    if (!view) return here;
    if (view.view === 'cannot-reach') outOfReach.set(host, view);
    return decide(here, view, platform);
  }

  /** Undefined where no engine may be asked. */
  async function engineViewOf(reference: Reference): Promise<EngineView | undefined> {
    if (!options.engine) return undefined;
    const credentials = await context.credentials(reference.host);
    return options.engine(reference, engineLoginOf(credentials, reference.host));
  }

  return {
    image(text, platform) {
      const reference = parseReference(text);
      if ('invalid' in reference) {
        return Promise.resolve({ verdict: 'invalid-reference', because: reference.invalid, seen: [] });
      }
      const key = JSON.stringify([reference, platform ?? null]);
      const asked = verdicts.get(key) ?? ask(reference, platform);
      verdicts.set(key, asked);
      return asked;
    },
  };
}
