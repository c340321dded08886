/**
 * What keeps an engine from answering, watched on real ones: engines of the tests' own that are stopped, killed, closed to
 * a user, silent, behind TLS, behind ssh. Docker Desktop cannot run here: a proxy that answers as it does, and a plugin
 * under its name, stand for it. Needs an engine: `npm run test:real`.
 */
import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeAuthority } from '../support/certificates.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { run } from '../support/run.ts';
import { contextMeta, storeContext } from '../unit/docker/machine.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
const dockerd = process.env.DOCKMEDIC_DOCKERD ?? '';
// Only the engine that is started for the tests runs as root, in namespaces of its own.
const own = real && dockerd !== '' && (process.env.DOCKMEDIC_ENGINE_PID ?? '') !== '';
const sshd = '/usr/sbin/sshd';
const hasSshd = own && (await run([sshd, '-V'])).code !== undefined;
if (!own)
  console.warn(
    'left out: test/real/engine.test.ts, because no engine of the tests’ own was started (npm run test:real)',
  );
else if (!hasSshd)
  console.warn('left out: engines behind ssh, because there is no sshd here (openssh-server)');

type Said = {
  readonly status: string;
  readonly verdict: {
    kind: string;
    sentence: string;
    about?: Record<string, unknown>;
    advice: string | null;
  };
  readonly engine: Record<string, unknown> | null;
  readonly order: readonly { source: string; state: string; host?: string; because?: string }[];
  readonly others: readonly { source: string; state: string; ping?: { answer: string } }[];
  readonly fixes: readonly { title: string; safety: string; commands: readonly string[][] }[];
};

let ana: Person;
let docker: string;
const undo: (() => Promise<unknown>)[] = [];
const alone = { DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };

async function engine(
  env: Record<string, string | undefined> = {},
  wrap: readonly string[] = [],
): Promise<Said & { code: number | undefined }> {
  const environment = { ...alone, ...env };
  const { code, stdout, stderr } =
    wrap.length === 0
      ? await ana.dockmedic(['engine', '--format', 'json'], { env: environment })
      : await ana.wrapped(wrap, ['engine', '--format', 'json'], { env: environment });
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return { ...(JSON.parse(stdout) as Said), code };
}

async function daemon(args: readonly string[] = []): Promise<Daemon> {
  const started = await startDaemon(dockerd, args);
  undo.push(started.dispose);
  return started;
}

async function use(context: string): Promise<void> {
  await writeFile(path.join(docker, 'config.json'), JSON.stringify({ currentContext: context }));
}

/** What the docker CLI itself says with the same configuration. */
const dockerSays = async (env: Record<string, string | undefined> = {}, wrap: readonly string[] = []) =>
  (
    await run(['env', ...wrap, 'docker', 'version'], {
      env: { ...alone, DOCKER_CONFIG: docker, ...env },
    })
  ).stderr;

describe.skipIf(!own)('an engine that does not answer', { timeout: 240_000 }, () => {
  beforeEach(async () => {
    ana = await person();
    docker = path.join(ana.home, '.docker');
    await mkdir(docker);
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await ana.dispose();
  });

  it('answers: its version, where it comes from, and what it hides', async () => {
    const host = process.env.DOCKER_HOST;
    storeContext(docker, 'dead', contextMeta('dead', 'unix:///nonexistent/docker.sock'));
    const said = await engine({ DOCKER_HOST: host, DOCKER_CONTEXT: 'dead' });
    const { stdout } = await run([
      'docker',
      'version',
      '--format',
      '{{.Server.Version}} {{.Server.APIVersion}}',
    ]);
    expect(said).toMatchObject({ code: 0, status: 'pass', verdict: { kind: 'answers' }, fixes: [] });
    expect(`${said.engine?.version} ${said.engine?.apiVersion}`).toBe(stdout);
    expect(said.order).toMatchObject([
      { source: 'DOCKER_HOST', state: 'chosen', host },
      { source: 'DOCKER_CONTEXT', state: 'outranked', because: 'DOCKER_HOST comes first' },
      { state: 'unset' },
      { source: 'the default socket', state: 'outranked' },
    ]);
  });

  it('stopped, killed, and a directory in its place', async () => {
    const one = await daemon();
    storeContext(docker, 'one', contextMeta('one', `unix://${one.socket}`));
    await use('one');
    expect(await engine()).toMatchObject({ code: 0 });
    await one.end('SIGKILL');
    expect(await engine()).toMatchObject({ code: 1, verdict: { kind: 'nobody-listens' } });
    expect(await dockerSays()).toMatch(/Cannot connect to the Docker daemon/);
    await rm(one.socket);
    expect(await engine()).toMatchObject({ code: 1, verdict: { kind: 'socket-missing' } });
    expect(await dockerSays()).toMatch(/Cannot connect to the Docker daemon/);
    await mkdir(one.socket);
    expect(await engine()).toMatchObject({
      verdict: { kind: 'in-its-place', about: { found: 'directory' } },
    });
  });

  it('answers beside a dead context, at the endpoint of another', async () => {
    const two = await daemon();
    storeContext(docker, 'dead', contextMeta('dead', 'unix:///nonexistent/docker.sock'));
    storeContext(docker, 'two', contextMeta('two', `unix://${two.socket}`));
    await use('dead');
    const said = await engine();
    expect(said.verdict.sentence).toContain(`an engine answers at unix://${two.socket} (context "two")`);
    expect(said.fixes).toMatchObject([{ safety: 'unsafe', commands: [['docker', 'context', 'use', 'two']] }]);
    // And a variable hides both.
    const hidden = await engine({ DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CONTEXT: 'two' });
    expect(hidden.verdict).toMatchObject({ kind: 'nobody-listens' });
    const stale = await engine({ DOCKER_CONTEXT: 'dead' });
    expect(stale.verdict.kind).toBe('socket-missing');
    await use('two');
    const mended = await engine({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    expect(mended.verdict.sentence).toMatch(
      /^DOCKER_HOST leads to .* without it docker would ask .* an engine answers there\.$/,
    );
    expect(mended.fixes[0]).toMatchObject({ safety: 'manual', commands: [] });
    expect(
      (
        await run(['env', '-u', 'DOCKER_HOST', 'docker', 'version'], {
          env: { DOCKER_CONFIG: docker, DOCKER_HOST: 'tcp://127.0.0.1:1' },
        })
      ).code,
    ).toBe(0);
  });

  it('is not asked where the context does not exist', async () => {
    await use('nope');
    expect(await engine()).toMatchObject({
      code: 1,
      verdict: { kind: 'choice-at-fault', about: { kind: 'context-unknown' } },
    });
    expect(await dockerSays()).toMatch(/context not found/);
  });

  it('hangs: its process is stopped, and goes on when it is told to', async () => {
    const one = await daemon();
    storeContext(docker, 'one', contextMeta('one', `unix://${one.socket}`));
    await use('one');
    one.signal('SIGSTOP');
    // Which process holds a socket is known within its network alone.
    const inside = ['nsenter', '--target', String(one.pid), '--net'];
    const said = await engine({}, inside);
    expect(said.verdict).toMatchObject({
      kind: 'hangs',
      about: { holder: { pid: one.pid, name: 'dockerd', state: 'T' } },
    });
    const shop = path.join(ana.home, 'shop');
    await mkdir(shop);
    await writeFile(path.join(shop, 'compose.yaml'), 'services: { a: { image: alpine:3.19 } }\n');
    const args = [shop, '--offline', '--only', 'engine', '--fix', '--unsafe', '--yes', '--format', 'json'];
    const { stdout, stderr, code } = await ana.wrapped(inside, args, { env: alone });
    expect(JSON.parse(stdout)).toMatchObject({ findings: [], fixes: [{ state: 'verified' }] });
    expect(code).toBe(0);
    // The engine is new and has no image; one is never pulled to try.
    expect(stderr).toMatch(/^check {3}docker info has its state .*no container was tried/m);
    // With a small image at hand, a container is run.
    const images = path.resolve(import.meta.dirname, 'stand-in-images.sh');
    const standIn = await run([images, 'alpine:3.19'], {
      env: { ...alone, DOCKER_HOST: `unix://${one.socket}` },
    });
    expect(standIn.code, standIn.stderr).toBe(0);
    one.signal('SIGSTOP');
    const again = await ana.wrapped(inside, args, { env: alone });
    expect(again.stderr).toMatch(/^check {3}a container of alpine:3\.19 ran, and was removed$/m);
    expect(again.code).toBe(0);
    expect(await engine()).toMatchObject({ code: 0 });
  });

  describe('for a user who may not', () => {
    let copy: string;
    beforeEach(async () => {
      // Another user may not be able to read the source tree.
      copy = await realpath(await mkdtemp('/tmp/dm-copy-'));
      await chmod(copy, 0o755);
      const root = path.resolve(import.meta.dirname, '../..');
      for (const part of ['bin', 'dist', 'package.json'])
        await cp(path.join(root, part), path.join(copy, part), { recursive: true });
      undo.push(() => rm(copy, { recursive: true, force: true }));
    });

    /** Runs as uid 4242, who is `mia`, a member of the group `whales` (4343) in files of this command alone. */
    const asMia = async (groups: readonly string[], socket: string) => {
      const [passwd, group] = [path.join(copy, 'passwd'), path.join(copy, 'group')];
      await writeFile(
        passwd,
        `${await readFile('/etc/passwd', 'utf8')}mia:x:4242:4242::/nonexistent:/bin/sh\n`,
      );
      await writeFile(
        group,
        `${await readFile('/etc/group', 'utf8')}mia:x:4242:\nwhales:x:4343:${groups[0] === 'listed' ? 'mia' : ''}\n`,
      );
      const inside = 'mount --bind "$0" /etc/passwd && mount --bind "$1" /etc/group && shift && exec "$@"';
      const session = groups.includes('in-session') ? ['--groups', '4343'] : ['--clear-groups'];
      const { stdout, code } = await run(
        [
          ...['unshare', '--mount', 'sh', '-c', inside, passwd, group],
          ...['setpriv', '--reuid', '4242', '--regid', '4242', ...session],
          ...[process.execPath, path.join(copy, 'bin/dockmedic.js'), 'engine', '--format', 'json'],
        ] as [string, ...string[]],
        {
          cwd: '/',
          env: {
            ...alone,
            DOCKER_HOST: `unix://${socket}`,
            DOCKER_CONFIG: path.join(copy, 'none'),
            HOME: path.join(copy, 'none'),
          },
        },
      );
      return { ...(JSON.parse(stdout) as Said), code };
    };

    it('is not in the group, is in it from the next session on, is in it', async () => {
      const one = await daemon();
      await chmod(path.dirname(one.socket), 0o755);
      expect((await run(['chgrp', '4343', one.socket])).code).toBe(0);
      const none = await asMia(['none'], one.socket);
      expect(none).toMatchObject({ code: 1, verdict: { kind: 'not-in-group' } });
      expect(none.verdict.sentence).toMatch(/^mia may not use .* for the group whales/);
      expect(none.fixes[0]).toMatchObject({
        safety: 'unsafe',
        title: expect.stringContaining('usermod -aG whales mia'),
      });
      expect((await asMia(['listed'], one.socket)).verdict).toMatchObject({ kind: 'not-in-session' });
      expect(await asMia(['listed', 'in-session'], one.socket)).toMatchObject({ code: 0, status: 'pass' });
      await chmod(one.socket, 0o600);
      expect((await asMia(['listed', 'in-session'], one.socket)).verdict).toMatchObject({
        kind: 'socket-closed',
      });
      await chmod(path.dirname(one.socket), 0o700);
      expect((await asMia(['listed'], one.socket)).verdict).toMatchObject({ kind: 'directory-closed' });
    });
  });

  describe('where Docker Desktop would be', () => {
    let socket: string;
    beforeEach(async () => {
      await mkdir(path.join(docker, 'desktop'));
      socket = path.join(docker, 'desktop/docker.sock');
      storeContext(docker, 'desktop-linux', contextMeta('desktop-linux', `unix://${socket}`));
      await use('desktop-linux');
    });

    /** A stand-in for its proxy: Docker Desktop's own does not run here. */
    const answering = async (status: number, body: string) => {
      const server = createHttpServer((_, response) => void response.writeHead(status).end(body));
      await new Promise<void>((resolve) => void server.listen(socket, resolve));
      undo.push(() => closed(server));
    };

    const plugin = async (status: string) => {
      await mkdir(path.join(docker, 'cli-plugins'));
      const file = path.join(docker, 'cli-plugins/docker-desktop');
      await writeFile(
        file,
        `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
  echo '{"SchemaVersion":"0.1.0","Vendor":"dockmedic tests","Version":"v0.0.1","ShortDescription":"a stand-in"}'
  exit 0
fi
[ "$2" = status ] && echo '{ "SessionID": "x", "Status": "${status}" }'
`,
      );
      await chmod(file, 0o755);
    };

    it('paused, and its engine down', async () => {
      await answering(
        500,
        '{"message":"Docker Desktop is manually paused. Unpause it through the Whale menu or Dashboard."}',
      );
      expect((await engine()).verdict.kind).toBe('desktop-paused');
      for (const step of undo.splice(0)) await step();
      await answering(500, '');
      expect((await engine()).verdict.kind).toBe('desktop-engine-down');
      expect(await dockerSays()).toMatch(/500|Internal Server Error/i);
    });

    it('starting, as its own command says', async () => {
      await plugin('starting');
      expect((await engine()).verdict.kind).toBe('desktop-starting');
    });

    it('stopped, and never installed', async () => {
      expect((await engine()).verdict).toMatchObject({ kind: 'provider-absent' });
      await plugin('stopped');
      const said = await engine();
      expect(said.verdict.kind).toBe('desktop-stopped');
      expect(said.fixes[0]).toMatchObject({ safety: 'safe', commands: [['docker', 'desktop', 'start']] });
    });
  });

  it('is no engine: a web server, and something that is not HTTP', async () => {
    const web = createHttpServer(
      (_, response) => void response.setHeader('server', 'nginx/1.22.1').end('<html>'),
    );
    await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve));
    undo.push(() => closed(web));
    const raw = createServer((connection) => {
      connection.on('error', () => undefined);
      connection.end('SSH-2.0-OpenSSH_9.2\r\n', () => connection.destroy());
    });
    await new Promise<void>((resolve) => void raw.listen(0, '127.0.0.1', resolve));
    undo.push(() => closed(raw));
    const port = (server: { address(): unknown }) => (server.address() as { port: number }).port;
    expect((await engine({ DOCKER_HOST: `tcp://127.0.0.1:${port(web)}` })).verdict).toMatchObject({
      kind: 'not-docker',
      about: { server: 'nginx/1.22.1' },
    });
    expect((await engine({ DOCKER_HOST: `tcp://127.0.0.1:${port(raw)}` })).verdict.kind).toBe('not-docker');
  });

  describe('behind TLS', () => {
    let files: string;
    beforeEach(async () => {
      files = await realpath(await mkdtemp('/tmp/dm-tls-'));
      undo.push(() => rm(files, { recursive: true, force: true }));
    });

    const serving = async (ca: string, { key, cert }: { key: string; cert: string }) => {
      const tls = ['--tlsverify', '--tlscacert', ca, '--tlscert', cert, '--tlskey', key];
      const one = await daemon(['-H', 'tcp://127.0.0.1:2376', ...tls]);
      // Its loopback is that of its own network.
      return ['nsenter', '--target', String(one.pid), '--net'];
    };

    const context = async (
      name: string,
      host: string,
      parts: { ca?: string; key?: string; cert?: string },
    ) => {
      const read = async (file: string | undefined) =>
        file === undefined ? undefined : readFile(file, 'utf8');
      const [ca, cert, key] = await Promise.all([parts.ca, parts.cert, parts.key].map(read));
      storeContext(docker, name, contextMeta(name, host), {
        ...(ca && { 'ca.pem': ca }),
        ...(cert && { 'cert.pem': cert }),
        ...(key && { 'key.pem': key }),
      });
    };

    it('right, and wrong on each side', async () => {
      const ours = await makeAuthority(files, 'ours');
      const theirs = await makeAuthority(files, 'theirs');
      const inside = await serving(ours.pem, await ours.issue('server', { names: 'IP:127.0.0.1' }));
      const client = await ours.issue('client', {});
      const stranger = await theirs.issue('stranger', {});
      const ended = await ours.issue('ended', { days: -1 });
      const host = 'tcp://127.0.0.1:2376';
      const table = [
        ['right', host, { ca: ours.pem, ...client }, undefined, /^$/],
        ['authority', host, { ca: theirs.pem, ...client }, 'unknown-authority', /unknown authority/],
        [
          'name',
          'tcp://localhost:2376',
          { ca: ours.pem, ...client },
          'wrong-name',
          /cannot validate|not valid for|doesn't contain|is valid for/,
        ],
        [
          'none',
          host,
          { ca: ours.pem },
          'client-certificate-wanted',
          /certificate required|bad certificate|reset by peer|broken pipe/,
        ],
        [
          'stranger',
          host,
          { ca: ours.pem, ...stranger },
          'client-certificate-refused',
          /unknown certificate authority|bad certificate|certificate required|reset by peer|broken pipe/,
        ],
        [
          'ended',
          host,
          { ca: ours.pem, ...ended },
          'client-certificate-expired',
          /expired certificate|bad certificate|reset by peer|broken pipe/,
        ],
        [
          'mixed',
          host,
          { ca: ours.pem, cert: client.cert, key: stranger.key },
          'material-unusable',
          /private key does not match/,
        ],
        ['plain', host, {}, 'server-wants-tls', /HTTP request to an HTTPS server/],
      ] as const;
      for (const [name, at, parts, fault, dockers] of table) {
        await context(name, at, parts);
        await use(name);
        const said = await engine({}, inside);
        expect([name, said.verdict.kind, said.verdict.about?.fault]).toEqual([
          name,
          fault ? 'tls' : 'answers',
          fault,
        ]);
        expect(await dockerSays({}, inside)).toMatch(dockers);
      }
      const missing = await engine(
        { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' },
        inside,
      );
      expect(missing.verdict.about?.fault).toBe('material-missing');
    });

    it('with a certificate that has ended', async () => {
      const ours = await makeAuthority(files, 'ours');
      const inside = await serving(ours.pem, await ours.issue('server', { names: 'IP:127.0.0.1', days: -1 }));
      await context('ended', 'tcp://127.0.0.1:2376', { ca: ours.pem, ...(await ours.issue('client', {})) });
      await use('ended');
      const said = await engine({}, inside);
      expect(said.verdict.about).toMatchObject({
        fault: 'server-expired',
        about: expect.stringMatching(/^it ended on \d{4}-\d\d-\d\d$/),
      });
      expect(await dockerSays({}, inside)).toMatch(/expired/);
    });
  });

  describe.skipIf(!hasSshd)('behind ssh', () => {
    let home: string;
    let port: number;
    let bin: string;
    beforeAll(async () => {
      home = await realpath(await mkdtemp('/tmp/dm-ssh-'));
      for (const key of ['host', 'client', 'stranger'])
        await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path.join(home, key)]);
      await run([
        'ssh-keygen',
        '-q',
        '-t',
        'ed25519',
        '-N',
        'planted-passphrase',
        '-f',
        path.join(home, 'locked'),
      ]);
      const keys = await Promise.all(
        ['client', 'locked'].map((key) => readFile(path.join(home, `${key}.pub`), 'utf8')),
      );
      await writeFile(path.join(home, 'authorized'), keys.join(''));
      port = await freePort();
      await mkdir('/run/sshd', { recursive: true });
      bin = path.join(home, 'bin');
      await mkdir(bin);
    });
    afterAll(() => rm(home, { recursive: true, force: true }));

    /** Debian's sshd, on loopback, for root with the keys of this test; `lines` are more of its configuration. */
    const serving = async (lines: readonly string[]) => {
      const config = path.join(home, 'sshd_config');
      await writeFile(
        config,
        [
          ...[
            `Port ${port}`,
            'ListenAddress 127.0.0.1',
            `HostKey ${home}/host`,
            `AuthorizedKeysFile ${home}/authorized`,
          ],
          ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no'],
          ...['PermitRootLogin prohibit-password', 'PidFile none', ...lines, ''],
        ].join('\n'),
      );
      const child = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      let log = '';
      await new Promise<void>((resolve, reject) => {
        child.stderr.on('data', (chunk: Buffer) => {
          log += chunk.toString('utf8');
          if (log.includes('Server listening')) resolve();
        });
        child.once('exit', () => reject(new Error(`sshd ended: ${log}`)));
      });
      undo.push(async () => {
        child.kill('SIGTERM');
        await ended;
      });
    };

    /** The system's ssh with a configuration of the test's own, instead of the person's. */
    const withKey = async (key: string, known = true) => {
      const config = path.join(home, `${key}_${known}`);
      const hosts = path.join(home, 'known_hosts');
      await writeFile(
        hosts,
        known ? `[127.0.0.1]:${port} ${await readFile(path.join(home, 'host.pub'), 'utf8')}` : '',
      );
      await writeFile(
        config,
        `Host *\n  IdentityFile ${home}/${key}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile ${hosts}\n  GlobalKnownHostsFile none\n`,
      );
      await writeFile(path.join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`);
      await chmod(path.join(bin, 'ssh'), 0o755);
      storeContext(docker, 'build', contextMeta('build', `ssh://root@127.0.0.1:${port}`));
      await use('build');
      return { PATH: `${bin}:${process.env.PATH}` };
    };
    const there = (...more: string[]) => [`SetEnv PATH=${process.env.PATH} ${more.join(' ')}`.trim()];

    it('answers, with the right key', async () => {
      await serving(there(`DOCKER_HOST=${process.env.DOCKER_HOST}`));
      const env = await withKey('client');
      const said = await engine(env);
      const { stdout } = await run(['docker', 'version', '--format', '{{.Server.Version}}'], {
        env: { ...alone, ...env, DOCKER_CONFIG: docker },
      });
      expect(said).toMatchObject({ code: 0, status: 'pass', engine: { version: stdout } });
      expect(stdout).not.toBe('');
    });

    it('cannot be logged in to: a wrong key, a locked one, a host that is not known', async () => {
      await serving(there());
      const stranger = await withKey('stranger');
      expect((await engine(stranger)).verdict).toMatchObject({
        kind: 'ssh',
        about: { fault: 'key-refused' },
      });
      expect(await dockerSays(stranger)).toMatch(/Permission denied \(publickey\)/);
      const locked = await engine(await withKey('locked'));
      expect(locked).toMatchObject({
        code: 3,
        status: 'unverified',
        verdict: { about: { fault: 'would-ask' } },
      });
      const unknown = await withKey('client', false);
      expect((await engine(unknown)).verdict.about?.fault).toBe('host-key-unknown');
    });

    it('has no docker, no engine, or is not there', async () => {
      await serving([`SetEnv PATH=/nonexistent`]);
      const env = await withKey('client');
      expect((await engine(env)).verdict.about?.fault).toBe('docker-missing');
      for (const step of undo.splice(0)) await step();
      await serving(there('DOCKER_HOST=unix:///nonexistent/docker.sock'));
      expect((await engine(env)).verdict.about?.fault).toBe('engine-down');
      for (const step of undo.splice(0)) await step();
      expect((await engine(env)).verdict.about?.fault).toBe('refused');
      storeContext(docker, 'build', contextMeta('build', 'ssh://engine.invalid'));
      expect((await engine(env)).verdict.about?.fault).toBe('host-unknown');
      expect((await engine({ PATH: '/nonexistent' })).verdict.about?.fault).toBe('ssh-missing');
    });
  });
});

/** A server that is closed, with those who are still connected. */
function closed(server: Server | HttpServer): Promise<unknown> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
