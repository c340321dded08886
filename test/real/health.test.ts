/** The docker CLI, an engine that answers and is not well, and a daemon that does not start: each with the real thing. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeDaemon } from '../../src/docker/daemon.ts';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { secondEngineMissing, startSecondEngine } from '../support/own-engine.ts';
import { run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
const second = real ? secondEngineMissing() : 'no real engine (test/real/with-engine.sh)';
/** Where its plugins were laid by the wrapper: they can be hidden from one program there, and from nobody else. */
const own = second ?? (process.env.DOCKMEDIC_ENGINE_PID ? undefined : 'the engine is somebody’s own');
if (second) console.log(`left out: what needs a second engine, because ${second}`);
else if (own) console.log(`left out: what hides plugins and system files, because ${own}`);

/** In a container the CLI need not be: what it lacks is a warning there. */
const STRICT = existsSync('/.dockerenv') || existsSync('/run/.containerenv') ? 'warning' : 'error';

const PLUGINS = '/usr/libexec/docker/cli-plugins';
const program = path.resolve(import.meta.dirname, '../../bin/dockmedic.js');

describe.skipIf(!real)('the docker CLI and its engine', { timeout: 180_000 }, () => {
  let ana: Person;
  let root: string;
  const undo: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    ana = await person();
    root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-health-')));
    undo.push(
      () => ana.dispose(),
      () => rm(root, { recursive: true, force: true }),
    );
    await write('services:\n  app:\n    build: .\n    command: ["/x"]\n    network_mode: none\n');
    await writeFile(path.join(root, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /x\n');
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const write = (compose: string) => writeFile(path.join(root, 'compose.yaml'), compose);
  const env = (more: Record<string, string | undefined> = {}) => ({
    HOME: ana.home,
    DOCKER_CONFIG: path.join(ana.home, '.docker'),
    ...more,
  });
  const docker = (args: readonly string[], more: Record<string, string | undefined> = {}) =>
    run(['docker', ...args], { cwd: root, env: env(more) });
  const OPTIONS = ['--format', 'json', '--only', 'engine', '--offline'];

  async function look(
    more: Record<string, string | undefined> = {},
    options: readonly string[] = [],
  ): Promise<Report> {
    const looked = await ana.dockmedic([root, ...OPTIONS, ...options], { env: more });
    expect(looked.stderr).not.toMatch(/bug in dockmedic/);
    return JSON.parse(looked.stdout);
  }
  const said = ({ findings }: Report) =>
    findings
      .map(({ id, severity }) => `${severity} ${id}`)
      .filter((one) => !one.includes('engine/unreachable'));
  const plugin = async (name: string, text: string, mode = 0o755) => {
    const file = path.join(ana.home, '.docker/cli-plugins', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  };

  it('are well, and nothing is said', async () => {
    expect(said(await look())).toEqual([]);
  });

  describe('DOCKER_API_VERSION', () => {
    it.each([
      ['1.12', /client version 1\.12 is too old\. Minimum supported API version/, 'pin-too-old'],
      ['1.99', /client version 1\.99 is too new\. Maximum supported API version/, 'pin-too-new'],
      ['x', /page not found/, 'pin-malformed'],
    ])('%s', async (version, words, verdict) => {
      const pinned = { DOCKER_API_VERSION: version };
      expect((await docker(['ps'], pinned)).stderr).toMatch(words);
      expect(said(await look(pinned))).toEqual([`error engine/cli-unusable#cli:docker##${verdict}`]);
    });

    it.each(['1.44', 'v1.44', '1.44.0'])('%s works', async (version) => {
      const pinned = { DOCKER_API_VERSION: version };
      expect((await docker(['ps'], pinned)).code).toBe(0);
      expect(said(await look(pinned))).toEqual([]);
    });
  });

  describe('a plugin of one’s own that is broken, before one that works', () => {
    const other = process.arch === 'arm64' ? 0x3e : 0xb7;
    const elf = (machine: number) => {
      const bytes = Buffer.alloc(64);
      bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
      bytes.writeUInt16LE(2, 16);
      bytes.writeUInt16LE(machine, 18);
      return bytes.toString('latin1');
    };
    it.each([
      ['text that is no program', 'garbage', 0o755, /is not a program that this system runs/],
      ['empty', '', 0o755, /is empty/],
      ['a script for an interpreter that is not there', '#!/nonexistent/sh\n', 0o755, /which is not there/],
      ['a program for another processor', elf(other), 0o755, /is a program for/],
      ['a program that is no plugin', '#!/bin/sh\necho {}\n', 0o755, /does not name itself/],
    ])('%s', async (_, text, mode, words) => {
      const file = path.join(ana.home, '.docker/cli-plugins/docker-compose');
      await plugin('docker-compose', '');
      await writeFile(file, text, 'latin1');
      await chmod(file, mode);
      const version = await docker(['compose', 'version']);
      expect(version).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/unknown command: docker compose/),
      });
      const report = await look(await pathWith('docker'));
      expect(said(report)).toMatchObject([expect.stringMatching(/compose-broken$/)]);
      expect(report.findings[0]?.message).toMatch(words);
    });

    it('that is a directory', async () => {
      await mkdir(path.join(ana.home, '.docker/cli-plugins/docker-compose'), { recursive: true });
      expect((await docker(['compose', 'version'])).stderr).toMatch(/unknown command: docker compose/);
      expect(said(await look(await pathWith('docker')))).toMatchObject([
        expect.stringMatching(/compose-broken$/),
      ]);
    });

    it('a link that leads nowhere is passed over, as the CLI does', async () => {
      await mkdir(path.join(ana.home, '.docker/cli-plugins'), { recursive: true });
      await symlink(
        '/Applications/Docker.app/Contents/Resources/cli-plugins/docker-compose',
        path.join(ana.home, '.docker/cli-plugins/docker-compose'),
      );
      expect((await docker(['compose', 'version'])).code).toBe(0);
      expect(said(await look())).toEqual([]);
    });

    it.skipIf(process.getuid?.() === 0 && own !== undefined)(
      'that only lacks the right to run is given it, on consent',
      async () => {
        const file = path.join(ana.home, '.docker/cli-plugins/docker-compose');
        await mkdir(path.dirname(file), { recursive: true });
        const [found] = (
          await docker(['info', '--format', '{{range .ClientInfo.Plugins}}{{.Path}}\n{{end}}'])
        ).stdout
          .split('\n')
          .filter((line) => line.endsWith('/docker-compose'));
        await cp(found ?? '', file);
        await chmod(file, 0o644);
        const only = await pathWith('docker', 'chmod');
        expect((await docker(['compose', 'version'])).stderr).toMatch(/unknown command: docker compose/);
        expect(said(await look(only))).toMatchObject([expect.stringMatching(/compose-broken$/)]);
        const fixed = await look(only, ['--fix', '--unsafe', '--yes']);
        expect(fixed.fixes).toMatchObject([{ state: 'verified' }]);
        expect((await docker(['compose', 'version'])).code).toBe(0);
      },
    );
  });

  /** A PATH with these programs and nothing else. */
  async function pathWith(...names: readonly string[]): Promise<{ PATH: string }> {
    const bin = path.join(ana.home, 'bin');
    await mkdir(bin, { recursive: true });
    for (const name of names) {
      const found = (await run(['sh', '-c', `command -v ${name}`])).stdout.trim();
      await symlink(found, path.join(bin, name)).catch(() => undefined);
    }
    return { PATH: bin };
  }

  describe.skipIf(own !== undefined)('without the plugins of the system', () => {
    /** Runs a command that sees only these plugins in the system's directory. */
    const without = (
      argv: readonly string[],
      keep: readonly string[],
      more: Record<string, string | undefined>,
    ) => {
      const hide =
        'k=$(mktemp -d) && for p in $0; do cp "$DIR/$p" "$k/"; done && mount --bind "$k" "$DIR" && exec "$@"';
      return run(
        [
          'unshare',
          '--mount',
          'sh',
          '-c',
          `DIR=${PLUGINS}; ${hide}`,
          keep.join(' '),
          'env',
          ...assignments(more),
          ...argv,
        ],
        {
          cwd: root,
          env: env(),
        },
      );
    };
    const assignments = (more: Record<string, string | undefined>) =>
      Object.entries(more).map(([name, value]) => `${name}=${value ?? ''}`);
    const lookWithout = async (keep: readonly string[], more: Record<string, string | undefined> = {}) => {
      const looked = await without([process.execPath, program, root, ...OPTIONS], keep, more);
      return JSON.parse(looked.stdout) as Report;
    };
    const composeBuild = (keep: readonly string[]) => without(['docker', 'compose', 'build'], keep, {});
    const buildx = (text: string) => plugin('docker-buildx', text);

    it('Compose is missing', async () => {
      expect((await without(['docker', 'compose', 'up', '-d'], [], {})).stderr).toMatch(
        /unknown (?:shorthand flag|command)/,
      );
      expect(said(await lookWithout([], await pathWith('docker')))).toEqual([
        `${STRICT} engine/cli-unusable#cli:docker##compose-missing`,
      ]);
    });

    it('a link is left of Docker Desktop, and nothing else', async () => {
      const file = path.join(ana.home, '.docker/cli-plugins/docker-compose');
      await mkdir(path.dirname(file), { recursive: true });
      await symlink('/Applications/Docker.app/docker-compose', file);
      const report = await lookWithout([], await pathWith('docker'));
      expect(said(report)).toEqual([`${STRICT} engine/cli-unusable#cli:docker##compose-missing`]);
      expect(report.findings[0]?.evidence[0]).toBe(
        `${file} is a link to /Applications/Docker.app/docker-compose, which does not exist`,
      );
    });

    it('the standalone Compose is there, and becomes a plugin on consent', async () => {
      const only = await pathWith('docker', 'docker-compose', 'mkdir', 'ln');
      expect(said(await lookWithout([], only))).toContain(
        'warning engine/cli-unusable#cli:docker##compose-standalone',
      );
      const fixed = await without(
        [process.execPath, program, root, ...OPTIONS, '--fix', '--unsafe', '--yes'],
        [],
        only,
      );
      expect((JSON.parse(fixed.stdout) as Report).fixes).toMatchObject([{ state: 'verified' }]);
      expect((await without(['docker', 'compose', 'version'], [], {})).code).toBe(0);
    });

    it('only version 1 is there (a stand-in that names itself so)', async () => {
      const only = await pathWith('docker', 'sh');
      const v1 = path.join(ana.home, 'bin/docker-compose');
      await writeFile(v1, '#!/bin/sh\necho 1.29.2\n');
      await chmod(v1, 0o755);
      expect(said(await lookWithout([], only))).toEqual([
        'warning engine/cli-unusable#cli:docker##compose-v1',
      ]);
    });

    it('Buildx is missing: Compose warns and builds', async () => {
      const built = await composeBuild(['docker-compose']);
      expect(built).toMatchObject({ code: 0, stderr: expect.stringMatching(/buildx isn't installed/) });
      expect(said(await lookWithout(['docker-compose']))).toEqual([
        'warning engine/cli-unusable#cli:buildx##buildx-missing',
      ]);
    });

    it('Buildx is broken: Compose crashes', async () => {
      await buildx('garbage');
      const built = await composeBuild(['docker-compose', 'docker-buildx']);
      expect(built).toMatchObject({ code: 2, stderr: expect.stringMatching(/panic: runtime error/) });
      expect(said(await lookWithout(['docker-compose', 'docker-buildx']))).toEqual([
        'error engine/cli-unusable#cli:buildx##buildx-broken',
      ]);
    });

    it('Buildx is too old (a stand-in that names itself so): Compose refuses it', async () => {
      await buildx(
        '#!/bin/sh\necho \'{"SchemaVersion":"0.1.0","Vendor":"Docker Inc.","Version":"v0.16.2"}\'\n',
      );
      const built = await composeBuild(['docker-compose', 'docker-buildx']);
      expect(built).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/requires buildx 0\.17 or later/),
      });
      expect(said(await lookWithout(['docker-compose', 'docker-buildx']))).toEqual([
        'error engine/cli-unusable#cli:buildx##buildx-too-old',
      ]);
    });

    it('Compose builds without Buildx where it is told to: nothing is said of a broken one', async () => {
      await buildx('garbage');
      const told = { COMPOSE_BAKE: 'false' };
      expect((await without(['docker', 'compose', 'build'], ['docker-compose'], told)).code).toBe(0);
      expect(said(await lookWithout(['docker-compose'], told))).toEqual([]);
    });
  });

  it('no CLI is on PATH, and one lies elsewhere', async () => {
    const report = await look({ PATH: path.join(ana.home, 'nothing') });
    expect(said(report)).toMatchObject([expect.stringMatching(/cli-missing$/)]);
  });

  describe.skipIf(second !== undefined)('an engine', () => {
    const engine = async (options: Parameters<typeof startSecondEngine>[0]) => {
      const started = await startSecondEngine(options);
      undo.push(() => started.stop());
      return started;
    };
    const network = (host: string) => docker(['network', 'create', 'n1'], { DOCKER_HOST: host });
    /** Until nothing more fits; how it fails is the point. */
    const fill = (shell: string, directory: string) => run(['sh', '-c', shell, 'sh', directory]);

    it('on a disk that is full', async () => {
      const { host, dataRoot } = await engine({ room: '96m' });
      const low = await look({ DOCKER_HOST: host });
      expect(said(low)).toEqual(['warning engine/unhealthy#engine##disk-low']);
      await fill('cat /dev/zero >"$1/fill"', dataRoot);
      expect((await network(host)).stderr).toMatch(/no space left on device/);
      const full = await look({ DOCKER_HOST: host });
      expect(said(full)).toEqual(['error engine/unhealthy#engine##disk-full']);
      expect(full.findings[0]?.evidence[0]).toContain(`statfs ${dataRoot}: 0 KiB free`);
    });

    it('on a disk without inodes', async () => {
      const { host, dataRoot } = await engine({ room: '64m,nr_inodes=700' });
      await fill('i=0; while : >"$1/f$i"; do i=$((i+1)); done', dataRoot);
      expect(said(await look({ DOCKER_HOST: host }))).toEqual(['error engine/unhealthy#engine##inodes-full']);
    });

    it('whose data became read-only', async () => {
      const { host, dataRoot } = await engine({ room: '64m' });
      await run(['mount', '--bind', dataRoot, dataRoot]);
      await run(['mount', '-o', 'remount,bind,ro', dataRoot]);
      const made = await docker(['volume', 'create', 'v1'], { DOCKER_HOST: host });
      expect(made.stderr).toMatch(/read-only file system/);
      expect(said(await look({ DOCKER_HOST: host }))).toEqual([
        'error engine/unhealthy#engine##data-root-read-only',
      ]);
    });

    it('of another machine, reached over TCP at another address of this one', async () => {
      await write(
        'services:\n  app:\n    image: app\n    pull_policy: never\n    volumes: ["./site:/site"]\n',
      );
      await mkdir(path.join(root, 'site'));
      const { socket } = await engine({ hostname: 'build-7' });
      const report = await look({ DOCKER_HOST: `tcp://${await forward('127.0.0.2', socket)}` });
      expect(said(report)).toEqual(['warning engine/elsewhere#service:compose.yaml/app#compose.yaml']);
      expect(report.findings[0]?.message).toContain('build-7');
    });

    it('of this machine, reached over TCP: nothing is said', async () => {
      await write(
        'services:\n  app:\n    image: app\n    pull_policy: never\n    volumes: ["./site:/site"]\n',
      );
      await mkdir(path.join(root, 'site'));
      const { socket } = await engine({});
      expect(said(await look({ DOCKER_HOST: `tcp://${await forward('127.0.0.2', socket)}` }))).toEqual([]);
    });

    it('that does not know the runtime of a service', async () => {
      await write(
        'services:\n  app:\n    build: .\n    command: ["/x"]\n    runtime: nvidia\n    network_mode: none\n',
      );
      const created = await docker(['compose', '-p', 'dm-health-runtime', 'create']);
      undo.push(() => docker(['compose', '-p', 'dm-health-runtime', 'down', '--rmi', 'all']));
      expect(created.stderr).toMatch(/unknown or invalid runtime name: nvidia/);
      expect(said(await look())).toEqual([
        'error engine/unsupported#container:compose.yaml/app#compose.yaml#runtime',
      ]);
    });

    async function forward(address: string, socketPath: string): Promise<string> {
      const open = new Set<Socket>();
      const server = createServer((connection) => {
        const onward = connect(socketPath);
        for (const one of [connection, onward]) {
          open.add(one);
          one.on('error', () => {});
        }
        connection.pipe(onward).pipe(connection);
      });
      await new Promise<void>((resolve) => server.listen(0, address, resolve));
      undo.push(async () => {
        for (const one of open) one.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      return `${address}:${(server.address() as AddressInfo).port}`;
    }
  });

  describe.skipIf(second !== undefined)('a daemon that refuses its configuration', () => {
    const dockerd = process.env.DOCKMEDIC_DOCKERD ?? '';
    it.each<[string, string, readonly string[], string, string | undefined]>([
      ['a comma too many', '{\n  "debug": true,\n}\n', [], 'config-no-json', '}'],
      ['an end too early', '{\n  "debug": true\n', [], 'config-no-json', 'e'],
      ['something after its end', '{}\nx\n', [], 'config-refused', undefined],
      [
        'a string for a list',
        '{ "insecure-registries": "x" }',
        [],
        'config-wrong-type',
        '"insecure-registries"',
      ],
      ['a number for a string', '{ "log-opts": { "max-file": 3 } }', [], 'config-wrong-type', '"max-file"'],
      ['a string for a number', '{ "mtu": "1500" }', [], 'config-wrong-type', '"mtu"'],
      ['a list', '[]', [], 'config-wrong-type', undefined],
      ['an unknown option', '{ "log-drivr": "x" }', [], 'config-unknown-option', '"log-drivr"'],
      ['an option in another case', '{ "Debug": true }', [], 'config-unknown-option', '"Debug"'],
      [
        'an option given twice',
        '{ "hosts": ["unix:///x.sock"] }',
        ['-H', 'fd://'],
        'config-given-twice',
        '"hosts"',
      ],
      ['a mirror without a scheme', '{ "registry-mirrors": ["m.example"] }', [], 'config-refused', undefined],
      ['an address that is none', '{ "dns": ["x"] }', [], 'config-refused', undefined],
      ['a driver that is gone', '{ "storage-driver": "aufs" }', [], 'config-refused', '"storage-driver"'],
      [
        'a runtime that is not there',
        '{ "default-runtime": "x" }',
        [],
        'config-refused',
        '"default-runtime"',
      ],
    ])('%s', async (_, text, flags, verdict, place) => {
      const file = path.join(root, 'daemon.json');
      await writeFile(file, text);
      const checked = await run([dockerd, '--validate', ...flags, '--config-file', file]);
      const validation = checked.code === 0 ? 'configuration OK' : checked.stderr.trim();
      const judged = judgeDaemon({ host: '', config: { file, text }, validation });
      expect(judged).toMatchObject({ verdict });
      const at = judged && 'at' in judged ? judged.at : undefined;
      expect(at && text.slice(at.start, at.end)).toBe(place);
    });

    it.each([
      ['a byte order mark', '\uFEFF{}'],
      ['nothing', ''],
      ['null', 'null'],
      ['an unknown log driver, which fails later', '{ "log-driver": "nosuch" }'],
    ])('%s is taken', async (_, text) => {
      const file = path.join(root, 'daemon.json');
      await writeFile(file, text);
      const checked = await run([dockerd, '--validate', '--config-file', file]);
      expect(checked.code).toBe(0);
      expect(
        judgeDaemon({ host: '', config: { file, text }, validation: 'configuration OK' }),
      ).toBeUndefined();
      // Without dockerd's word, too.
      expect(judgeDaemon({ host: '', config: { file, text } })).toBeUndefined();
    });

    it.skipIf(own !== undefined)(
      'is found where systemd would start it, with its place in the file',
      async () => {
        const inside = `d=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && mkdir "$d/u" "$d/w" &&
        mount -t overlay -o "lowerdir=/etc,upperdir=$d/u,workdir=$d/w" overlay /etc &&
        mkdir -p /etc/docker /etc/systemd/system &&
        printf '[Service]\\nExecStart=/usr/bin/dockerd -H fd:// \\\\\\n  --containerd=/run/containerd/containerd.sock\\n' >/etc/systemd/system/docker.service &&
        printf '{\\n  "hosts": ["unix:///var/run/docker.sock"],\\n  "proxies": { "http-proxy": "http://ana:planted-secret@proxy:1" }\\n}\\n' >/etc/docker/daemon.json &&
        unset DOCKER_HOST && exec "$@"`;
        const looked = await run(
          ['unshare', '--mount', 'sh', '-c', inside, 'sh', process.execPath, program, root, ...OPTIONS],
          { cwd: root, env: env() },
        );
        const report: Report = JSON.parse(looked.stdout);
        const finding = report.findings.find(({ rule }) => rule === 'engine/daemon-cannot-start');
        expect(finding).toMatchObject({
          message: expect.stringContaining('sets "hosts", and so do the options'),
          location: { file: '/etc/docker/daemon.json', line: 2, column: 3 },
          evidence: expect.arrayContaining(['/etc/systemd/system/docker.service gives the options']),
        });
        expect(looked.stdout + looked.stderr).not.toContain('planted');
      },
    );
  });

  describe.skipIf(own !== undefined)('a daemon that gives up', () => {
    /** Starts a daemon that is bound to fail, and takes all that it says. */
    async function lastOf(options: {
      args?: readonly string[];
      before?: string;
      dataRoot?: string;
    }): Promise<string> {
      const state = await mkdtemp('/tmp/dm-x-');
      undo.push(async () => {
        const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
          .split('\n')
          .map((line) => line.split(' ')[4] ?? '');
        for (const one of mounts.filter((point) => point.startsWith(`${state}/`)).reverse())
          await run(['umount', '-l', one]);
        await rm(state, { recursive: true, force: true });
      });
      const data = `${state}/data`;
      await mkdir(data);
      const child = spawn(
        'unshare',
        [
          ...['--net', '--mount', 'sh', '-c', `cd ${state}; ${options.before ?? ':'}; exec "$@"`, 'sh'],
          ...[
            process.env.DOCKMEDIC_DOCKERD ?? 'dockerd',
            '--data-root',
            data,
            '--exec-root',
            `${state}/exec`,
          ],
          ...[
            '--pidfile',
            `${state}/pid`,
            '-H',
            `unix://${state}/s.sock`,
            ...(options.args ?? ['--bridge=none']),
          ],
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      undo.push(async () => child.kill('SIGKILL'));
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8');
        stream.on('data', (chunk: string) => {
          text += chunk;
        });
      }
      await new Promise((resolve) => child.once('close', resolve));
      return text;
    }

    it.each<[string, Parameters<typeof lastOf>[0], string]>([
      [
        'another one has its pid file',
        { before: `cp ${process.env.DOCKMEDIC_STATE}/dockerd.pid pid` },
        'already-running',
      ],
      ['a directory is in the place of its socket', { before: 'mkdir -p s.sock/x' }, 'listener'],
      ['its group does not exist', { args: ['-G', 'nosuchgroup', '--bridge=none'] }, 'listener'],
      ['it was not started by systemd', { args: ['-H', 'fd://', '--bridge=none'] }, 'listener'],
      [
        'a storage driver that is gone',
        { args: ['--storage-driver', 'aufs', '--bridge=none'] },
        'storage-driver',
      ],
      [
        'a storage driver for another disk',
        { args: ['--storage-driver', 'btrfs', '--bridge=none'] },
        'storage-driver',
      ],
      [
        'a default runtime that is not there',
        { args: ['--default-runtime', 'x', '--bridge=none'] },
        'runtime',
      ],
      [
        'its disk is full',
        { before: 'mount -t tmpfs -o size=2m tmpfs data; cat /dev/zero >data/x 2>/dev/null' },
        'disk-full',
      ],
      ['its disk is read-only', { before: 'mount -t tmpfs -o ro tmpfs data' }, 'read-only'],
      ['it may not open files', { before: 'ulimit -n 20', args: [] }, 'fd-limit'],
      ['its data root is a file', { before: 'rmdir data; : >data' }, 'data-root'],
      [
        'iptables is missing',
        {
          before:
            'mkdir bin; for p in containerd containerd-shim-runc-v2 runc docker-init docker-proxy; do ln -s "$(command -v $p)" bin/; done; PATH=$PWD/bin',
          args: [],
        },
        'iptables',
      ],
      [
        'runc is missing',
        {
          before:
            'mkdir bin; for p in containerd containerd-shim-runc-v2 docker-init docker-proxy iptables ip6tables; do ln -s "$(command -v $p)" bin/; done; PATH=$PWD/bin',
        },
        'runtime',
      ],
    ])('%s', async (_, options, verdict) => {
      const text = await lastOf(options);
      const judged = judgeDaemon({ host: '', config: { file: '/none' }, log: { from: 'its output', text } });
      expect(judged, text.slice(-2_000)).toMatchObject({ verdict });
    });
  });
});
