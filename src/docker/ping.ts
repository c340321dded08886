/** Asks an endpoint whether an engine answers, and tells apart the failures that the docker CLI words alike. */
import { lstat, readlink, stat } from 'node:fs/promises';
import type { DockerEnvironment } from './environment.ts';
import { addressOf, withoutPassword } from './host.ts';
import { isObject } from './json.ts';
import type { Endpoint, Ping } from './model.ts';
import { type Connection, connect, TlsUnreadable, type Trace, UnexpectedStatus } from './transport.ts';

export type PingOptions = {
  /** In milliseconds, for everything: looking, connecting, both answers. 2000 unless told, as the docker CLI's own. */
  readonly timeoutMs?: number;
};

type Down = Extract<Ping, { answer: 'down' }>;

const answerBytes = 1024 * 1024;
const pingTimeoutMs = 2000;

/** Never throws, never takes longer than its time limit, and leaves no connection behind. */
export async function ping(
  endpoint: Endpoint,
  environment: DockerEnvironment,
  { timeoutMs = pingTimeoutMs }: PingOptions = {},
): Promise<Ping> {
  const address = addressOf(endpoint.host);
  if (address.kind === 'unasked') return down('unsupported', address.because);
  if (address.kind === 'invalid') {
    const seen =
      endpoint.host === ''
        ? 'there is no address to ask'
        : `${withoutPassword(endpoint.host)}: ${address.because}`;
    return down('failed', seen);
  }
  let connection: Connection | undefined;
  let over = false;
  const ask = async (): Promise<Ping> => {
    if (address.kind === 'socket') {
      const obstacle = await lookAt(address.path, environment);
      if (obstacle) return obstacle;
    }
    try {
      connection = await connect(endpoint, answerBytes);
      // The limit may have passed while dockerode was loading; then nobody would close this one.
      if (over) connection.close();
      return await askEngine(connection);
    } catch (error) {
      return explain(error, endpoint, environment, connection?.trace);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Ping>((resolve) => {
    timer = setTimeout(() => {
      const within = `within ${timeoutMs / 1000} s`;
      const name = nameOf(endpoint);
      const connected = connection?.trace.connected === true;
      resolve(
        down(
          'timeout',
          connected
            ? `${name} takes the connection and sent no answer ${within}`
            : `${name} did not take a connection ${within}`,
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    over = true;
    clearTimeout(timer);
    connection?.close();
  }
}

function down(why: Down['why'], seen: string): Down {
  return { answer: 'down', why, seen };
}

/** What stands at a socket's path; undefined where it is a socket, or where only connecting will tell. */
async function lookAt(path: string, environment: DockerEnvironment): Promise<Down | undefined> {
  // A Windows socket file does not show as one to Node.
  if (environment.platform === 'win32') return undefined;
  try {
    const found = await stat(path);
    if (found.isSocket()) return undefined;
    const kind = found.isDirectory() ? 'a directory' : found.isFile() ? 'a regular file' : 'no socket';
    return down('not-a-socket', `${path} is ${kind}, not a socket`);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES')
      return down('denied', `EACCES: a directory on the way to ${path} may not be entered`);
    if (code === 'ENOENT') return down('missing', await missing(path));
    if (code === 'ENOTDIR') return down('missing', `ENOTDIR: a part of ${path} is no directory`);
    return down('failed', `${code}: ${path} could not be looked at`);
  }
}

async function missing(path: string): Promise<string> {
  try {
    if ((await lstat(path)).isSymbolicLink())
      return `ENOENT: ${path} is a link to ${await readlink(path)}, which does not exist`;
  } catch {
    // Not even a link is there.
  }
  return `ENOENT: ${path} does not exist`;
}

/**
 * `/_ping` of any engine is the text `OK`, and its `Api-Version` header comes from the engine itself. `/version` only
 * adds detail: proxies that guard a socket may refuse it, and the engine is up all the same.
 */
async function askEngine({ docker, trace }: Connection): Promise<Ping> {
  const answer: unknown = await docker.ping();
  if (typeof answer !== 'string' || answer.trim() !== 'OK') {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return down('bad-answer', `/_ping answered ${quoted(text)}, where an engine answers "OK"`);
  }
  const ofPing = trace.apiVersion;
  const version: unknown = await docker.version().catch((error: unknown) => {
    if (error instanceof UnexpectedStatus) return {};
    throw error;
  });
  const told = isObject(version) ? version : {};
  const platform = isObject(told.Platform) ? told.Platform : {};
  const apiVersion = textOf(told.ApiVersion) ?? ofPing;
  // Something that says OK to everything, such as a health endpoint, is still no engine.
  if (apiVersion === undefined)
    return down('bad-answer', '/_ping answered "OK" and no API version, so this is no Docker engine');
  const serverVersion = textOf(told.Version);
  const os = textOf(told.Os);
  const product = textOf(platform.Name) || firstComponent(told.Components);
  return {
    answer: 'up',
    apiVersion,
    ...(serverVersion && { serverVersion }),
    ...(os && { os }),
    ...(product && { product }),
  };
}

/** Podman leaves the platform's name out and calls itself by its first component; a plain `Engine` says nothing. */
function firstComponent(components: unknown): string | undefined {
  const first: unknown = Array.isArray(components) ? components[0] : undefined;
  const name = isObject(first) ? textOf(first.Name) : undefined;
  return name === 'Engine' ? undefined : name;
}

async function explain(
  error: unknown,
  endpoint: Endpoint,
  environment: DockerEnvironment,
  trace: Trace | undefined,
): Promise<Down> {
  const name = nameOf(endpoint);
  if (error instanceof TlsUnreadable) return down('failed', error.message);
  if (error instanceof UnexpectedStatus) return down('bad-answer', statusSeen(error, trace));
  const code = codeOf(error);
  switch (code) {
    case 'ENOENT':
      return down('missing', `ENOENT: ${name} does not exist`);
    case 'ECONNREFUSED':
      return down(
        'refused',
        `ECONNREFUSED: nobody listens on ${name}${addressOf(endpoint.host).kind === 'socket' ? ', though the socket file is there' : ''}`,
      );
    case 'EACCES':
    case 'EPERM':
      return down('denied', `${code}: ${await denied(endpoint, environment)}`);
    case 'ENOTSOCK':
    case 'EPROTOTYPE':
      return down('not-a-socket', `${code}: ${name} is no socket that takes connections`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return down('unknown-host', `${code}: the name of ${name} does not resolve`);
    case 'ETIMEDOUT':
      return down('timeout', `ETIMEDOUT: ${name} did not take a connection`);
    case 'ECONNRESET':
    case 'EPIPE':
      return down('bad-answer', `${name} closed the connection without an answer`);
  }
  if (/^(?:EPROTO|ERR_SSL_)/.test(code))
    return down('bad-answer', `${name} does not speak TLS as it was asked to (${code})`);
  if (/^(?:HPE_|ERR_HTTP)/.test(code))
    return down('bad-answer', `${name} answers, and not in HTTP (${code})`);
  if (/CERT|ISSUER|SIGNATURE|ALTNAME/.test(code))
    return down('failed', `the certificate of ${name} was refused (${code})`);
  if (code !== 'unknown error') return down('failed', `${code}: asking ${name} failed`);
  const told = error instanceof Error ? printable(error.message) : 'unknown error';
  return down(trace?.connected ? 'bad-answer' : 'failed', `asking ${name} failed: ${told}`);
}

/** What a status other than 200 says; Docker Desktop's proxy answers 500 by itself while its engine is down. */
function statusSeen(error: UnexpectedStatus, trace: Trace | undefined): string {
  if (/HTTP request (?:was sent )?to an? HTTPS server/i.test(error.body)) {
    return `/_ping answered status ${error.status}: this address wants TLS`;
  }
  const said = error.body.trim() === '' ? 'no text' : quoted(messageIn(error.body));
  const without =
    trace?.apiVersion === undefined ? ' and no Api-Version header, so the answer is not from an engine' : '';
  return `/_ping answered status ${error.status} with ${said}${without}`;
}

function messageIn(body: string): string {
  try {
    const json: unknown = JSON.parse(body);
    return (isObject(json) ? textOf(json.message) : undefined) ?? body;
  } catch {
    return body;
  }
}

async function denied(endpoint: Endpoint, environment: DockerEnvironment): Promise<string> {
  const address = addressOf(endpoint.host);
  const who = environment.uid === undefined ? 'this user' : `this user (uid ${environment.uid})`;
  if (address.kind !== 'socket') return `${who} may not connect to ${nameOf(endpoint)}`;
  try {
    const { uid, gid, mode } = await stat(address.path);
    const rights = (mode & 0o7777).toString(8).padStart(4, '0');
    return `${who} may not connect to ${address.path}, which belongs to uid ${uid} and gid ${gid} with mode ${rights}`;
  } catch {
    return `${who} may not connect to ${address.path}`;
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? printable(value) : undefined;
}

/** What came over the wire, on one line, without terminal sequences, and short. */
function printable(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function quoted(text: string): string {
  return JSON.stringify(printable(text)).replaceAll('\\"', "'");
}
