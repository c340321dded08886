/** What an endpoint did instead of giving an engine's answer, in words and as data. */
import { lstat, readlink, stat } from 'node:fs/promises';
import { accessTo, userName } from './access.ts';
import type { DockerEnvironment } from './environment.ts';
import { addressOf, withoutPassword } from './host.ts';
import { isObject } from './json.ts';
import type { AccessDetail, DownDetail, Endpoint, Ping, TlsFault } from './model.ts';
import { TlsUnreadable, type Trace, UnexpectedStatus } from './transport.ts';

export type Down = Extract<Ping, { answer: 'down' }>;

export function down(why: Down['why'], seen: string, detail?: DownDetail): Down {
  return { answer: 'down', why, seen, ...(detail && { detail }) };
}

/** What stands at a socket's path; undefined where it is a socket, or where only connecting will tell. */
export async function lookAt(path: string, environment: DockerEnvironment): Promise<Down | undefined> {
  // A Windows socket file does not show as one to Node.
  if (environment.platform === 'win32') return undefined;
  try {
    const found = await stat(path);
    if (found.isSocket()) return undefined;
    const kind = found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other';
    const name = { directory: 'a directory', file: 'a regular file', other: 'no socket' }[kind];
    return down('not-a-socket', `${path} is ${name}, not a socket`, { kind: 'in-its-place', found: kind });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES') {
      const user = userName(environment);
      const seen = `EACCES: a directory on the way to ${path} may not be entered`;
      return down('denied', seen, { kind: 'access', path, at: 'directory', ...(user && { user }) });
    }
    if (code === 'ENOENT') return missing(path);
    if (code === 'ENOTDIR')
      return down('missing', `ENOTDIR: a part of ${path} is no directory`, { kind: 'missing' });
    return down('failed', `${code}: ${path} could not be looked at`);
  }
}

async function missing(path: string): Promise<Down> {
  try {
    if ((await lstat(path)).isSymbolicLink()) {
      const link = await readlink(path);
      const seen = `ENOENT: ${path} is a link to ${link}, which does not exist`;
      return down('missing', seen, { kind: 'missing', link });
    }
  } catch {
    // Not even a link is there.
  }
  return down('missing', `ENOENT: ${path} does not exist`, { kind: 'missing' });
}

/** What an endpoint did that gave no answer in its time. */
export async function explainSilence(
  endpoint: Endpoint,
  trace: Trace | undefined,
  timeoutMs: number,
): Promise<Down> {
  const name = nameOf(endpoint);
  const within = `within ${timeoutMs / 1000} s`;
  const address = addressOf(endpoint.host);
  if (address.kind === 'ssh') {
    const { sshSilence } = await import('./ssh-failure.ts');
    return sshSilence(address.target, trace?.ssh, within);
  }
  const connected = trace?.connected === true;
  return down(
    'timeout',
    connected
      ? `${name} takes the connection and sent no answer ${within}`
      : `${name} did not take a connection ${within}`,
    { kind: 'silence', connected },
  );
}

/** @param leftMs the time that is left to look closer, in milliseconds */
export async function explain(
  error: unknown,
  endpoint: Endpoint,
  environment: DockerEnvironment,
  trace: Trace | undefined,
  leftMs: number,
): Promise<Down> {
  const name = nameOf(endpoint);
  const address = addressOf(endpoint.host);
  if (error instanceof TlsUnreadable) return down('tls', error.message, { kind: 'tls', fault: error.fault });
  if (error instanceof UnexpectedStatus) return statusSeen(error, name, trace);
  if (address.kind === 'ssh' && trace?.ssh) {
    const { sshEnded } = await import('./ssh-failure.ts');
    return sshEnded(address.target, await trace.ssh.end());
  }
  if (endpoint.tls && address.kind === 'tcp') {
    const told = await tlsTold(error, address.hostname, address.port, name, trace, leftMs);
    if (told) return told;
  }
  return explainCode(error, endpoint, environment, trace);
}

async function explainCode(
  error: unknown,
  endpoint: Endpoint,
  environment: DockerEnvironment,
  trace: Trace | undefined,
): Promise<Down> {
  const name = nameOf(endpoint);
  const isSocket = addressOf(endpoint.host).kind === 'socket';
  const code = codeOf(error);
  const strange = (seen: string, closed?: true) =>
    down('bad-answer', seen, {
      kind: 'answer',
      ofEngine: false,
      ...(closed && { closed }),
      ...serverOf(trace),
    });
  switch (code) {
    case 'ENOENT':
      return down('missing', `ENOENT: ${name} does not exist`, { kind: 'missing' });
    case 'ECONNREFUSED': {
      const there = isSocket ? ', though the socket file is there' : '';
      return down('refused', `ECONNREFUSED: nobody listens on ${name}${there}`);
    }
    case 'EACCES':
    case 'EPERM':
      return denied(code, endpoint, environment);
    case 'ENOTSOCK':
    case 'EPROTOTYPE':
      return down('not-a-socket', `${code}: ${name} is no socket that takes connections`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return down('unknown-host', `${code}: the name of ${name} does not resolve`);
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return down('timeout', `${code}: ${name} did not take a connection`, {
        kind: 'silence',
        connected: false,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return strange(`${name} closed the connection without an answer`, true);
  }
  if (/^(?:HPE_|ERR_HTTP)/.test(code)) return strange(`${name} answers, and not in HTTP (${code})`);
  if (code !== 'unknown error') return down('failed', `${code}: asking ${name} failed`);
  const told = error instanceof Error ? printable(error.message) : 'unknown error';
  const seen = `asking ${name} failed: ${told}`;
  return trace?.connected ? strange(seen) : down('failed', seen);
}

const tlsWords: Readonly<Record<TlsFault, (name: string) => string>> = {
  'material-missing': (name) => `files for TLS with ${name} are missing`,
  'material-unreadable': (name) => `files for TLS with ${name} cannot be read`,
  'material-unusable': (name) => `files for TLS with ${name} cannot be used`,
  'server-expired': (name) => `the certificate of ${name} has expired`,
  'server-not-yet-valid': (name) => `the certificate of ${name} is not valid yet`,
  'unknown-authority': (name) =>
    `the certificate of ${name} comes from an authority that is not trusted here`,
  'wrong-name': (name) => `the certificate of ${name} is for another host`,
  'client-certificate-wanted': (name) => `${name} wants a client certificate, and none was given`,
  'client-certificate-expired': (name) => `${name} refuses the client certificate, which has expired`,
  'client-certificate-refused': (name) => `${name} refuses the client certificate`,
  'server-wants-tls': (name) => `${name} wants TLS`,
  'server-is-plain': (name) => `${name} does not speak TLS`,
  failed: (name) => `${name} does not speak TLS as it was asked to`,
};

async function tlsTold(
  error: unknown,
  hostname: string,
  port: number,
  name: string,
  trace: Trace | undefined,
  leftMs: number,
): Promise<Down | undefined> {
  const { alertOf, lookAtCertificate, tlsFaultOf } = await import('./tls-failure.ts');
  const parts = trace?.tls ?? {};
  const isCut = ['ECONNRESET', 'EPIPE'].includes(codeOf(error)) && trace?.connected === true;
  const first = isCut
    ? await alertOf(parts, hostname, port, Math.max(100, leftMs / 2))
    : tlsFaultOf(error, parts, Date.now());
  if (!first) return undefined;
  const told = leftMs < 100 ? first : await lookAtCertificate(first, hostname, port, leftMs / 2);
  const code = codeOf(error);
  const about = told.about === undefined || told.about === code ? '' : `: ${told.about}`;
  return down('tls', `${tlsWords[told.fault](name)}${about} (${code})`, { kind: 'tls', ...told });
}

/** What a status other than 200 says; Docker Desktop's proxy answers 500 by itself while its engine is down. */
function statusSeen(error: UnexpectedStatus, name: string, trace: Trace | undefined): Down {
  if (/HTTP request (?:was sent )?to an? HTTPS server/i.test(error.body)) {
    const seen = `/_ping answered status ${error.status}: this address wants TLS`;
    return down('tls', seen, { kind: 'tls', fault: 'server-wants-tls', about: name });
  }
  const text = printable(messageIn(error.body));
  const ofEngine = trace?.apiVersion !== undefined;
  const without = ofEngine ? '' : ' and no Api-Version header, so the answer is not from an engine';
  const seen = `/_ping answered status ${error.status} with ${text === '' ? 'no text' : quoted(text)}${without}`;
  return down('bad-answer', seen, {
    kind: 'answer',
    status: error.status,
    ofEngine,
    ...(text !== '' && { text }),
    ...serverOf(trace),
  });
}

function messageIn(body: string): string {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) && typeof json.message === 'string' ? json.message : body;
  } catch {
    return body;
  }
}

async function denied(code: string, endpoint: Endpoint, environment: DockerEnvironment): Promise<Down> {
  const address = addressOf(endpoint.host);
  const who = environment.uid === undefined ? 'this user' : `this user (uid ${environment.uid})`;
  const say = (words: string, detail: AccessDetail | undefined) =>
    down('denied', `${code}: ${who} may not connect to ${words}`, detail);
  if (address.kind !== 'socket') {
    const pipe: AccessDetail | undefined =
      address.kind === 'pipe' ? { kind: 'access', path: address.path, at: 'pipe' } : undefined;
    return say(nameOf(endpoint), pipe);
  }
  try {
    const found = await stat(address.path);
    const access = accessTo(address.path, found, environment);
    const rights = (found.mode & 0o7777).toString(8).padStart(4, '0');
    const group = access.group?.name ? ` (${access.group.name})` : '';
    const owner = `uid ${found.uid} and gid ${found.gid}${group}`;
    return say(`${address.path}, which belongs to ${owner} with mode ${rights}`, access);
  } catch {
    return say(address.path, { kind: 'access', path: address.path, at: 'socket' });
  }
}

/** An endpoint as a person would look for it: the path of a socket, host and port of a server. */
function nameOf(endpoint: Endpoint): string {
  const address = addressOf(endpoint.host);
  if (address.kind === 'socket' || address.kind === 'pipe') return address.path;
  if (address.kind !== 'tcp') return withoutPassword(endpoint.host);
  const host = address.hostname.includes(':') ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}

export function serverOf(trace: Trace | undefined): { server?: string } {
  return trace?.server ? { server: printable(trace.server) } : {};
}

/** What came over the wire, on one line, without terminal sequences, and short. */
export function printable(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

export function quoted(text: string): string {
  return JSON.stringify(printable(text)).replaceAll('\\"', "'");
}
