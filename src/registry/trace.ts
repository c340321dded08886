/** Follows one image reference as Docker would, from its text to the answers of its registry. */
import { readDockerConfig } from '../docker/config.ts';
import { type DockerEnvironment, dockerDirectory } from '../docker/environment.ts';
import { isLocal, withoutPassword } from '../docker/host.ts';
import type { AskedEndpoint } from '../docker/model.ts';
import type { RegistrySettings } from '../docker/registry-settings.ts';
import { advised, kindOfRegistry } from './advice.ts';
import { readAuthVariable } from './auth-variable.ts';
import { hostOf, type RegistryContext } from './client.ts';
import { credentialNotes } from './credential-notes.ts';
import { type Credentials, configName } from './credentials.ts';
import { askEngineAbout } from './engine-view.ts';
import { insecureBecause } from './hosts.ts';
import { inspectImage } from './inspect.ts';
import type { EngineView, ImageVerdict } from './model.ts';
import { proxyFor } from './proxy.ts';
import { DOCKER_HUB, fullName, parseReference, type Reference } from './reference.ts';
import { createRegistryContext } from './registries.ts';
import type { ImageTrace } from './trace-model.ts';
import { adviceOn, butNotForTheEngine, readingNotes, shortName, verdictInWords } from './trace-words.ts';
import { registryCertificates } from './trust.ts';
import { compare, decide, engineLoginOf, wantsEngine } from './vantage.ts';

export type TraceOptions = {
  readonly environment: DockerEnvironment;
  readonly platform?: string;
  /** False for `--no-engine`. */
  readonly askEngine: boolean;
  /** For everything together, in milliseconds. */
  readonly timeoutMs: number;
};

/** An image that Docker Hub keeps for reading one's limit (Docker docs, "Pull usage and limits"). */
const LIMIT_IMAGE: Reference = { host: DOCKER_HUB, path: 'ratelimitpreview/test', tag: 'latest' };
const NO_ENGINE: EngineView = { view: 'unknown', because: 'the engine is left out (--no-engine)', seen: [] };

/** Never throws for what a registry, a helper, an engine or the network does. */
export async function traceImage(text: string, options: TraceOptions): Promise<ImageTrace> {
  const { environment, platform, timeoutMs } = options;
  const reference = parseReference(text);
  if ('invalid' in reference) return invalid(text, reference.invalid, platform);

  const end = Date.now() + timeoutMs;
  const { env } = environment;
  const { config, fault } = readDockerConfig(environment);
  const configDirectory = dockerDirectory(environment);
  const context = createRegistryContext({
    config,
    ...(fault ? { configFault: fault.message } : {}),
    configDirectory,
    environment: env,
    timeoutMs: Math.min(5_000, Math.round(timeoutMs * 0.6)),
    helperTimeoutMs: Math.min(3_000, Math.round(timeoutMs * 0.4)),
  });
  const engineAsked = options.askEngine ? findEngine(environment, timeoutMs) : undefined;
  const [credentials, here, certificates, engine] = await Promise.all([
    context.credentials(reference.host),
    inspectImage(reference, platform, context),
    registryCertificates(hostOf(reference.host), env, configDirectory),
    engineAsked,
  ]);
  const [view, rateLimit] = await Promise.all([
    viewOf(reference, here, credentials, engine?.endpoint, options.askEngine, end),
    limitOf(reference, here, context, end),
  ]);
  const verdict = advised(decide(here, view, platform));
  const disagreement = compare(here, view, reference.host) ?? null;
  const name = fullName(reference);
  const url = new URL(`https://${hostOf(reference.host)}`);
  const way = context.transport.way(url);
  const kind = kindOfRegistry(reference.host, here.seen);
  const own = certificates.authorities.map(({ file }) => file);
  return {
    asked: text,
    reference: {
      full: name,
      registry: reference.host,
      repository: reference.path,
      tag: reference.tag ?? null,
      digest: reference.digest ?? null,
      notes: readingNotes(text, reference),
    },
    platform: platform ?? null,
    way: {
      address: `${context.protocols.get(reference.host) ?? 'https:'}//${url.host}`,
      mirrors: reference.host === DOCKER_HUB ? (engine?.settings?.mirrors ?? []) : [],
      insecure: insecureBecause(url.hostname, url.host, engine?.settings?.insecure ?? []) ?? null,
      proxy: {
        process: way.proxy ?? null,
        engine: engineProxy(url, engine?.settings),
        containers: config.proxies.size > 0 ? configName(configDirectory, env) : null,
      },
      certificates: {
        authorities: own,
        client: certificates.client?.file ?? null,
        needed:
          here.verdict === 'cannot-reach'
            ? []
            : (way.authorities ?? []).filter((file) => !own.includes(file)),
        faults: certificates.faults,
      },
    },
    credentials: {
      ...loginInWords(credentials),
      notes: credentialNotes(
        config,
        readAuthVariable(env.DOCKER_AUTH_CONFIG),
        credentials,
        reference.host,
        configName(configDirectory, env),
      ),
    },
    process: { verdict: here.verdict, requests: here.seen },
    engine: {
      endpoint: engine?.endpoint ? withoutPassword(engine.endpoint.host) : null,
      settings: engine?.settings ? 'known' : 'unknown',
      view: view.view,
      because: 'because' in view ? view.because : null,
      requests: view.seen,
    },
    rateLimit: rateLimit ?? (verdict.verdict === 'rate-limited' ? (verdict.limit ?? null) : null),
    kind: kind ? { name: kind.name, facts: kind.facts, sources: kind.sources } : null,
    verdict,
    says:
      verdict.verdict === 'exists' && disagreement?.side === 'engine'
        ? butNotForTheEngine(shortName(reference))
        : verdictInWords(verdict, shortName(reference)),
    disagreement,
    advice:
      disagreement?.side === 'engine' && disagreement.advice
        ? [disagreement.advice, ...adviceOn(verdict, text)]
        : adviceOn(verdict, text),
  };
}

function invalid(text: string, because: string, platform: string | undefined): ImageTrace {
  const verdict: ImageVerdict = { verdict: 'invalid-reference', because, seen: [] };
  return {
    asked: text,
    reference: null,
    platform: platform ?? null,
    way: null,
    credentials: null,
    process: { verdict: verdict.verdict, requests: [] },
    engine: {
      endpoint: null,
      settings: 'unknown',
      view: 'unknown',
      because: 'there is nothing to ask for',
      requests: [],
    },
    rateLimit: null,
    kind: null,
    verdict,
    says: verdictInWords(verdict, text),
    disagreement: null,
    advice: adviceOn(verdict, text),
  };
}

type Engine = { readonly endpoint: AskedEndpoint; readonly settings?: RegistrySettings };

/** The engine that the docker CLI uses, and what it was told about registries. */
async function findEngine(environment: DockerEnvironment, timeoutMs: number): Promise<Engine> {
  const [{ chooseEndpoint }, { ping }, { askRegistrySettings }] = await Promise.all([
    import('../docker/endpoints.ts'),
    import('../docker/ping.ts'),
    import('../docker/registry-settings.ts'),
  ]);
  const limit = Math.min(2_000, Math.round(timeoutMs * 0.3));
  const { endpoint } = chooseEndpoint(environment, readDockerConfig(environment));
  const asked: AskedEndpoint = {
    ...endpoint,
    ping: await ping(endpoint, environment, { timeoutMs: limit }),
  };
  if (asked.ping.answer === 'down') return { endpoint: asked };
  const settings = await askRegistrySettings(asked, limit);
  return 'because' in settings ? { endpoint: asked } : { endpoint: asked, settings };
}

/** What the engine sees. On Docker Hub its question counts as a pull, so there it is asked only where that decides. */
async function viewOf(
  reference: Reference,
  here: ImageVerdict,
  credentials: Credentials,
  endpoint: AskedEndpoint | undefined,
  askEngine: boolean,
  end: number,
): Promise<EngineView> {
  if (!askEngine) return NO_ENGINE;
  if (reference.host === DOCKER_HUB && !wantsEngine(here) && endpoint?.ping.answer === 'up') {
    const because = 'on Docker Hub its question counts as a pull, and nothing is left to decide';
    return { view: 'unknown', because, seen: [] };
  }
  const login = endpoint && isLocal(endpoint.host) ? engineLoginOf(credentials, reference.host) : undefined;
  return askEngineAbout(endpoint, reference, login, Math.min(5_000, end - Date.now()));
}

/** How many pulls Docker Hub still allows: a HEAD is answered with it and counts as none. */
async function limitOf(reference: Reference, here: ImageVerdict, context: RegistryContext, end: number) {
  if (reference.host !== DOCKER_HUB) return undefined;
  const left = end - Date.now();
  if (!context.limits.has(DOCKER_HUB) && here.verdict !== 'cannot-reach' && left > 0)
    await inspectImage(LIMIT_IMAGE, undefined, { ...context, timeoutMs: Math.min(context.timeoutMs, left) });
  return context.limits.get(DOCKER_HUB);
}

function engineProxy(url: URL, settings: RegistrySettings | undefined): string | null {
  if (!settings) return null;
  const { http, https, none } = settings.proxies;
  const found = proxyFor(url, { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: none });
  // The name of the variable is ours, not the engine's.
  return found ? found.name.replace(/ \(\w+\)$/, '') : null;
}

/** A login without its secret. */
function loginInWords(credentials: Credentials): Omit<NonNullable<ImageTrace['credentials']>, 'notes'> {
  const { source } = credentials;
  switch (credentials.kind) {
    case 'none':
      return { kind: 'none', source, user: null, because: null };
    case 'basic':
      return { kind: 'password', source, user: credentials.username, because: null };
    case 'token':
      return { kind: `${credentials.use}-token`, source, user: null, because: null };
    case 'failed':
      return { kind: 'failed', source, user: null, because: credentials.because };
  }
}
