/** A whole run against an engine, a registry, a credential helper and a plugin that all take what is asked and say nothing. */
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { secondEngineMissing, startSecondEngine } from '../support/own-engine.ts';

const missing =
  process.env.DOCKMEDIC_REAL !== '1' ? 'no real engine (test/real/with-engine.sh)' : secondEngineMissing();
if (missing) console.log(`left out: limits of a whole run, because ${missing}`);

const IMAGES = 40;

describe.skipIf(missing !== undefined)('where nothing answers', { timeout: 120_000 }, () => {
  let ana: Person;
  let root: string;
  const undo: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    ana = await person();
    root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-limits-')));
    undo.push(
      () => ana.dispose(),
      () => rm(root, { recursive: true, force: true }),
    );
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  /** Takes connections and never says a word. */
  async function silent(): Promise<string> {
    const open = new Set<Socket>();
    const server = createServer((connection) => {
      open.add(connection);
      connection.on('error', () => {});
    });
    return listen(server, () => {
      for (const connection of open) connection.destroy();
    });
  }

  async function listen(server: Server, before: () => void): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(async () => {
      before();
      await new Promise((resolve) => server.close(resolve));
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A program that notes its id and hangs. */
  async function hangs(file: string): Promise<() => Promise<readonly number[]>> {
    const pids = `${file}.pids`;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho $$ >> ${pids}\nexec sleep 600\n`);
    await chmod(file, 0o755);
    return async () =>
      (await readFile(pids, 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== '')
        .map(Number);
  }

  /** One that has ended stays listed until its parent takes notice. */
  const runs = (pid: number) => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('a run ends by itself, names each thing that it could not check, and leaves nothing running', async () => {
    const engine = await startSecondEngine();
    undo.push(() => engine.stop());
    const registry = await silent();
    const login = createHttpServer((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"', connection: 'close' }).end();
    });
    const guarded = await listen(login as unknown as Server, () => login.closeAllConnections());
    const helper = await hangs(path.join(ana.home, 'bin/docker-credential-hangs'));
    const plugin = await hangs(path.join(ana.home, '.docker/cli-plugins/docker-compose'));
    undo.push(async () => {
      for (const pid of [...(await helper()), ...(await plugin())])
        if (runs(pid)) process.kill(pid, 'SIGKILL');
    });
    await writeFile(
      path.join(ana.home, '.docker/config.json'),
      JSON.stringify({ credHelpers: { [guarded]: 'hangs' } }),
    );
    const names = Array.from({ length: IMAGES }, (_, index) => `${registry}/team/app${index}:1.0`);
    const all = [...names, `${guarded}/team/secret:1.0`];
    await writeFile(
      path.join(root, 'compose.yaml'),
      `services:\n${all.map((image, index) => `  s${index}:\n    image: ${image}\n`).join('')}  built:\n    build: .\n`,
    );
    await writeFile(path.join(root, 'Dockerfile'), `FROM ${registry}/team/base:1.0\n`);

    process.kill(engine.pid, 'SIGSTOP');
    undo.push(async () => process.kill(engine.pid, 'SIGCONT'));
    const env = { DOCKER_HOST: engine.host, PATH: `${ana.home}/bin:${process.env.PATH}` };
    const looked = await ana.dockmedic([root, '--format', 'json', '--timeout', '2'], { env });
    const said: Report = JSON.parse(looked.stdout);

    // A hung engine is a finding; what else could not be asked is neither wrong nor well.
    expect(looked.code).toBe(1);
    expect(said.findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { rule: 'engine/unreachable' },
    ]);
    const open = new Set(said.unverified.map(({ subject }) => subject));
    for (const image of [...all, `${registry}/team/base:1.0`])
      expect(open).toContain(`image:compose.yaml/${image}`);
    expect(open).toContain('project:compose.yaml');
    expect(open).toContain('cli:docker');
    expect(said.rules.filter(({ outcome }) => outcome === 'crashed')).toEqual([]);

    const lenient = await ana.dockmedic([root, '--format', 'json', '--timeout', '2', '--fail-on', 'never'], {
      env,
    });
    expect(lenient.code).toBe(3);
    expect((JSON.parse(lenient.stdout) as Report).status).toBe('unverified');

    const started = [...(await helper()), ...(await plugin())];
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter(runs)).toEqual([]);
  });

  it('an engine that answers, beside registries that do not, costs no more', async () => {
    const registry = await silent();
    const base = `${registry}/team/base:1.0`;
    const services = Array.from({ length: 20 }, (_, index) => `  s${index}:\n    build: ./b${index}\n`);
    for (const index of services.keys()) {
      await mkdir(path.join(root, `b${index}`));
      await writeFile(path.join(root, `b${index}/Dockerfile`), `FROM ${base} AS s${index}\n`);
    }
    await writeFile(path.join(root, 'compose.yaml'), `services:\n${services.join('')}`);
    const looked = await ana.dockmedic([root, '--format', 'json', '--timeout', '2']);
    const said: Report = JSON.parse(looked.stdout);
    expect(said.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(looked.code).toBe(3);
    expect(said.unverified.map(({ subject }) => subject)).toContain(`image:compose.yaml/${base}`);
  });
});
