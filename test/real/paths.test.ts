/**
 * Faults of paths, binds, env files and healthchecks, on a real engine: Compose or the engine fails first, and works after
 * the fix. Base images are stand-ins, busybox under another name. Needs an engine: `npm run test:real`.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/paths.test.ts, because no engine was asked for (npm run test:real)');

const IMAGE = 'alpine:3.22';
/** It has the files that nginx's image has where a bind is tried upon them. */
const NGINX = 'nginx:1.29-alpine';

let ana: Person;
const undo: (() => Promise<unknown>)[] = [];

async function project(files: Record<string, string>, empty: readonly string[] = []): Promise<string> {
  const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-paths-')));
  undo.push(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  for (const name of empty) await mkdir(path.join(root, name), { recursive: true });
  return root;
}

let count = 0;
/** `docker compose` in a directory, under a project name that no other test has. */
function composeIn(root: string): (...args: string[]) => Promise<RunResult> {
  count += 1;
  const name = `dockmedic-paths-${process.pid}-${count}`;
  const compose = (...args: string[]) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...args], { cwd: root });
  undo.push(() => compose('down', '--volumes', '--remove-orphans', '--timeout', '0'));
  return compose;
}

async function succeeds(result: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

async function fails(result: Promise<RunResult>, why: RegExp): Promise<void> {
  const { code, stdout, stderr } = await result;
  expect(code, stdout).not.toBe(0);
  expect(`${stdout}\n${stderr}`).toMatch(why);
}

async function report(root: string, ...args: string[]): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--offline', '--format', 'json', ...args]);
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return JSON.parse(stdout) as Report;
}

/** What is wrong by itself; what only follows from it is left out. */
const errorsOf = ({ findings }: Report) =>
  findings
    .filter(({ severity, causedBy }) => severity === 'error' && causedBy.length === 0)
    .map(({ rule, location }) => `${rule} ${location?.file}:${location?.line}`);

describe.skipIf(!real)('paths on a real engine', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    const images = path.resolve(import.meta.dirname, 'stand-in-images.sh');
    await succeeds(run([images, IMAGE]));
    const context = await mkdtemp(path.join(os.tmpdir(), 'dockmedic-image-'));
    const lines = `FROM ${IMAGE}\nRUN mkdir -p /etc/nginx/conf.d && touch /etc/nginx/nginx.conf\n`;
    await writeFile(path.join(context, 'Dockerfile'), lines);
    await succeeds(run(['docker', 'build', '-q', '-t', NGINX, context]));
    await rm(context, { recursive: true });
  });
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
  });

  it('a path without ./: Compose wants a volume, and mounts the path after the fix', async () => {
    const root = await project({
      'compose.yaml': `services:\n  web:\n    image: ${IMAGE}\n    command: cat /shop.conf\n    volumes: [config/shop.conf:/shop.conf]\n`,
      'config/shop.conf': 'the shop\n',
    });
    const compose = composeIn(root);
    await fails(compose('config', '-q'), /refers to undefined volume config\/shop\.conf/);
    expect(errorsOf(await report(root))).toEqual(['compose/volume-meant-as-path compose.yaml:5']);
    expect(errorsOf(await report(root, '--fix'))).toEqual([]);
    expect(await succeeds(compose('run', '--rm', '-T', 'web'))).toBe('the shop');
  });

  it('a long volume that means a path: type bind after the fix', async () => {
    const root = await project({
      'compose.yaml': `services:\n  web:\n    image: ${IMAGE}\n    command: ls /site\n    volumes:\n      - type: volume\n        source: ./site\n        target: /site\n`,
      'site/index.html': 'x\n',
    });
    const compose = composeIn(root);
    await fails(compose('config', '-q'), /refers to undefined volume \.\/site/);
    expect(errorsOf(await report(root, '--fix'))).toEqual([]);
    expect(await succeeds(compose('run', '--rm', '-T', 'web'))).toBe('index.html');
  });

  it.each([
    ['a space in a name', 'OK=1\nAPI KEY=hush-hush\n', 2],
    ['a foreign comment', 'A=1\n// hush-hush\n', 2],
    ['an open quote', 'A=1\nB="hush-hush\n', 2],
    ['a broken variable', 'A=hush${hush\n', 1],
  ])(
    'env files with %s: both refuse, in .env and in env_file, and no value is shown',
    async (_, text, line) => {
      const asDotEnv = await project({
        'compose.yaml': `services: { api: { image: "${IMAGE}" } }\n`,
        '.env': text,
      });
      await fails(composeIn(asDotEnv)('config', '-q'), /failed to read .*\.env/);
      expect(errorsOf(await report(asDotEnv))).toEqual([`compose/env-file-invalid .env:${line}`]);

      const asEnvFile = await project({
        'compose.yaml': `services: { api: { image: "${IMAGE}", env_file: api.env } }\n`,
        'api.env': text,
      });
      await fails(composeIn(asEnvFile)('config', '-q'), /failed to read .*api\.env/);
      const said = await report(asEnvFile);
      expect(errorsOf(said)).toEqual([`compose/env-file-invalid api.env:${line}`]);
      expect(JSON.stringify(said)).not.toContain('hush');
      const shown = await ana.dockmedic([asEnvFile, '--offline', '--no-engine']);
      expect(shown.stdout).not.toContain('hush');
    },
  );

  it('env files with a byte order mark, CRLF and odd names: both accept', async () => {
    const root = await project({
      'compose.yaml': `services: { api: { image: "${IMAGE}", env_file: api.env } }\n`,
      'api.env': '\uFEFFA=1\r\nexport B: 2\r\nC\r\nD.e-f=$(date)\r\nG={"a": 1}\r\nH="x" y\r\n',
    });
    await succeeds(composeIn(root)('config', '-q'));
    expect(errorsOf(await report(root))).toEqual([]);
  });

  it('a missing env file beside its template: created with consent, taken back by undo', async () => {
    const root = await project({
      'compose.yaml': `services:\n  api:\n    image: ${IMAGE}\n    command: sh -c 'echo $$GREETING'\n    env_file: .env.local\n`,
      '.env.local.example': 'GREETING=hello\n',
    });
    const compose = composeIn(root);
    await fails(compose('config', '-q'), /env file .*\.env\.local not found/);
    await report(root, '--fix');
    expect(existsSync(path.join(root, '.env.local'))).toBe(false);
    expect(errorsOf(await report(root, '--fix', '--unsafe', '--yes'))).toEqual([]);
    expect(await succeeds(compose('run', '--rm', '-T', 'api'))).toBe('hello');
    expect((await ana.dockmedic(['undo', root])).code).toBe(0);
    expect(existsSync(path.join(root, '.env.local'))).toBe(false);
  });

  it('a dockerfile that repeats its context, and a Containerfile: both build after the fix', async () => {
    const root = await project({
      'compose.yaml':
        'services:\n  api:\n    build: { context: ./api, dockerfile: api/Dockerfile }\n  jobs:\n    build: ./jobs\n',
      'api/Dockerfile': `FROM ${IMAGE}\nCOPY a.txt /\n`,
      'api/a.txt': 'a\n',
      'jobs/Containerfile': `FROM ${IMAGE}\nCOPY b.txt /\n`,
      'jobs/b.txt': 'b\n',
    });
    const compose = composeIn(root);
    await fails(compose('build', 'api'), /resolve : lstat .*\/api\/api: no such file or directory/);
    await fails(
      compose('build', 'jobs'),
      /failed to read dockerfile: open Dockerfile: no such file or directory/,
    );
    expect(errorsOf(await report(root))).toEqual([
      'compose/dockerfile-not-found compose.yaml:3',
      'compose/dockerfile-not-found compose.yaml:5',
    ]);
    expect(errorsOf(await report(root, '--fix'))).toEqual([]);
    await succeeds(compose('build'));
  });

  it('a default Dockerfile that is absent beside Dockerfile.dev: builds once it is consented to', async () => {
    const root = await project({
      'compose.yaml': 'services:\n  api:\n    build: .\n',
      'Dockerfile.dev': `FROM ${IMAGE}\n`,
    });
    const compose = composeIn(root);
    await fails(compose('build'), /open Dockerfile: no such file or directory/);
    expect(errorsOf(await report(root, '--fix'))).toEqual(['compose/dockerfile-not-found compose.yaml:3']);
    expect(errorsOf(await report(root, '--fix', '--unsafe', '--yes'))).toEqual([]);
    await succeeds(compose('build'));
  });

  it('an all lower-case dockerfile is found by BuildKit, and by us', async () => {
    const root = await project({
      'compose.yaml':
        'services:\n  api:\n    build: .\n  web:\n    build: { context: ., dockerfile: web/Dockerfile }\n',
      dockerfile: `FROM ${IMAGE}\n`,
      'web/dockerfile': `FROM ${IMAGE}\n`,
    });
    await succeeds(composeIn(root)('build'));
    expect(errorsOf(await report(root))).toEqual([]);
  });

  it('other letter case fails on Linux, and builds and starts after the fix', async () => {
    const root = await project({
      'compose.yaml': `services:\n  api:\n    build: ./API\n    command: cat /shop.conf\n    volumes: ["./Shop.conf:/shop.conf"]\n`,
      'api/Dockerfile': `FROM ${IMAGE}\n`,
      'shop.conf': 'the shop\n',
    });
    const compose = composeIn(root);
    await fails(compose('build'), /unable to prepare context: path .*API" not found/);
    expect(errorsOf(await report(root, '--fix'))).toEqual([]);
    await succeeds(compose('build'));
    expect(await succeeds(compose('run', '--rm', '-T', 'api'))).toBe('the shop');
  });

  it("a path of somebody's machine: the build stops, and works with the path proposed", async () => {
    const root = await project({
      'compose.yaml': 'services:\n  api:\n    build: /Users/nobody-here/code/shop/services/api\n',
      'services/api/Dockerfile': `FROM ${IMAGE}\n`,
    });
    const compose = composeIn(root);
    await fails(compose('build'), /unable to prepare context: path "\/Users\/nobody-here\/.*" not found/);
    expect(errorsOf(await report(root))).toEqual(['compose/absolute-path-of-a-machine compose.yaml:3']);
    expect(errorsOf(await report(root, '--fix', '--unsafe', '--yes'))).toEqual([]);
    await succeeds(compose('build'));
  });

  it('a directory onto a file, and a file onto a directory: refused before, started after', async () => {
    const root = await project({
      'compose.yaml': `services:\n  web:\n    image: ${NGINX}\n    command: sleep 60\n    volumes:\n      - ./nginx:/etc/nginx/nginx.conf\n  site:\n    image: ${NGINX}\n    command: sleep 60\n    volumes:\n      - ./site.conf:/etc/nginx/conf.d/\n`,
      'nginx/nginx.conf': 'events {}\n',
      'site.conf': 'server {}\n',
    });
    const compose = composeIn(root);
    for (const service of ['web', 'site'])
      await fails(compose('up', '-d', service), /Are you trying to mount a directory onto a file/);
    expect(errorsOf(await report(root))).toEqual([
      'compose/bind-kind-mismatch compose.yaml:6',
      'compose/bind-kind-mismatch compose.yaml:11',
    ]);
    expect(errorsOf(await report(root, '--fix'))).toEqual([]);
    await succeeds(compose('up', '-d', '--force-recreate'));
    expect(await succeeds(compose('exec', '-T', 'site', 'cat', '/etc/nginx/conf.d/site.conf'))).toBe(
      'server {}',
    );
  });

  it('a file at a path that ends with a slash and is not in the image: Docker takes it, we only warn', async () => {
    const root = await project({
      'compose.yaml': `services:\n  web:\n    image: ${IMAGE}\n    command: cat /opt/new\n    volumes: ["./a.conf:/opt/new/"]\n`,
      'a.conf': 'a\n',
    });
    expect(await succeeds(composeIn(root)('run', '--rm', '-T', 'web'))).toBe('a');
    expect(errorsOf(await report(root))).toEqual([]);
  });

  it('the directory that Docker made of a missing file: removed, pointed to where the file is, and back', async () => {
    const file = `services:\n  db:\n    image: ${IMAGE}\n    command: cat /init.sql\n    volumes: ["./db/init.sql:/init.sql"]\n`;
    const root = await project({ 'compose.yaml': file, 'db/init.sql': 'select 1;\n' });
    const git = (...args: string[]) =>
      succeeds(run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root }));
    await git('init', '-q');
    await git('add', '-A');
    await git('commit', '-qm', 'old');
    await git('mv', 'db', 'sql');
    await git('commit', '-qm', 'new');

    const compose = composeIn(root);
    await fails(compose('run', '--rm', '-T', 'db'), /Is a directory/i);
    expect(await readdir(path.join(root, 'db/init.sql'))).toEqual([]);
    expect(errorsOf(await report(root))).toEqual(['compose/bind-kind-mismatch compose.yaml:5']);

    const mended = await report(root, '--fix');
    expect(errorsOf(mended)).toEqual([]);
    expect(mended.fixes.map(({ state }) => state)).toEqual(['verified']);
    expect(existsSync(path.join(root, 'db/init.sql'))).toBe(false);
    expect(await succeeds(compose('run', '--rm', '-T', 'db'))).toBe('select 1;');

    expect((await ana.dockmedic(['undo', root])).code).toBe(0);
    expect(await readFile(path.join(root, 'compose.yaml'), 'utf8')).toBe(file);
    expect(await readdir(path.join(root, 'db/init.sql'))).toEqual([]);
  });

  it('a directory that holds data is never removed', async () => {
    const file = `services:\n  db:\n    image: ${IMAGE}\n    volumes: ["./init.sql:/init.sql"]\n`;
    const root = await project({ 'compose.yaml': file, 'init.sql/kept': 'data\n' });
    await report(root, '--fix', '--unsafe', '--yes');
    expect(await readFile(path.join(root, 'init.sql/kept'), 'utf8')).toBe('data\n');
  });

  it('a healthcheck through a shell that is not there: unhealthy, and healthy without the shell', async () => {
    const busybox = (await succeeds(run(['sh', '-c', 'command -v busybox']))).trim();
    const compose = (test: string) =>
      `services:\n  api:\n    build: .\n    entrypoint: [/busybox, sleep, "60"]\n    stop_grace_period: 0s\n    healthcheck: { test: ${test}, interval: 1s, retries: 1 }\n`;
    const root = await project({
      'compose.yaml': compose('["CMD-SHELL", "/busybox true"]'),
      Dockerfile: 'FROM scratch\nCOPY busybox /busybox\n',
    });
    await succeeds(run(['cp', busybox, path.join(root, 'busybox')]));
    const docker = composeIn(root);
    await fails(docker('up', '-d', '--build', '--wait'), /is unhealthy/);
    expect(errorsOf(await report(root))).toEqual(['compose/healthcheck-program-missing compose.yaml:6']);

    await writeFile(path.join(root, 'compose.yaml'), compose('["CMD", "/busybox", "true"]'));
    await succeeds(docker('up', '-d', '--wait'));
    expect(errorsOf(await report(root))).toEqual([]);
  });

  it('a healthcheck with curl on Alpine: unhealthy, and a warning', async () => {
    const root = await project({
      'compose.yaml': `services:\n  api:\n    image: ${IMAGE}\n    command: sleep 60\n    healthcheck: { test: "curl -f http://localhost || exit 1", interval: 1s, retries: 1 }\n`,
    });
    await fails(composeIn(root)('up', '-d', '--wait'), /is unhealthy/);
    const { findings } = await report(root);
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toContain(
      'warning compose/healthcheck-program-missing',
    );
  });

  it('a fragment that a Makefile starts alone: Compose refuses it, and takes it over its base', async () => {
    const root = await project({
      'compose.yaml': `services: { api: { image: "${IMAGE}" } }\n`,
      'compose.prod.yaml': 'services: { api: { restart: always } }\n',
      Makefile: 'prod:\n\tdocker compose -f compose.prod.yaml config -q\n',
    });
    const compose = composeIn(root);
    await fails(
      compose('-f', 'compose.prod.yaml', 'config', '-q'),
      /service "api" has neither an image nor a build context specified/,
    );
    const { findings } = await report(root);
    expect(findings.map(({ rule, location }) => `${rule} ${location?.file}:${location?.line}`)).toContain(
      'compose/fragment-without-base Makefile:2',
    );
    await succeeds(compose('-f', 'compose.yaml', '-f', 'compose.prod.yaml', 'config', '-q'));
  });
});
