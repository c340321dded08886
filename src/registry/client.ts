/**
 * A conversation with one registry about one repository (OCI distribution specification), read-only. Credentials go
 * to the registry they belong to and to the token server it names, never along a redirect to another origin.
 */
import { errorCodes, rateLimitOf, type Stop, saysExpired, stopAtOddAnswer, stopUnreached } from './answer.ts';
import { type Authorization, authorise } from './auth.ts';
import { parseChallenges } from './challenge.ts';
import type { CredentialStore } from './credentials.ts';
import type { Deadline } from './deadline.ts';
import { badAnswer, type Unreached } from './failure.ts';
import { isLoopback } from './hosts.ts';
import type { RateLimit } from './model.ts';
import { DOCKER_HUB, type Reference } from './reference.ts';
import type { HttpReply, Transport } from './transport.ts';

/** What inspections of one run share. */
export type RegistryContext = {
  readonly transport: Transport;
  readonly credentials: CredentialStore;
  /** What answered a challenge, by registry and repository, so that it is asked for once. */
  readonly authorizations: Map<string, Promise<Authorization | Stop>>;
  /** Loopback registries that were found to speak plain HTTP, or not. */
  readonly protocols: Map<string, 'http:' | 'https:'>;
  /** What Docker Hub told last of its limit, by registry. */
  readonly limits: Map<string, RateLimit>;
  /** How long the network may take for one image, in milliseconds. */
  readonly timeoutMs: number;
  /** When everything has to be over, as of `Date.now()`. */
  readonly until?: number;
};

export type Conversation = {
  /** How sentences and verdicts call the registry: the host of the reference. */
  readonly registry: string;
  /** Every request with its answer, in order. No query strings, no headers. */
  readonly seen: readonly string[];
  /** Asks for a path below `/v2/<repository>/`. Gives every answer that tells something of the image. */
  ask(method: 'HEAD' | 'GET', path: string, accept: string): Promise<HttpReply | Stop>;
};

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** References call Docker Hub `docker.io`; its registry answers elsewhere. */
export function hostOf(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

/** A first part with a capital letter is a registry to Docker, although a namespace may be what was meant. */
function withHint(registry: string, failure: Unreached): Unreached {
  if (failure.unreached !== 'dns' || /[.:]/.test(registry) || registry.toLowerCase() === registry)
    return failure;
  return {
    ...failure,
    because: `${failure.because}; its capital letters make Docker take it for a registry`,
  };
}

/** Where a redirect leads, if it may be followed: never from HTTPS to plain HTTP, nor plain to another machine. */
function redirectTarget(reply: HttpReply, from: URL): URL | undefined {
  const location = reply.headers.location ?? '';
  if (!URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from);
  url.username = '';
  url.password = '';
  if (url.protocol === 'https:') return url;
  const plain = url.protocol === 'http:' && from.protocol === 'http:' && isLoopback(url.hostname);
  return plain ? url : undefined;
}

/** Starts a conversation about the repository of `reference`. */
export function converse(reference: Reference, context: RegistryContext, deadline: Deadline): Conversation {
  const { host: registry, path: repository } = reference;
  const { transport, protocols } = context;
  const seen: string[] = [];
  const note = (line: string) => {
    seen.push(line);
  };
  let authorization: Authorization | undefined;
  let credentialsUsed = '';

  function urlOf(path: string, protocol: string): URL {
    return new URL(`${protocol}//${hostOf(registry)}/v2/${repository}/${path}`);
  }

  async function follow(method: 'HEAD' | 'GET', start: URL, accept: string): Promise<HttpReply | Unreached> {
    let url = start;
    let header = authorization?.header;
    for (let hops = 0; ; hops++) {
      const headers = {
        accept,
        'user-agent': 'dockmedic',
        ...(header === undefined ? {} : { authorization: header }),
      };
      const name = url.host === start.host ? registry : `${url.host}, to which ${registry} sends on,`;
      const reply = await transport.send({ method, url, headers, name, deadline });
      const line = `${method} ${url.origin}${url.origin === start.origin ? url.pathname : '/…'}`;
      if ('unreached' in reply) {
        note(`${line} → ${reply.seen}`);
        return reply;
      }
      if (!REDIRECTS.has(reply.status)) {
        const scheme = parseChallenges(reply.headers['www-authenticate'] ?? '')[0]?.scheme;
        const words = [reply.status, ...errorCodes(reply)].join(' ');
        note(`${line} → ${words}${reply.status === 401 && scheme ? ` (${scheme})` : ''}`);
        const elsewhere = url.origin !== start.origin && (reply.status === 401 || reply.status === 403);
        return elsewhere ? badAnswer(`${name} denies access (${reply.status})`, '') : reply;
      }
      const next = redirectTarget(reply, url);
      note(`${line} → ${reply.status}${next ? ` to ${next.origin}` : ''}`);
      if (!next) return badAnswer(`${registry} sends on to an address that is not to be followed`, '');
      if (hops === MOST_REDIRECTS)
        return badAnswer(`${registry} sends on more than ${MOST_REDIRECTS} times`, '');
      if (next.origin !== url.origin) header = undefined;
      url = next;
    }
  }

  /** HTTPS; for registries on this machine plain HTTP where HTTPS fails, as Docker does. */
  async function send(method: 'HEAD' | 'GET', path: string, accept: string): Promise<HttpReply | Unreached> {
    const protocol = protocols.get(registry);
    const secure = urlOf(path, protocol ?? 'https:');
    const reply = await follow(method, secure, accept);
    if (protocol !== undefined || !isLoopback(secure.hostname)) return reply;
    if (!('unreached' in reply)) {
      protocols.set(registry, 'https:');
      return reply;
    }
    if (reply.unreached === 'timeout' || reply.unreached === 'bad-answer') return reply;
    const plain = await follow(method, urlOf(path, 'http:'), accept);
    if ('unreached' in plain && plain.unreached !== 'bad-answer' && !deadline.signal.aborted) return reply;
    protocols.set(registry, 'http:');
    return plain;
  }

  /** Answers a challenge; gives a verdict where that cannot be done. */
  async function answerChallenge(reply: HttpReply): Promise<Stop | undefined> {
    const challenges = parseChallenges(reply.headers['www-authenticate'] ?? '');
    const credentials = await deadline.pause(context.credentials(registry));
    if (credentials.kind === 'failed') {
      const { because, helper } = credentials;
      return { verdict: 'cannot-reach', registry, why: 'helper', because, ...(helper ? { helper } : {}) };
    }
    if (credentials.kind !== 'none') credentialsUsed = credentials.source;
    if (reply.status === 403 && challenges.length === 0) {
      if (credentials.kind === 'none') return { verdict: 'login-needed', registry };
      return stopUnreached(registry, badAnswer(`${registry} denies access (403) and asks for no login`, ''));
    }
    const registryUrl = urlOf('', protocols.get(registry) ?? 'https:');
    const key = `${registry}/${repository}`;
    const request = { registry, registryUrl, repository, challenges, credentials, deadline, transport, note };
    const known = context.authorizations.get(key) ?? authorise(request);
    context.authorizations.set(key, known);
    const answer = await known;
    if ('verdict' in answer) return answer;
    authorization = answer;
    return undefined;
  }

  /** The verdict on a 401 or 403 that stands after the challenge was answered. */
  async function denied(status: number, path: string, accept: string): Promise<Stop> {
    const login = authorization?.as === 'login';
    // Docker Hub gives a token to anybody and hides private repositories behind the same 401 as absent ones.
    if (registry === DOCKER_HUB && (status === 401 || !login)) {
      return { verdict: 'no-such-repository', registry, maybePrivate: true };
    }
    if (login) {
      // The answer to a HEAD has no body, and only the body tells what is wrong with the login.
      const reply = await send('GET', path, accept);
      const expired = !('unreached' in reply) && reply.status === status && saysExpired(reply);
      return {
        verdict: 'login-refused',
        registry,
        credentials: credentialsUsed,
        ...(expired ? { expired } : {}),
      };
    }
    return { verdict: 'login-needed', registry };
  }

  return {
    registry,
    seen,
    async ask(method, path, accept) {
      let reply = await send(method, path, accept);
      if ('unreached' in reply) return stopUnreached(registry, withHint(registry, reply));
      const odd = stopAtOddAnswer(registry, registry, reply);
      if (odd) return odd;
      if ((reply.status === 401 || reply.status === 403) && !authorization) {
        const stop = await answerChallenge(reply);
        if (stop) return stop;
        reply = await send(method, path, accept);
        if ('unreached' in reply) return stopUnreached(registry, reply);
      }
      if (reply.status === 401 || reply.status === 403) {
        return stopAtOddAnswer(registry, registry, reply) ?? denied(reply.status, path, accept);
      }
      const limit = registry === DOCKER_HUB ? rateLimitOf(reply) : undefined;
      if (limit) context.limits.set(registry, limit);
      return stopAtOddAnswer(registry, registry, reply) ?? reply;
    },
  };
}
