/**
 * The connection under dockerode. dockerode takes its transport as an option, and this one replaces docker-modem,
 * which reads `DOCKER_HOST` from the process whatever endpoint it is given, follows redirects to wherever an answer
 * points, reads answers of any length and hides the headers that tell an engine from a web server.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type DockerClient from 'dockerode';
import { addressOf } from './host.ts';
import type { Endpoint, EndpointTls } from './model.ts';

/** How a connection went, also where it came to nothing. */
export type Trace = {
  /** True once a connection stood, so that "nobody there" and "no answer" are told apart. */
  connected: boolean;
  /** `Api-Version` of the last answer: every engine sends it, a proxy in front of a dead one does not. */
  apiVersion: string | undefined;
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

/** Thrown where TLS files that Docker would need cannot be read; the message names the file. */
export class TlsUnreadable extends Error {
  override readonly name = 'TlsUnreadable';
}

export type Connection = { readonly docker: DockerClient; readonly trace: Trace; close(): void };

type Dial = {
  readonly path: string;
  readonly method: string;
  readonly options?: unknown;
  readonly statusCodes: unknown;
};
type Callback = (error: Error | null, data: unknown) => void;
type TlsMaterial = { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: boolean };

/**
 * Opens dockerode on an endpoint that can be asked (a socket, a pipe or TCP). Each call is a connection of its own;
 * `close` ends all of them, and their calls fail. Answers longer than `answerBytes` are cut off with an error.
 */
export async function connect(endpoint: Endpoint, answerBytes: number): Promise<Connection> {
  const [{ default: Docker }, tls] = await Promise.all([import('dockerode'), readTls(endpoint.tls)]);
  const trace: Trace = { connected: false, apiVersion: undefined };
  const open = new Set<{ destroy(error?: Error): unknown }>();
  let closed = false;

  const dial = (call: Dial, callback: Callback) => {
    if (closed) return callback(new Error('the connection is closed'), null);
    const secure = tls !== undefined && addressOf(endpoint.host).kind === 'tcp';
    // No pool: a socket that is kept would keep the process alive after the answer.
    const target: RequestOptions = { ...targetOf(endpoint, call), method: call.method, agent: false };
    const request = secure ? httpsRequest({ ...target, ...tls }) : httpRequest(target);
    open.add(request);
    let done = false;
    const finish: Callback = (error, data) => {
      if (done) return;
      done = true;
      open.delete(request);
      request.destroy();
      callback(error, data);
    };
    request.on('error', (error) => finish(error, null));
    request.on('close', () => finish(new Error('the connection was closed without an answer'), null));
    request.on('socket', (socket: Socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        trace.connected = true;
      });
    });
    request.on('response', (response) => {
      trace.connected = true;
      const header = response.headers['api-version'];
      trace.apiVersion = typeof header === 'string' ? header : undefined;
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
      return { socketPath: address.path, path, headers: { Host: 'docker' } };
    case 'tcp':
      return { host: address.hostname, port: address.port, path: address.prefix + path };
    default:
      throw new Error(address.because);
  }
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
  const material: TlsMaterial = { rejectUnauthorized: tls.verify };
  for (const part of ['ca', 'cert', 'key'] as const) {
    const file = tls[part];
    if (file === undefined) continue;
    try {
      material[part] = await readFile(file);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      throw new TlsUnreadable(`${tls.from} asks for TLS, and ${file} cannot be read (${code})`);
    }
  }
  return material;
}
