/**
 * Two vantage points on one image: this process, and the engine that would pull it. Where they disagree, the fault is
 * a proxy, a name server, a mirror or a certificate of one of the two. Pure.
 */
import type { EngineLogin } from '../docker/distribution.ts';
import type { Credentials } from './credentials.ts';
import { judgePlatforms } from './inspect.ts';
import type { EngineView, ImageVerdict } from './model.ts';
import { parsePlatform } from './platform.ts';
import { DOCKER_HUB } from './reference.ts';

/** The address under which Docker files the login of Docker Hub. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * Whether the engine is to be asked as well: this process could not tell, or holds a login that was refused. A helper
 * that fails keeps Compose and builds from asking at all, so there the engine has nothing to decide.
 */
export function wantsEngine(here: ImageVerdict): boolean {
  if (here.verdict === 'cannot-reach') return here.why !== 'helper';
  return here.verdict === 'login-refused';
}

/** The login of a registry in the form of the Engine API: what the docker CLI itself hands to the engine. */
export function engineLoginOf(credentials: Credentials, host: string): EngineLogin | undefined {
  const serveraddress = host === DOCKER_HUB ? HUB_SERVER : host;
  if (credentials.kind === 'basic') {
    return { username: credentials.username, password: credentials.password, serveraddress };
  }
  if (credentials.kind !== 'token') return undefined;
  const { use, token } = credentials;
  return use === 'identity'
    ? { identitytoken: token, serveraddress }
    : { registrytoken: token, serveraddress };
}

/**
 * One verdict out of two views. The engine pulls, so what it sees counts where this process could not tell; that it
 * does not see the image either makes "cannot be reached" no "does not exist".
 */
export function decide(here: ImageVerdict, engine: EngineView, platform: string | undefined): ImageVerdict {
  if (!wantsEngine(here)) return here;
  const seen = [...here.seen, ...engine.seen];
  if (engine.view === 'exists') {
    const wanted = platform === undefined ? undefined : parsePlatform(platform);
    const offered = engine.platforms.flatMap((name) => parsePlatform(name) ?? []);
    // Without a list, that it is there is all that can be said.
    const judged = judgePlatforms(offered.length === 0 ? undefined : wanted, offered, offered.length === 1);
    return judged.verdict === 'exists' ? { ...judged, by: 'engine', seen } : { ...judged, seen };
  }
  if (here.verdict !== 'cannot-reach') return { ...here, seen };
  const { registry } = here;
  switch (engine.view) {
    case 'no-such-tag':
      return { verdict: 'no-such-tag', registry, near: [], seen };
    case 'no-such-repository':
      return { verdict: 'no-such-repository', registry, maybePrivate: registry === DOCKER_HUB, seen };
    case 'login-needed':
      return { verdict: 'login-needed', registry, seen };
    case 'rate-limited':
      return { verdict: 'rate-limited', registry, seen };
    case 'cannot-reach': {
      const { why, because } = engine;
      return { ...here, engine: { why, because, ...adviceOf(engine, registry) }, seen };
    }
    // Denied: whether for the login or for the name is not told. Unknown: nothing was learnt.
    case 'denied':
    case 'unknown':
      return { ...here, seen };
  }
}

/** A fault that stands between one of the two and the registry. Sentences with a full stop. */
export type Disagreement = {
  readonly side: 'engine' | 'this process';
  readonly says: string;
  readonly advice?: string;
};

/**
 * An image that this process sees, of a registry that the engine does not get to. Only what has to be put right counts:
 * that it was too slow once, or that the registry had an error, may be over by the next pull.
 */
export function withoutEngine(here: ImageVerdict, engine: EngineView, host: string): ImageVerdict {
  if (here.verdict !== 'exists' || engine.view !== 'cannot-reach' || !LASTING.has(engine.why)) return here;
  const { why, because } = engine;
  return {
    ...here,
    engine: { why, because, ...adviceOf(engine, host) },
    seen: [...here.seen, ...engine.seen],
  };
}

const LASTING: ReadonlySet<string> = new Set(['tls', 'proxy', 'dns', 'refused']);

/** What it means that one of the two reaches the registry and the other does not; undefined where they agree. */
export function compare(here: ImageVerdict, engine: EngineView, host: string): Disagreement | undefined {
  const isReachedHere = here.verdict !== 'cannot-reach' && here.verdict !== 'invalid-reference';
  if (here.verdict === 'cannot-reach' && here.why !== 'helper' && isReached(engine)) {
    return {
      side: 'this process',
      says: `The engine reaches ${host} and this process does not (${here.because}), so pulling works; only dockmedic and \`docker manifest\` look from here.`,
    };
  }
  if (isReachedHere && engine.view === 'cannot-reach') {
    return {
      side: 'engine',
      says: `This process reaches ${host} and the engine does not: it ${engine.because}. Pulling is the engine's part.`,
      ...adviceOf(engine, host),
    };
  }
  if (here.verdict === 'exists' && (engine.view === 'denied' || engine.view === 'login-needed')) {
    return {
      side: 'engine',
      says: `This process may read it and the engine is denied it.`,
      advice: `Look whether a proxy or a mirror of the engine answers in place of ${host}.`,
    };
  }
  if (here.verdict === 'exists' && (engine.view === 'no-such-tag' || engine.view === 'no-such-repository')) {
    return {
      side: 'engine',
      says: `This process finds the image and the engine does not: something else answers the engine as ${host}.`,
      advice: 'Look at the mirrors and the proxy of the engine.',
    };
  }
  return undefined;
}

function isReached({ view }: EngineView): boolean {
  return view !== 'cannot-reach' && view !== 'unknown';
}

function adviceOf(engine: Reason, host: string): { readonly advice?: string } {
  const advice = adviceForEngine(engine, host);
  return advice === undefined ? {} : { advice };
}

type Reason = Pick<Extract<EngineView, { view: 'cannot-reach' }>, 'why' | 'because'>;

/** What to do where the engine does not get through. */
export function adviceForEngine({ why, because }: Reason, host: string): string | undefined {
  switch (why) {
    case 'tls':
      if (because.startsWith('trusts no'))
        return `Put the certificate of its authority into /etc/docker/certs.d/${host}/ca.crt where the engine runs (no restart needed), or into the system's own trust and restart the engine.`;
      if (because.includes('by its clock'))
        return 'Compare the clock of the engine, or of its virtual machine, with this one.';
      if (because.includes('plain HTTP'))
        return `Give the registry a certificate; or name ${host} in "insecure-registries" of the engine's daemon.json, which gives up on knowing who answers, and restart the engine.`;
      return `Look at what answers the engine as ${host}, its proxy included.`;
    case 'proxy':
      return `Correct the proxy of the engine (daemon.json, its systemd unit, or Docker Desktop's settings); the proxy variables of this shell do not count for it.`;
    case 'dns':
      return 'Look at the name servers of the machine that the engine runs on; a VPN often has its own.';
    case 'refused':
    case 'timeout':
    case 'failed':
      return `Look whether the engine needs a proxy to reach ${host}, or a firewall or VPN stands between them.`;
    default:
      return undefined;
  }
}
