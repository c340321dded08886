/** Everything that a run asks of registries, each image once. */

import type { DockerConfig } from '../docker/config.ts';
import type { RegistryContext } from './client.ts';
import type { Environment } from './credential-helper.ts';
import { createCredentialStore } from './credentials.ts';
import { inspectImage } from './inspect.ts';
import type { ImageVerdict } from './model.ts';
import { parseReference, type Reference } from './reference.ts';
import { createTransport } from './transport.ts';

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
};

export type RegistryClient = {
  /** The registry's verdict on an image; equal questions are asked once. Never throws. */
  image(reference: string, platform?: string): Promise<ImageVerdict>;
};

/** Images that are asked about at the same time, by registry. */
const AT_ONCE = 6;

/** Runs work with at most `limit` at a time, in the order in which it came. */
function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** Makes the registry client of one run; it reaches for nothing until it is asked. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const {
    config,
    configFault,
    configDirectory,
    environment,
    timeoutMs = 5_000,
    helperTimeoutMs = 3_000,
  } = options;
  const context: RegistryContext = {
    transport: createTransport({ environment, configDirectory, timeoutMs }),
    credentials: createCredentialStore({
      config,
      configFault,
      configDirectory,
      environment,
      helperTimeoutMs,
    }),
    authorizations: new Map(),
    protocols: new Map(),
    timeoutMs,
  };
  const gates = new Map<string, ReturnType<typeof createGate>>();
  const verdicts = new Map<string, Promise<ImageVerdict>>();

  function ask(reference: Reference, platform: string | undefined): Promise<ImageVerdict> {
    const gate = gates.get(reference.host) ?? createGate(AT_ONCE);
    gates.set(reference.host, gate);
    return gate(() => inspectImage(reference, platform, context));
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
