/**
 * Answers a registry's challenge: Basic, or a token from the server that the challenge names (Docker Registry v2
 * authentication: "Token Authentication Specification" and "OAuth2 Token Authentication").
 */
import { Buffer } from 'node:buffer';
import { field, jsonOf, type Stop, saysExpired, stopAtOddAnswer, stopUnreached } from './answer.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { Deadline } from './deadline.ts';
import { badAnswer } from './failure.ts';
import { isLoopback } from './hosts.ts';
import type { Transport } from './transport.ts';

/** What to send from now on, and on whose behalf. */
export type Authorization = {
  readonly header: string;
  readonly as: 'anonymous' | 'login';
};

export type AuthRequest = {
  readonly registry: string;
  /** The address of the registry; decides which token servers may be sent a login. */
  readonly registryUrl: URL;
  readonly repository: string;
  readonly challenges: readonly Challenge[];
  readonly credentials: Exclude<Credentials, { kind: 'failed' }>;
  readonly deadline: Deadline;
  readonly transport: Transport;
  /** Takes a line for the list of what was seen. */
  readonly note: (line: string) => void;
};

/** Tokens go into a header: printable ASCII only, and well below the size that servers take. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/**
 * The address of the token server, if a login may be sent there: encrypted, or plain where registry and token server
 * are both this machine.
 */
function realmOf(challenge: Challenge, registryUrl: URL): URL | undefined {
  const realm = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.protocol === 'https:') return url;
  const local = isLoopback(registryUrl.hostname) && isLoopback(url.hostname);
  return url.protocol === 'http:' && local ? url : undefined;
}

async function fetchToken(request: AuthRequest, challenge: Challenge): Promise<Authorization | Stop> {
  const { registry, credentials, deadline, transport } = request;
  const realm = realmOf(challenge, request.registryUrl);
  if (!realm) {
    const because = `${registry} names a token server that no login may be sent to, because it is not encrypted`;
    return stopUnreached(registry, badAnswer(because, ''));
  }
  const shown = realm.origin + realm.pathname;
  const name =
    realm.host === request.registryUrl.host ? registry : `${realm.host}, the token server of ${registry},`;
  const as = credentials.kind === 'none' ? 'anonymous' : 'login';
  const method = credentials.kind === 'token' ? 'POST' : 'GET';
  const form = new URLSearchParams();
  const service = challenge.parameters.get('service');
  if (service !== undefined) form.set('service', service);
  // Our own scope, never the one that the challenge asks for: reading one repository is all that is wanted.
  form.set('scope', `repository:${request.repository}:pull`);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credentials.kind === 'basic') headers.authorization = basic(credentials.username, credentials.password);
  if (credentials.kind === 'token') {
    form.set('grant_type', 'refresh_token');
    form.set('client_id', 'dockmedic');
    form.set('refresh_token', credentials.token);
    headers['content-type'] = 'application/x-www-form-urlencoded';
  } else for (const [key, value] of form) realm.searchParams.set(key, value);

  const body = credentials.kind === 'token' ? { body: form.toString() } : {};
  const reply = await transport.send({ method, url: realm, headers, ...body, name, deadline });
  if ('unreached' in reply) {
    request.note(`${method} ${shown} → ${reply.seen}`);
    return stopUnreached(registry, reply);
  }
  request.note(
    `${method} ${shown} → ${reply.status} (${as === 'login' ? 'with the login' : 'without a login'})`,
  );
  const odd = stopAtOddAnswer(registry, name, reply);
  if (odd) return odd;
  const answer = jsonOf(reply);
  // An identity token that is no longer taken (RFC 6749 §5.2).
  const isStale = method === 'POST' && reply.status === 400 && field(answer, 'error') === 'invalid_grant';
  if (reply.status === 401 || reply.status === 403 || isStale) {
    if (as === 'anonymous') return { verdict: 'login-needed', registry };
    const expired = saysExpired(reply);
    return {
      verdict: 'login-refused',
      registry,
      credentials: credentials.source,
      ...(expired ? { expired } : {}),
    };
  }
  const token = [field(answer, 'token'), field(answer, 'access_token')].find(
    (each) => typeof each === 'string' && each,
  );
  if (reply.status !== 200 || typeof token !== 'string' || !TOKEN.test(token)) {
    return stopUnreached(registry, badAnswer(`${name} gives no token (${reply.status})`, ''));
  }
  return { header: `Bearer ${token}`, as };
}

/**
 * What to answer a 401 with. Bearer is taken before Basic. A registry that wants a login of a kind for which Docker
 * holds none ends in `login-needed`.
 */
export async function authorise(request: AuthRequest): Promise<Authorization | Stop> {
  const { registry, credentials, challenges } = request;
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer && credentials.kind === 'token' && credentials.use === 'registry') {
    if (TOKEN.test(credentials.token)) return { header: `Bearer ${credentials.token}`, as: 'login' };
    return { verdict: 'login-refused', registry, credentials: credentials.source };
  }
  if (bearer) return fetchToken(request, bearer);
  if (challenges.some(({ scheme }) => scheme === 'basic')) {
    if (credentials.kind !== 'basic') return { verdict: 'login-needed', registry };
    return { header: basic(credentials.username, credentials.password), as: 'login' };
  }
  return stopUnreached(registry, badAnswer(`${registry} wants a login and does not say of what kind`, ''));
}
