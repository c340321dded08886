/**
 * The connection under dockerode. dockerode takes its transport as an option, and this one replaces docker-modem,
 * which reads `DOCKER_HOST` from the process whatever endpoint it is given, follows redirects to wherever an answer
 * points, reads answers of any length and hides the headers that tell an engine from a web server.
 */
import { readFile } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate, type SecureContext } from 'node:tls';
import type DockerClient from 'dockerode';
import type { DockerEnvironment } from './environment.ts';
import { addressOf } from './host.ts';
import type { Endpoint, EndpointTls, TlsFault } from './model.ts';
import type { SshLine } from './ssh.ts';
import type { TlsParts } from './tls-failure.ts';

/** How a connection went, also where it came to nothing. */
export type Trace = {
  /** True once a connection stood, so that "nobody there" and "no answer" are told apart. */
  connected: boolean;
  /** `Api-Version` of the last answer: every engine sends it, a proxy in front of a dead one does not. */
  apiVersion: string | undefined;
  /** `Server` of the last answer: what a web server calls itself. */
  server: string | undefined;
  /** The ssh that carries the calls, where the way leads over one. */
  readonly ssh: SshLine | undefined;
  /** The TLS files as they were read. */
  readonly tls: TlsParts;
};

/** An answer with another status than the call wants. Its message holds nothing that the server sent. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP status ${status}`);
  }
}

/** Thrown where TLS files that Docker would need cannot be read or used; the message names the file. */
export class TlsUnreadable extends Error {
  override readonly name = 'TlsUnreadable';
  constructor(
    readonly fault: TlsFault,
    message: string,
  ) {
    super(message);
  }
}

export type Connection = { readonly docker: DockerClient; readonly trace: Trace; close(): void };

type Dial = {
  readonly path: string;
  readonly method: string;
  readonly options?: unknown;
  readonly statusCodes: unknown;
  /** A registry's login for this one call. Secret. */
  readonly authconfig?: unknown;
};
type Callback = (error: Error | null, data: unknown) => void;
type TlsMaterial = { readonly parts: TlsParts; readonly context: SecureContext; readonly verify: boolean };

/** What an endpoint behind ssh needs: whose ssh it is, and how long it may take to connect, in seconds. */
export type SshUse = { readonly environment: DockerEnvironment; readonly seconds: number };

/**
 * Opens dockerode on an endpoint that can be asked (a socket, a pipe, TCP, or ssh where `ssh` is given). Each call is a
 * connection of its own, except that one ssh carries all; `close` ends all of them, and their calls fail. Answers longer
 * than `answerBytes` are cut off with an error.
 */
export async function connect(endpoint: Endpoint, answerBytes: number, ssh?: SshUse): Promise<Connection> {
  const [{ default: Docker }, tls, line] = await Promise.all([
    import('dockerode'),
    readTls(endpoint.tls),
    openLine(endpoint, ssh),
  ]);
  const trace: Trace = {
    connected: false,
    apiVersion: undefined,
    server: undefined,
    ssh: line?.line,
    tls: tls?.parts ?? {},
  };
  const open = new Set<{ destroy(error?: Error): unknown }>();
  let closed = false;

  const dial = (call: Dial, callback: Callback) => {
    if (closed) return callback(new Error('the connection is closed'), null);
    const secure = tls !== undefined && addressOf(endpoint.host).kind === 'tcp';
    // No pool: a socket that is kept would keep the process alive after the answer.
    const target: RequestOptions = {
      ...targetOf(endpoint, call),
      method: call.method,
      agent: line?.agent ?? false,
    };
    const request = secure ? httpsRequest({ ...target, ...secureOptions(tls) }) : httpRequest(target);
    open.add(request);
    let done = false;
    const finish: Callback = (error, data) => {
      if (done) return;
      done = true;
      open.delete(request);
      // The one line of ssh goes on to the next call.
      if (!line || error) request.destroy();
      callback(error, data);
    };
    request.on('error', (error) => finish(error, null));
    let responds = false;
    request.on('close', () => {
      // A connection that is kept is free as soon as the answer is there; who collects that is told the rest.
      if (!responds) finish(new Error('the connection was closed without an answer'), null);
    });
    request.on('socket', (socket: Socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        trace.connected = true;
      });
    });
    request.on('response', (response) => {
      responds = true;
      trace.connected = true;
      const header = response.headers['api-version'];
      trace.apiVersion = typeof header === 'string' ? header : undefined;
      trace.server = String(response.headers.server ?? '') || undefined;
      collect(response, answerBytes).then(
        (body) => finish(...answerOf(response.statusCode ?? 0, body, call.statusCodes)),
        (error: Error) => finish(error, null),
      );
    });
    request.end();
  };

  // dockerode sets `Promise` on its modem; nothing else of docker-modem is used by calls without a stream.
  const modem = { dial, Promise };
  return {
    docker: new Docker({ modem } as unknown as DockerClient.DockerOptions),
    trace,
    close: () => {
      closed = true;
      for (const request of open) request.destroy(new Error('the connection was given up'));
      line?.agent.destroy();
      line?.line.close();
    },
  };
}

function targetOf(endpoint: Endpoint, call: Dial): RequestOptions {
  const query = call.path.endsWith('?') ? queryOf(call.options) : '';
  const path = call.path.replace(/\?$/, '') + query;
  const address = addressOf(endpoint.host);
  switch (address.kind) {
    case 'socket':
    case 'pipe':
      // The name is what Docker's own client sends over a socket.
      return { socketPath: address.path, path, headers: { Host: 'docker', ...loginOf(call) } };
    case 'tcp':
      return {
        host: address.hostname,
        port: address.port,
        path: address.prefix + path,
        headers: loginOf(call),
      };
    case 'ssh':
      return { path, headers: { Host: 'docker', ...loginOf(call) } };
    default:
      throw new Error(address.because);
  }
}

/** One ssh that carries every call, as a connection that is kept. */
async function openLine(
  { host }: Endpoint,
  ssh: SshUse | undefined,
): Promise<{ line: SshLine; agent: Agent } | undefined> {
  const address = addressOf(host);
  if (address.kind !== 'ssh') return undefined;
  if (!ssh) throw new Error('an engine behind ssh is not asked here');
  const { dialSsh } = await import('./ssh.ts');
  const line = await dialSsh(address.target, ssh.environment, ssh.seconds);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  Object.assign(agent, { createConnection: () => line.stream });
  return { line, agent };
}

function secureOptions({ context, verify }: TlsMaterial) {
  return { secureContext: context, rejectUnauthorized: verify, checkServerIdentity: identityAsDocker };
}

/** Docker's client does not look at a certificate's common name; Node's does where there is no other name. */
function identityAsDocker(hostname: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname) return checkServerIdentity(hostname, certificate);
  const error = new Error('the certificate names no host');
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

/** The header in which an engine takes the login of a registry (Engine API, "Authentication"): JSON in base64url. */
function loginOf({ authconfig }: Dial): Record<string, string> {
  if (authconfig === undefined) return {};
  const text = Buffer.from(JSON.stringify(authconfig)).toString('base64');
  return { 'X-Registry-Auth': text.replaceAll('+', '-').replaceAll('/', '_') };
}

/** Options of a call as a query; values that are no scalars go as JSON, as the Engine API wants filters. */
function queryOf(options: unknown): string {
  if (typeof options !== 'object' || options === null) return '';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    query.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

async function collect(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > most) throw new Error(`the answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON where it is JSON, else the text, as docker-modem does. A redirect is an unexpected status like any other. */
function answerOf(status: number, body: string, statusCodes: unknown): [Error | null, unknown] {
  const wanted = statusCodes as Readonly<Record<string, unknown>>;
  if (wanted[String(status)] !== true) return [new UnexpectedStatus(status, body), null];
  try {
    return [null, JSON.parse(body)];
  } catch {
    return [null, body];
  }
}

async function readTls(tls: EndpointTls | undefined): Promise<TlsMaterial | undefined> {
  if (!tls) return undefined;
  const parts: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const file = tls[part];
    if (file === undefined) continue;
    try {
      parts[part] = await readFile(file);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      const fault = code === 'ENOENT' || code === 'ENOTDIR' ? 'material-missing' : 'material-unreadable';
      throw new TlsUnreadable(fault, `${tls.from} asks for TLS, and ${file} cannot be read (${code})`);
    }
  }
  const { secureContextOf } = await import('./tls-failure.ts');
  const context = secureContextOf(parts, tls);
  if ('fault' in context)
    throw new TlsUnreadable(context.fault, `${tls.from} asks for TLS, and ${context.about}`);
  return { parts, context, verify: tls.verify };
}
