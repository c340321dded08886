import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ping } from '../../../src/docker/ping.ts';
import { startNode } from './child.ts';
import { engineAnswers, type Home, machine, makeHome, serve, thisMachine, versionAnswer } from './machine.ts';

let home: Home;
let socket: string;
beforeEach(() => {
  home = makeHome();
  socket = join(home.path, 'docker.sock');
});
afterEach(() => home.remove());

const ask = (host: string, options: { timeoutMs?: number } = {}) =>
  ping({ host, from: 'a test' }, thisMachine(home.path), options);
const askSocket = () => ask(`unix://${socket}`);

/** A server of raw bytes, on the socket or a port. */
async function serveRaw(at: string | 0, onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((connection) => {
    sockets.add(connection);
    connection.on('error', () => undefined);
    onConnection(connection);
  });
  await new Promise<void>((resolve) =>
    at === 0 ? server.listen(0, '127.0.0.1', resolve) : server.listen(at, resolve),
  );
  const address = server.address();
  return {
    sockets,
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise<void>((resolve) => {
        for (const one of sockets) one.destroy();
        server.close(() => resolve());
      }),
  };
}

describe('an engine', () => {
  it('is up on a socket, and says what it is', async () => {
    const engine = await serve(socket, engineAnswers());
    expect(await askSocket()).toEqual({
      answer: 'up',
      apiVersion: '1.51',
      serverVersion: '28.5.2',
      os: 'linux',
      product: 'Docker Engine - Community',
    });
    await engine.close();
  });

  it('is up on a port, below a path', async () => {
    const paths: (string | undefined)[] = [];
    const engine = await serve(0, (request, response) => {
      paths.push(request.url);
      request.url = request.url?.replace('/engine', '');
      engineAnswers()(request, response);
    });
    expect(await ask(`tcp://127.0.0.1:${engine.port}/engine`)).toMatchObject({
      answer: 'up',
      serverVersion: '28.5.2',
    });
    expect(paths).toEqual(['/engine/_ping', '/engine/version']);
    await engine.close();
  });

  it('is up where a proxy keeps its version to itself', async () => {
    const engine = await serve(socket, (request, response) => {
      response.setHeader('Api-Version', '1.47');
      response.statusCode = request.url === '/_ping' ? 200 : 403;
      response.end(request.url === '/_ping' ? 'OK' : 'no');
    });
    expect(await askSocket()).toEqual({ answer: 'up', apiVersion: '1.47' });
    await engine.close();
  });

  it('calls itself by its first component where it is Podman', async () => {
    const engine = await serve(socket, (request, response) => {
      const version = { ...versionAnswer, Platform: { Name: '' }, Components: [{ Name: 'Podman Engine' }] };
      response.end(request.url === '/_ping' ? 'OK' : JSON.stringify(version));
    });
    expect(await askSocket()).toMatchObject({ answer: 'up', product: 'Podman Engine' });
    await engine.close();
  });

  it('is asked at the given endpoint, whatever the variables of this process say', async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://[malformed';
    const engine = await serve(socket, engineAnswers());
    try {
      expect(await askSocket()).toMatchObject({ answer: 'up' });
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
      await engine.close();
    }
  });
});

describe('the look-alikes of a dead engine', () => {
  it('no socket', async () => {
    expect(await askSocket()).toEqual({
      answer: 'down',
      why: 'missing',
      seen: `ENOENT: ${socket} does not exist`,
      detail: { kind: 'missing' },
    });
  });

  it('a link that leads nowhere', async () => {
    symlinkSync('/nonexistent/docker.sock', socket);
    expect(await askSocket()).toEqual({
      answer: 'down',
      why: 'missing',
      seen: `ENOENT: ${socket} is a link to /nonexistent/docker.sock, which does not exist`,
      detail: { kind: 'missing', link: '/nonexistent/docker.sock' },
    });
  });

  it('a socket whose engine was killed', async () => {
    const { end } = await startNode(
      "require('net').createServer().listen(process.argv[1], () => console.log('ready'))",
      [socket],
    );
    await end();
    expect(await askSocket()).toEqual({
      answer: 'down',
      why: 'refused',
      seen: `ECONNREFUSED: nobody listens on ${socket}, though the socket file is there`,
    });
  });

  it('a file and a directory in its place', async () => {
    writeFileSync(socket, '');
    expect(await askSocket()).toEqual({
      answer: 'down',
      why: 'not-a-socket',
      seen: `${socket} is a regular file, not a socket`,
      detail: { kind: 'in-its-place', found: 'file' },
    });
    expect(await ask(`unix://${home.path}`)).toMatchObject({
      why: 'not-a-socket',
      seen: `${home.path} is a directory, not a socket`,
      detail: { found: 'directory' },
    });
    expect(await ask(`unix://${socket}/x`)).toMatchObject({
      why: 'missing',
      seen: `ENOTDIR: a part of ${socket}/x is no directory`,
    });
  });

  // Root passes every permission, so an ordinary user asks, in a process of its own.
  it.runIf(process.getuid?.() === 0)('a socket and a directory that may not be used', async () => {
    const engine = await serve(socket, engineAnswers());
    chmodSync(home.path, 0o755);
    chmodSync(socket, 0o660);
    const closed = join(home.path, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const script = `
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const [module, ...hosts] = process.argv.slice(1);
      import(module).then(async ({ ping }) => {
        const disk = { exists: () => false, isExecutable: () => false, list: () => [], realPath: () => undefined, read: () => undefined };
        const environment = { env: {}, home: '/', platform: 'linux', uid: process.getuid(), disk };
        const answers = [];
        for (const host of hosts) answers.push(await ping({ host, from: 'a test' }, environment, { timeoutMs: 10000 }));
        console.log(JSON.stringify(answers));
      });`;
    // Bundled as for a release, because the other user may not be able to read the source tree.
    const { build } = await import('rolldown');
    const bundle = join(home.path, 'ping.mjs');
    await build({
      input: join(import.meta.dirname, '../../../src/docker/ping.ts'),
      platform: 'node',
      external: [/\.node$/, 'cpu-features'],
      output: { file: bundle, format: 'esm', codeSplitting: false },
      logLevel: 'silent',
    });
    const { stdout } = await promisify(execFile)(process.execPath, [
      '-e',
      script,
      bundle,
      `unix://${socket}`,
      `unix://${closed}/docker.sock`,
    ]);
    expect(JSON.parse(stdout)).toEqual([
      {
        answer: 'down',
        why: 'denied',
        seen: `EACCES: this user (uid 65534) may not connect to ${socket}, which belongs to uid 0 and gid 0 with mode 0660`,
        detail: {
          kind: 'access',
          path: socket,
          at: 'socket',
          owner: { uid: 0, gid: 0, mode: 0o660 },
          group: { gid: 0, membership: 'none' },
        },
      },
      {
        answer: 'down',
        why: 'denied',
        seen: `EACCES: a directory on the way to ${closed}/docker.sock may not be entered`,
        detail: { kind: 'access', path: `${closed}/docker.sock`, at: 'directory' },
      },
    ]);
    await engine.close();
  });

  it('a port where nobody listens', async () => {
    const { port, close } = await serve(0, engineAnswers());
    await close();
    expect(await ask(`tcp://127.0.0.1:${port}`)).toEqual({
      answer: 'down',
      why: 'refused',
      seen: `ECONNREFUSED: nobody listens on 127.0.0.1:${port}`,
    });
  });

  it('a name that no resolver knows', async () => {
    expect(await ask('tcp://engine.invalid:2375', { timeoutMs: 20_000 })).toMatchObject({
      answer: 'down',
      why: 'unknown-host',
      seen: expect.stringMatching(/^E\w+: the name of engine\.invalid:2375 does not resolve$/),
    });
  });

  it('a server that takes the connection and never answers', async () => {
    const server = await serveRaw(socket, (connection) => connection.resume());
    const answer = await ask(`unix://${socket}`, { timeoutMs: 300 });
    expect(answer).toEqual({
      answer: 'down',
      why: 'timeout',
      seen: `${socket} takes the connection and sent no answer within 0.3 s`,
      detail: {
        kind: 'silence',
        connected: true,
        // Only Linux tells who listens: this very process.
        ...(process.platform === 'linux' && {
          holder: { pid: process.pid, name: expect.any(String), state: expect.stringMatching(/^[RS]$/) },
        }),
      },
    });
    // The connection was given up from this side: the server sees its end.
    await Promise.all(
      [...server.sockets].map((one) => one.destroyed || new Promise((resolve) => one.once('close', resolve))),
    );
    await server.close();
  });

  it('a server that answers without end', async () => {
    const server = await serve(socket, (_, response) => {
      const chunk = 'x'.repeat(65536);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await askSocket()).toMatchObject({
      answer: 'down',
      why: 'bad-answer',
      seen: expect.stringContaining('longer than 1048576 bytes'),
    });
    await server.close();
  });

  it('a server that hangs up', async () => {
    const server = await serveRaw(socket, (connection) => connection.on('data', () => connection.destroy()));
    expect(await askSocket()).toMatchObject({
      why: 'bad-answer',
      seen: `${socket} closed the connection without an answer`,
      detail: { closed: true },
    });
    await server.close();
  });

  it('a server that does not speak HTTP', async () => {
    const server = await serveRaw(0, (connection) => connection.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await ask(`tcp://127.0.0.1:${server.port}`)).toMatchObject({
      why: 'bad-answer',
      seen: expect.stringMatching(/answers, and not in HTTP \(HPE_/),
    });
    await server.close();
  });

  it.each([
    [
      'a web page',
      200,
      '<html>\u001b[31m\n<b>hello</b>',
      '/_ping answered "<html> [31m <b>hello</b>", where an engine answers "OK"',
      '<html> [31m <b>hello</b>',
    ],
    [
      'JSON',
      200,
      '{"ok":true}',
      `/_ping answered "{'ok':true}", where an engine answers "OK"`,
      '{"ok":true}',
    ],
    [
      'OK from a health endpoint',
      200,
      'OK',
      '/_ping answered "OK" and no API version, so this is no Docker engine',
      undefined,
    ],
    [
      '500 of a proxy',
      500,
      '',
      '/_ping answered status 500 with no text and no Api-Version header, so the answer is not from an engine',
      undefined,
    ],
    [
      'the pause of Docker Desktop',
      500,
      '{"message":"Docker Desktop is manually paused."}',
      '/_ping answered status 500 with "Docker Desktop is manually paused." and no Api-Version header, so the answer is not from an engine',
      'Docker Desktop is manually paused.',
    ],
  ])('%s', async (_, status, body, seen, text) => {
    const server = await serve(socket, (_request, response) => void response.writeHead(status).end(body));
    expect(await askSocket()).toEqual({
      answer: 'down',
      why: 'bad-answer',
      seen,
      detail: { kind: 'answer', status, ofEngine: false, ...(text !== undefined && { text }) },
    });
    await server.close();
  });

  it('an engine that fails by itself, and a web server that says what it is', async () => {
    const engine = await serve(socket, (_, response) => {
      response.writeHead(500, { 'api-version': '1.51' }).end('{"message":"the store is corrupt"}');
    });
    expect(await askSocket()).toMatchObject({
      why: 'bad-answer',
      detail: { kind: 'answer', status: 500, ofEngine: true, text: 'the store is corrupt' },
    });
    await engine.close();
    const web = await serve(socket, (_, response) => {
      response.writeHead(404, { server: 'nginx/1.22.1' }).end('<html>');
    });
    expect(await askSocket()).toMatchObject({ detail: { status: 404, server: 'nginx/1.22.1' } });
    await web.close();
  });

  it('a port that wants TLS', async () => {
    const said = 'Client sent an HTTP request to an HTTPS server.\n';
    const server = await serve(0, (_request, response) => void response.writeHead(400).end(said));
    expect(await ask(`tcp://127.0.0.1:${server.port}`)).toMatchObject({
      answer: 'down',
      why: 'tls',
      seen: '/_ping answered status 400: this address wants TLS',
      detail: { kind: 'tls', fault: 'server-wants-tls' },
    });
    await server.close();
  });

  it('a redirect, which is not followed', async () => {
    let asked = 0;
    const target = await serve(0, (_, response) => {
      asked += 1;
      response.end('OK');
    });
    for (const location of [`http://127.0.0.1:${target.port}/`, 'ftp://x/', 'javascript:x']) {
      const server = await serve(0, (_, response) => void response.writeHead(302, { location }).end());
      expect(await ask(`tcp://127.0.0.1:${server.port}`)).toMatchObject({
        why: 'bad-answer',
        seen: expect.stringContaining('status 302'),
      });
      await server.close();
    }
    expect(asked).toBe(0);
    await target.close();
  });

  it('an engine that dies between its two answers', async () => {
    const server = await serve(socket, (request, response) => {
      if (request.url === '/_ping') response.end('OK');
      else request.socket.destroy();
    });
    expect(await askSocket()).toMatchObject({ answer: 'down', why: 'bad-answer' });
    await server.close();
  });
});

describe('what is not asked', () => {
  it('ssh with a password, which Docker does not take', async () => {
    expect(await ask('ssh://mia:s3cret@engine')).toEqual({
      answer: 'down',
      why: 'failed',
      seen: 'ssh://mia:***@engine: Docker takes no password in an ssh address',
    });
  });

  it('no address, or none that can be', async () => {
    expect(await ask('')).toEqual({ answer: 'down', why: 'failed', seen: 'there is no address to ask' });
    expect(await ask('bogus://x')).toMatchObject({
      why: 'failed',
      seen: 'bogus://x: Docker knows no scheme "bogus://"',
    });
  });

  it('a pipe that is not there', async () => {
    const answer = await ping({ host: 'npipe:////./pipe/dm-nothing', from: 'a test' }, machine('win32'));
    expect(answer).toEqual({
      answer: 'down',
      why: 'missing',
      seen: 'ENOENT: //./pipe/dm-nothing does not exist',
      detail: { kind: 'missing' },
    });
  });
});

describe('TLS', () => {
  /** A certificate authority of one, made on the spot. */
  async function certificate() {
    const [key, cert] = [join(home.path, 'key.pem'), join(home.path, 'cert.pem')];
    await promisify(execFile)('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ]);
    return { key, cert };
  }

  it('is used with the files of the endpoint, and verified unless told otherwise', async () => {
    const { readFileSync } = await import('node:fs');
    const { key, cert } = await certificate();
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, engineAnswers());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const host = `tcp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const environment = thisMachine(home.path);
    const with_ = (tls: object) =>
      ping({ host, from: 'a test', tls: { verify: true, from: 'DOCKER_TLS_VERIFY', ...tls } }, environment);
    expect(await with_({ ca: cert })).toMatchObject({ answer: 'up' });
    expect(await with_({ verify: false })).toMatchObject({ answer: 'up' });
    expect(await with_({})).toMatchObject({
      why: 'tls',
      seen: expect.stringMatching(
        /^the certificate of 127\.0\.0\.1:\d+ comes from an authority that is not trusted/,
      ),
      detail: { kind: 'tls', fault: 'unknown-authority' },
    });
    expect(await ask(host)).toMatchObject({ answer: 'down', why: 'bad-answer' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('to a server without it', async () => {
    const server = await serve(0, engineAnswers());
    const tls = { verify: false, from: 'DOCKER_TLS' };
    const answer = await ping(
      { host: `tcp://127.0.0.1:${server.port}`, from: 'a test', tls },
      thisMachine(home.path),
    );
    expect(answer).toMatchObject({
      why: 'tls',
      seen: expect.stringContaining('does not speak TLS'),
      detail: { kind: 'tls', fault: 'server-is-plain' },
    });
    await server.close();
  });

  it('fails as Docker does where the CA is missing, even for a socket that needs none', async () => {
    const engine = await serve(socket, engineAnswers());
    const tls = { ca: join(home.path, 'ca.pem'), verify: true, from: 'DOCKER_TLS_VERIFY' };
    expect(await ping({ host: `unix://${socket}`, from: 'a test', tls }, thisMachine(home.path))).toEqual({
      answer: 'down',
      why: 'tls',
      seen: `DOCKER_TLS_VERIFY asks for TLS, and ${join(home.path, 'ca.pem')} cannot be read (ENOENT)`,
      detail: { kind: 'tls', fault: 'material-missing' },
    });
    await engine.close();
  });
});
