/**
 * dockmedic against a real engine, real builds and a real registry, on copies of the examples. The base images are
 * stand-ins: busybox under Alpine's name (see stand-in-images.sh). Needs an engine: `npm run test:real`.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import {
  deletedDockerfile,
  type Example,
  mendedReferences,
  movedComposeFile,
  renamedDirectory,
  staleReferences,
} from '../support/example.ts';
import { pushImage, registryMissing, startRegistry, type TestRegistry } from '../support/registry.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
const dockerd = process.env.DOCKMEDIC_DOCKERD ?? '';
if (!real)
  console.warn('left out: test/real/dockmedic.test.ts, because no engine was asked for (npm run test:real)');

const composeFiles = Object.keys(staleReferences);
const ports = {
  SHOP_PORT: '0',
  SHOP_EVENTS_PORT: '0',
  SHOP_TEST_EVENTS_PORT: '0',
  SHOP_STAGING_PORT: '0',
  SHOP_STAGING_EVENTS_PORT: '0',
};

let ana: Person;
const undo: (() => Promise<unknown>)[] = [];

async function use(example: Promise<Example>): Promise<string> {
  const { root, dispose } = await example;
  undo.push(dispose);
  return root;
}

async function report(
  root: string,
  args: readonly string[] = [],
  env: Record<string, string | undefined> = {},
): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--format', 'json', ...args], { env });
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return JSON.parse(stdout) as Report;
}

let count = 0;
/** `docker compose` for one file, under a project name that no other test has. */
function composeFor(root: string, file: string): (...args: string[]) => Promise<RunResult> {
  count += 1;
  const name = `dockmedic-doctor-${process.pid}-${count}`;
  const compose = (...args: string[]) =>
    run(['docker', 'compose', '-p', name, '-f', file, '--progress', 'plain', ...args], {
      cwd: root,
      env: ports,
    });
  undo.push(() => compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '2'));
  return compose;
}

async function succeeds(result: Promise<RunResult>): Promise<void> {
  const { code, stdout, stderr } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
}

describe.skipIf(!real)('dockmedic with a real engine', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    const images = path.resolve(import.meta.dirname, 'stand-in-images.sh');
    await succeeds(run([images, 'alpine:3.22', 'alpine:3.23']));
  });
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
  });

  describe('a renamed directory', () => {
    it.each(composeFiles)('%s: Docker names neither file nor line, dockmedic both', async (file) => {
      const root = await use(renamedDirectory());
      const before = await composeFor(root, file)('build');
      expect(before.code).not.toBe(0);
      expect(before.stderr).toMatch(/resolve : lstat .*\/docker: no such file or directory/);
      expect(before.stderr).not.toContain(file);

      const { findings, engine } = await report(root);
      expect(engine).not.toBeNull();
      const stale = findings.filter(
        (finding) =>
          finding.rule === 'compose/dockerfile-not-found' && finding.cause && finding.location?.file === file,
      );
      expect(stale).toHaveLength(staleReferences[file as keyof typeof staleReferences]);
      expect(new Set(stale.map((finding) => finding.cause?.title))).toEqual(
        new Set(['docker/ no longer exists, and paths still point into it']),
      );
      for (const { location, evidence } of stale) {
        const text = (await readFile(path.join(root, file), 'utf8')).split('\n')[(location?.line ?? 0) - 1];
        expect(text).toMatch(/dockerfile:.*docker\//);
        expect(evidence.join('\n')).toMatch(/git renamed docker\/\S+ to dockerfiles\//);
      }
    });

    it('builds and comes up after --fix, on all three files, and undo restores every byte', async () => {
      const root = await use(renamedDirectory());
      const texts = () => Promise.all(composeFiles.map((file) => readFile(path.join(root, file), 'utf8')));
      const before = await texts();
      const fixed = await report(root, ['--fix']);
      expect(new Set(fixed.fixes.map(({ state }) => state))).toEqual(new Set(['verified']));
      expect(await texts()).toEqual(before.map(mendedReferences));

      // Left alone and said so: nothing is left that the load tester could be built from.
      const orphan = fixed.findings.filter((finding) => finding.rule === 'compose/dockerfile-not-found');
      expect(orphan).toMatchObject([{ message: expect.stringContaining(deletedDockerfile), fixes: [] }]);

      for (const file of composeFiles) {
        const compose = composeFor(root, file);
        await succeeds(compose('build'));
        await succeeds(compose('up', '--no-build', '--wait', '--wait-timeout', '60'));
        await succeeds(compose('down', '--volumes', '--timeout', '2'));
      }

      expect(await ana.dockmedic(['undo', root])).toMatchObject({ code: 0 });
      expect(await texts()).toEqual(before);
    });
  });

  describe('the compose file moved into dockerfiles/', () => {
    it.each(['other-paths', 'dockerfile'] as const)(
      'gets its context mended and builds (%s)',
      async (edited) => {
        const root = await use(movedComposeFile(edited));
        const file = 'dockerfiles/docker-compose.yml';
        const compose = composeFor(root, file);
        expect((await compose('build')).code).not.toBe(0);

        const fixed = await report(root, ['-f', path.join(root, file), '--fix']);
        expect(fixed.fixes.length).toBeGreaterThan(0);
        expect(fixed.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(await readFile(path.join(root, file), 'utf8')).toMatch(/context: ["']?\.\.\/?["']?/);
        await succeeds(compose('build'));
        await succeeds(compose('up', '--no-build', '--wait', '--wait-timeout', '60'));
      },
    );
  });

  describe.skipIf(registryMissing() !== undefined)('a registry with a login', () => {
    let registry: TestRegistry;
    let root: string;
    const login = { username: 'ana', password: 'planted-password' };

    beforeEach(async () => {
      registry = await startRegistry({ auth: login });
      undo.push(() => registry.stop());
      await pushImage(registry, { repository: 'team/app', tag: '1.0', platforms: ['linux/amd64'] });
      root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-images-')));
      undo.push(() => rm(root, { recursive: true, force: true }));
    });

    const verdictOn = async (reference: string, password?: string): Promise<Report> => {
      await writeFile(path.join(root, 'compose.yaml'), `services:\n  app:\n    image: ${reference}\n`);
      await mkdir(path.join(ana.home, '.docker'), { recursive: true });
      const auth = Buffer.from(`${login.username}:${password}`).toString('base64');
      await writeFile(
        path.join(ana.home, '.docker/config.json'),
        JSON.stringify(password === undefined ? {} : { auths: { [registry.host]: { auth } } }),
      );
      const said = await report(root);
      expect(JSON.stringify(said)).not.toContain('planted');
      return said;
    };

    /** What `docker pull` says of the same image with the same configuration. */
    const pull = (reference: string) =>
      run(['docker', '--config', path.join(ana.home, '.docker'), 'pull', reference]);

    it('no credentials: a login is needed', async () => {
      const { findings } = await verdictOn(`${registry.host}/team/app:1.0`);
      expect(findings).toMatchObject([{ message: expect.stringMatching(/wants a login/) }]);
      expect((await pull(`${registry.host}/team/app:1.0`)).stderr).toMatch(/no basic auth credentials/);
    });

    it('wrong credentials: the login is refused', async () => {
      const { findings } = await verdictOn(`${registry.host}/team/app:1.0`, 'planted-wrong');
      expect(findings).toMatchObject([{ message: expect.stringMatching(/refused the login/) }]);
      expect((await pull(`${registry.host}/team/app:1.0`)).code).not.toBe(0);
    });

    it('right credentials: it exists, and nothing is said', async () => {
      const { findings, unverified, exitCode } = await verdictOn(
        `${registry.host}/team/app:1.0`,
        login.password,
      );
      expect({ findings, unverified, exitCode }).toEqual({ findings: [], unverified: [], exitCode: 0 });
    });

    it('no such repository', async () => {
      const { findings } = await verdictOn(`${registry.host}/team/ap:1.0`, login.password);
      expect(findings).toMatchObject([{ message: expect.stringMatching(/has no repository/) }]);
      expect((await pull(`${registry.host}/team/ap:1.0`)).code).not.toBe(0);
    });

    it('no such tag, with the nearest that exists', async () => {
      const { findings } = await verdictOn(`${registry.host}/team/app:1.1`, login.password);
      expect(findings).toMatchObject([
        {
          message: expect.stringMatching(/has the repository, and not this tag/),
          advice: expect.stringContaining('1.0'),
        },
      ]);
      expect((await pull(`${registry.host}/team/app:1.1`)).stderr).toMatch(/not found|manifest unknown/);
    });

    it('no such platform', async () => {
      await pushImage(registry, {
        repository: 'team/arm',
        tag: '1.0',
        platforms: ['linux/arm64', 'linux/arm/v7'],
        index: true,
      });
      const { findings } = await verdictOn(`${registry.host}/team/arm:1.0`, login.password);
      expect(findings).toMatchObject([{ message: expect.stringMatching(/is no platform of/) }]);
      expect((await pull(`${registry.host}/team/arm:1.0`)).stderr).toMatch(/no matching manifest/);
    });

    it('a dead registry: not checked, never "not found"', async () => {
      const dead = registry.host;
      await registry.stop();
      const { findings, unverified, exitCode } = await verdictOn(`${dead}/team/app:1.0`, login.password);
      expect(findings).toEqual([]);
      expect(unverified).toMatchObject([
        { rule: 'registry/image-unavailable', because: expect.stringContaining(dead) },
      ]);
      expect(exitCode).toBe(3);
    });
  });

  describe('a stopped engine', () => {
    const stopped = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

    it('is said, and hides no wrong path', async () => {
      const root = await use(renamedDirectory());
      const { findings, summary } = await report(root, ['--offline', '--timeout', '5'], stopped);
      const rules = findings.map(({ rule }) => rule);
      expect(rules.filter((rule) => rule === 'engine/unreachable')).toHaveLength(1);
      expect(rules.filter((rule) => rule === 'compose/dockerfile-not-found')).toHaveLength(14);
      expect(summary.rootCauses).toBe(3);
      const docker = await run(['docker', 'compose', 'up', '-d'], { cwd: root, env: stopped });
      expect(docker.stderr).toMatch(/Cannot connect to the Docker daemon/);
    });

    it.skipIf(dockerd === '')('that hangs costs its time limit, and is said', async () => {
      const root = await use(renamedDirectory());
      const socket = path.join(ana.home, 'silent.sock');
      const connections = new Set<Socket>();
      const server = createServer((connection) => connections.add(connection)).listen(socket);
      undo.push(async () => {
        for (const connection of connections) connection.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      const { findings } = await report(root, ['--offline', '--timeout', '1'], {
        DOCKER_HOST: `unix://${socket}`,
      });
      const engine = findings.find(({ rule }) => rule === 'engine/unreachable');
      expect(engine?.evidence.join('\n')).toMatch(/did not answer|no answer|within/);
      expect(findings.filter(({ rule }) => rule === 'compose/dockerfile-not-found')).toHaveLength(14);
    });

    it.skipIf(dockerd === '')(
      'is started by the command of its provider, and verified by a ping',
      async () => {
        const root = await use(renamedDirectory());
        // A stand-in for Docker Desktop: a CLI plugin `docker desktop start` that really starts a daemon on its socket.
        const state = await realpath(await mkdtemp('/tmp/dm-desktop-'));
        const socket = path.join(ana.home, '.docker/desktop/docker.sock');
        await mkdir(path.dirname(socket), { recursive: true });
        await mkdir(path.join(ana.home, '.docker/cli-plugins'));
        const plugin = path.join(ana.home, '.docker/cli-plugins/docker-desktop');
        const arguments_ = `-H unix://${socket} --data-root ${state}/data --exec-root ${state}/exec --pidfile ${state}/pid --bridge=none --iptables=false --ip6tables=false`;
        await writeFile(
          plugin,
          `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
  echo '{"SchemaVersion":"0.1.0","Vendor":"dockmedic tests","Version":"v0.0.1","ShortDescription":"a stand-in"}'
  exit 0
fi
[ "$2" = start ] || exit 1
# A network of its own: a daemon without a bridge takes the bridge of its neighbour away.
nohup unshare --net ${dockerd} ${arguments_} >${state}/log 2>&1 </dev/null &
`,
        );
        await chmod(plugin, 0o755);
        undo.push(async () => {
          const pid = Number(await readFile(`${state}/pid`, 'utf8').catch(() => ''));
          if (pid) await ended(pid);
          await run([
            'sh',
            '-c',
            `mount | grep ' ${state}/' | cut -d' ' -f3 | sort -r | xargs -r -n1 umount`,
          ]);
          await rm(state, { recursive: true, force: true });
        });
        // A context, as Docker Desktop makes one; it is the current one.
        const meta = path.join(
          ana.home,
          '.docker/contexts/meta',
          createHash('sha256').update('desktop-linux').digest('hex'),
        );
        await mkdir(meta, { recursive: true });
        await writeFile(
          path.join(meta, 'meta.json'),
          JSON.stringify({
            Name: 'desktop-linux',
            Metadata: {},
            Endpoints: { docker: { Host: `unix://${socket}`, SkipTLSVerify: false } },
          }),
        );
        await writeFile(
          path.join(ana.home, '.docker/config.json'),
          JSON.stringify({ currentContext: 'desktop-linux' }),
        );

        const desktop = { DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };
        const before = await report(root, ['--offline'], desktop);
        const engine = before.findings.find(({ rule }) => rule === 'engine/unreachable');
        expect(engine?.fixes).toMatchObject([
          { safety: 'safe', steps: [{ argv: ['docker', 'desktop', 'start'] }] },
        ]);

        const fixed = await report(root, ['--offline', '--fix', '--only', 'engine'], desktop);
        expect(fixed.fixes).toMatchObject([{ state: 'verified' }]);
        expect(fixed.findings).toEqual([]);
        expect(fixed.engine?.from).toContain('desktop-linux');
        const version = await run([
          'docker',
          '-H',
          `unix://${socket}`,
          'version',
          '--format',
          '{{.Server.Version}}',
        ]);
        expect(version).toMatchObject({ code: 0 });
      },
    );
  });
});

/** Ends a process by its id and waits until it is gone. */
async function ended(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let i = 0; i < 100; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  process.kill(pid, 'SIGKILL');
}
