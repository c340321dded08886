/**
 * Paths, binds and env files on a real engine, where more is to be seen than a case of test/rules says: what is kept, taken
 * back, shown to nobody, or taken as it is. The faults are watched in cases.test.ts. Needs an engine: `npm run test:real`.
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
let ana: Person;
const undo: (() => Promise<unknown>)[] = [];

async function project(files: Record<string, string>): Promise<string> {
  const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-paths-')));
  undo.push(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
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
  });
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
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
