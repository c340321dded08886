/** Servers, proxies, certificates and helpers for the tests of the registry client. All on loopback. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { parseDockerConfig } from '../../../src/docker/config.ts';
import {
  type AskEngine,
  createRegistryClient,
  type RegistryClient,
} from '../../../src/registry/registries.ts';

const cleanups: (() => unknown)[] = [];

/** Undoes something after the test. */
function afterThisTest(undo: () => unknown): void {
  cleanups.push(undo);
}

afterEach(async () => {
  for (const undo of cleanups.splice(0).reverse()) await undo();
});

export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'dockmedic-test-'));
  afterThisTest(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterThisTest(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Asked = {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
};

export type TestServer = { readonly host: string; readonly asked: readonly Asked[] };

/** Answers a request; `body` holds what was sent. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

function recorder(asked: Asked[], answer: Answer): RequestListener {
  return (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { authorization } = request.headers;
      asked.push({ line: `${request.method} ${request.url}`, authorization, body });
      answer(request, response, body);
    });
  };
}

/** A plain HTTP server on a free port. */
export async function serve(answer: Answer): Promise<TestServer> {
  const asked: Asked[] = [];
  return { host: await listen(http.createServer(recorder(asked, answer))), asked };
}

export type Certificate = { readonly certificate: string; readonly key: string };

/** A self-signed certificate for the names, as files. */
export function makeCertificate(names: readonly string[]): Certificate {
  const directory = temporaryDirectory();
  const key = path.join(directory, 'key.pem');
  const certificate = path.join(directory, 'cert.pem');
  const subject = names.map((name) => `DNS:${name}`).join(',');
  execFileSync(
    'openssl',
    // biome-ignore format: one option with its value per line reads worse
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', `/CN=${names[0]}`, '-addext', `subjectAltName=${subject}`, '-keyout', key, '-out', certificate],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}

/** An HTTPS server on a free port. */
export async function serveSecurely(files: Certificate, answer: Answer): Promise<TestServer> {
  const asked: Asked[] = [];
  const options = { cert: readFileSync(files.certificate), key: readFileSync(files.key) };
  return { host: await listen(https.createServer(options, recorder(asked, answer))), asked };
}

/** A proxy that takes CONNECT for the names it is given and connects to what stands behind them here. */
export async function serveProxy(
  targets: Readonly<Record<string, string>>,
  refusal = 'HTTP/1.1 403 Forbidden',
): Promise<{ readonly host: string; readonly connected: readonly string[] }> {
  const connected: string[] = [];
  const server = http.createServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const target = targets[request.url ?? ''];
    connected.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    if (target === undefined) {
      client.end(`${refusal}\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = target.split(':');
    const upstream = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    client.on('close', () => upstream.destroy());
  });
  return { host: await listen(server), connected };
}

/** A server that takes connections and never says a word; `connections` tells how many it took. */
export async function serveSilence(): Promise<{ readonly host: string; connections(): number }> {
  let taken = 0;
  const server = net.createServer(() => {
    taken++;
  });
  return { host: await listen(server), connections: () => taken };
}

/** The address of a port that nobody listens on. */
export async function unusedHost(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** Writes `docker-credential-<name>`, a shell script, into a directory that becomes the PATH of the helpers. */
export function writeHelper(directory: string, name: string, script: string): void {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

export type ClientSettings = {
  readonly config?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly helperTimeoutMs?: number;
  readonly engine?: AskEngine;
  /** Certificate files to lie in `certs.d`, by registry. */
  readonly certificates?: Readonly<Record<string, string>>;
};

/** A client with a configuration of its own; nothing of this machine's comes in. */
export function clientWith(settings: ClientSettings = {}): RegistryClient {
  const home = temporaryDirectory();
  const { config = {}, environment = {}, certificates = {}, ...limits } = settings;
  for (const [host, file] of Object.entries(certificates)) {
    const directory = path.join(home, '.docker', 'certs.d', host);
    mkdirSync(directory, { recursive: true });
    copyFileSync(file, path.join(directory, 'ca.crt'));
  }
  return createRegistryClient({
    config: parseDockerConfig(JSON.stringify(config), path.join(home, '.docker', 'config.json')).config,
    configDirectory: path.join(home, '.docker'),
    environment: { HOME: home, PATH: '/usr/bin:/bin', ...environment },
    timeoutMs: 10_000,
    ...limits,
  });
}

/** The `auth` of a `config.json`. */
export function authOf(username: string, password: string): { readonly auth: string } {
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

/** Sends a JSON answer. */
export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The body of an error as the distribution specification has it. */
export function errorBody(code: string): unknown {
  return { errors: [{ code, message: 'a message that names account-4711' }] };
}
