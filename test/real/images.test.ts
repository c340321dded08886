/**
 * What a stack's images are said to be, beside what Docker says of them: a real engine, and Debian's docker-registry with
 * images that are pushed by hand. Needs an engine: `npm run test:real`.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import {
  pushArtefact,
  pushImage,
  registryMissing,
  startRegistry,
  type TestRegistry,
} from '../support/registry.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1' && registryMissing() === undefined;
if (!real) {
  const because = registryMissing() ?? 'no engine was asked for (npm run test:real)';
  console.warn(`left out: test/real/images.test.ts, because ${because}`);
}

let ana: Person;
let registry: TestRegistry;
let root: string;
const undo: (() => Promise<unknown>)[] = [];

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text.replaceAll('HOST', registry.host));
  }
}

const text = (name: string) => readFile(path.join(root, name), 'utf8');

async function report(args: readonly string[] = []): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--only', 'registry', '--format', 'json', ...args]);
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return JSON.parse(stdout) as Report;
}

let count = 0;
function composeIn(): (...args: string[]) => Promise<RunResult> {
  count += 1;
  const name = `dockmedic-images-${process.pid}-${count}`;
  const compose = (...args: string[]) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...args], {
      cwd: root,
      env: { DOCKER_CONFIG: path.join(ana.home, '.docker') },
    });
  undo.push(() => compose('down', '--volumes', '--remove-orphans', '--timeout', '1'));
  return compose;
}

const pull = (reference: string) =>
  run(['docker', '--config', path.join(ana.home, '.docker'), 'pull', reference]);

async function remove(reference: string): Promise<void> {
  await run(['docker', 'rmi', '-f', reference]);
}

describe.skipIf(!real)('the images of a stack', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const images = path.resolve(import.meta.dirname, 'stand-in-images.sh');
    expect(await run([images, 'alpine:3.22'])).toMatchObject({ code: 0 });
  });
  beforeEach(async () => {
    ana = await person();
    registry = await startRegistry();
    undo.push(() => registry.stop());
    root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-images-')));
    undo.push(() => rm(root, { recursive: true, force: true }));
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
  });

  it('are all found: of services and builds, platform by platform, and nothing is said of what is there', async () => {
    const both = ['linux/amd64', 'linux/arm64'];
    for (const [repository, tag] of [
      ['db', '1'],
      ['base', '1'],
      ['tools', '1'],
      ['context', '1'],
      ['frontend/dockerfile', '1'],
    ] as const)
      await pushImage(registry, { repository, tag, platforms: both });
    await write({
      'compose.yaml': `services:
  db:
    image: HOST/db:1
  arm:
    image: HOST/db:1
    platform: linux/arm64
  web:
    build:
      context: .
      platforms: [linux/amd64, linux/arm64]
      additional_contexts:
        more: docker-image://HOST/context:1
        unused: docker-image://HOST/unused:1
`,
      Dockerfile:
        '# syntax=HOST/frontend/dockerfile:1\nFROM --platform=$BUILDPLATFORM HOST/base:1\nCOPY --from=HOST/tools:1 /a /a\nCOPY --from=more /a /a\n',
    });
    const { findings, unverified } = await report();
    expect({ findings, unverified }).toEqual({ findings: [], unverified: [] });

    await pushImage(registry, { repository: 'tools', tag: '1', platforms: ['linux/amd64'], index: true });
    const said = (await report()).findings;
    expect(said).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining(`linux/arm64 is no platform of ${registry.host}/tools:1`),
      },
    ]);
  });

  it('a missing tag: the nearest one by the registry itself, corrected at every place, and pulled', async () => {
    for (const tag of ['15-alpine', '15-alpine3.22', '16-alpine', '15-bookworm', 'latest'])
      await pushImage(registry, { repository: 'postgres', tag, platforms: ['linux/amd64', 'linux/arm64'] });
    await write({
      'compose.yaml':
        'services:\n  a:\n    image: HOST/postgres:15-alpin # mine\n  b:\n    image: "HOST/postgres:${TAG:-15-alpin}"\n',
      'compose.dump.yaml': 'services:\n  dump:\n    image: HOST/postgres:${DUMP_TAG}\n',
      '.env': 'SECRET=planted-in-env\nDUMP_TAG=15-alpnie\nOTHER=planted-too\n',
    });
    const before = await Promise.all(['compose.yaml', 'compose.dump.yaml', '.env'].map(text));
    const reference = `${registry.host}/postgres:15-alpin`;
    expect((await pull(reference)).stderr).toMatch(/manifest unknown|not found/);
    const compose = composeIn();
    expect((await compose('pull')).code).not.toBe(0);

    const said = await report();
    expect(said.findings.length).toBeGreaterThan(1);
    for (const finding of said.findings)
      expect(finding.advice).toMatch(/nearest tags are 15-alpine, 15-alpine3\.22/);
    expect(JSON.stringify(said)).not.toContain('planted');

    const dry = await ana.dockmedic([root, '--only', 'registry', '--dry-run', '--unsafe']);
    expect(dry.stdout + dry.stderr).not.toContain('planted');
    expect(dry.stderr).toContain('would edit: .env');

    const fixed = await report(['--fix', '--unsafe', '--yes']);
    expect(fixed.fixes.map(({ state }) => state)).toEqual(fixed.fixes.map(() => 'verified'));
    expect(fixed.findings).toEqual([]);
    expect(JSON.stringify(fixed)).not.toContain('planted');
    expect(await Promise.all(['compose.yaml', 'compose.dump.yaml', '.env'].map(text))).toEqual(
      before.map((one) => one.replaceAll('15-alpnie', '15-alpin').replaceAll('15-alpin', '15-alpine')),
    );
    expect(await compose('pull')).toMatchObject({ code: 0 });
    expect(await ana.dockmedic(['undo', root])).toMatchObject({ code: 0 });
    expect(await Promise.all(['compose.yaml', 'compose.dump.yaml', '.env'].map(text))).toEqual(before);
    for (const tag of ['15-alpine']) await remove(`${registry.host}/postgres:${tag}`);
  });

  it('a missing repository that is a slip for what is built here: one safe edit, and it comes up', async () => {
    await write({
      'compose.yaml':
        'services:\n  backend:\n    image: HOST/shop/backend:1\n    build: .\n  worker:\n    image: HOST/shop/bakend:1\n',
      Dockerfile: 'FROM alpine:3.22\nCMD ["sleep", "60"]\n',
    });
    const compose = composeIn();
    expect((await compose('up', '-d')).code).not.toBe(0);
    const fixed = await report(['--fix']);
    expect(fixed.fixes).toMatchObject([{ state: 'verified' }]);
    expect(await text('compose.yaml')).toContain(`worker:\n    image: ${registry.host}/shop/backend:1\n`);
    expect(await compose('up', '-d')).toMatchObject({ code: 0 });
    undo.push(() => remove(`${registry.host}/shop/backend:1`));
  });

  it('an image of one other platform: an error where the file insists, a warning where it does not', async () => {
    await pushImage(registry, { repository: 'arm', tag: '1', platforms: ['linux/arm64'] });
    await pushImage(registry, { repository: 'arm', tag: 'index', platforms: ['linux/arm64'], index: true });
    await write({
      'compose.yaml':
        'services:\n  plain:\n    image: HOST/arm:1\n  insists:\n    image: HOST/arm:1\n    platform: linux/s390x\n  index:\n    image: HOST/arm:index\n',
    });
    const { findings } = await report();
    const of = (part: string) => findings.filter(({ message }) => message.includes(part));
    expect(of('linux/s390x')).toMatchObject([{ severity: 'error' }]);
    expect(of('arm:index')).toMatchObject([{ severity: 'error' }]);
    expect(of('linux/amd64 is no platform of').length).toBe(2);
    expect(of('needed by service "plain"')).toMatchObject([{ severity: 'warning' }]);

    const compose = composeIn();
    expect((await compose('up', '-d', 'insists')).stderr).toMatch(/does not match the specified platform/);
    expect((await compose('pull', 'index')).stderr).toMatch(/no matching manifest/);
    expect(await pull(`${registry.host}/arm:1`)).toMatchObject({ code: 0 });
    await remove(`${registry.host}/arm:1`);
  });

  it('what is no image: Docker does not take it either', async () => {
    const mediaType = 'application/vnd.cncf.helm.config.v1+json';
    await pushArtefact(registry, { repository: 'chart', tag: '1', mediaType });
    await write({ 'compose.yaml': 'services:\n  a:\n    image: HOST/chart:1\n' });
    expect((await report()).findings).toMatchObject([
      { severity: 'error', message: expect.stringContaining('it is a Helm chart') },
    ]);
    const { code, stdout, stderr } = await pull(`${registry.host}/chart:1`);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain(`unsupported media type ${mediaType}`);
  });

  it('an image that the engine holds costs no request, unless it is always pulled or is of another platform', async () => {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => new Promise((resolve) => server.close(resolve)));
    const held = `127.0.0.1:${(server.address() as AddressInfo).port}/held`;
    await run(['docker', 'tag', 'alpine:3.22', `${held}:1`]);
    undo.push(() => remove(`${held}:1`));
    const service = (more: string) =>
      write({ 'compose.yaml': `services:\n  a:\n    image: ${held}:1\n${more}` });

    await service('  b:\n    build: .\n');
    await write({ Dockerfile: `FROM ${held}:1\n` });
    expect((await report()).findings).toEqual([]);
    expect(asked).toEqual([]);

    await service('    pull_policy: always\n');
    expect((await report()).findings).toHaveLength(1);
    const always = asked.splice(0).length;
    expect(always).toBeGreaterThan(0);

    await service('    platform: linux/s390x\n');
    expect((await report()).findings).toHaveLength(1);
    expect(asked.splice(0).length).toBeGreaterThan(0);
    await service('    platform: linux/amd64\n');
    expect((await report()).findings).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('an image that may not be pulled: the engine says that it has none', async () => {
    await write({
      'compose.yaml': 'services:\n  a:\n    image: dockmedic-never:1\n    pull_policy: never\n',
    });
    expect((await report()).findings).toMatchObject([
      { rule: 'registry/image-not-built', message: expect.stringContaining('may not be pulled') },
    ]);
    expect((await composeIn()('up', '-d')).stderr).toMatch(/No such image/);
  });

  it('an image that another file builds: built by the fix, and then it comes up', async () => {
    await write({
      'compose.yaml': 'services:\n  app:\n    image: dockmedic-local-app\n    build: .\n',
      'compose.tools.yaml': 'services:\n  seed:\n    image: dockmedic-local-app\n',
      Dockerfile: 'FROM alpine:3.22\nCMD ["true"]\n',
    });
    undo.push(() => remove('dockmedic-local-app'));
    const compose = composeIn();
    expect((await compose('-f', 'compose.tools.yaml', 'up', '-d')).code).not.toBe(0);
    const { fixes } = await report(['--fix', '--unsafe', '--yes']);
    expect(fixes).toMatchObject([{ state: 'verified' }]);
    expect(await compose('-f', 'compose.tools.yaml', 'up', '-d')).toMatchObject({ code: 0 });
  });

  it('a login is not tried where nobody could type it', async () => {
    await registry.stop();
    registry = await startRegistry({ auth: { username: 'ana', password: 'planted-password' } });
    await pushImage(registry, { repository: 'team/app', tag: '1', platforms: ['linux/amd64'] });
    await write({
      'compose.yaml': 'services:\n  a:\n    image: HOST/team/app:1\n  b:\n    image: HOST/team/app:2\n',
    });
    const said = await report(['--fix', '--unsafe', '--yes']);
    expect(said.fixes).toEqual([]);
    expect(said.findings).toHaveLength(2);
    expect(said.summary.rootCauses).toBe(1);
    for (const finding of said.findings)
      expect(finding.fixes[0]?.steps).toMatchObject([{ argv: ['docker', 'login', registry.host] }]);
  });

  describe('a credential helper that is configured and missing', () => {
    const password = 'planted-password-in-config';
    const auth = Buffer.from(`ana:${password}`).toString('base64');
    const config = `{
\t"auths": {
\t\t"registry.example.com": { "auth": "${auth}" }
\t},
\t"credsStore": "nowhere",
\t"credHelpers": { "other.example.com": "nowhere", "third.example.com": "there" }
}
`;
    let file: string;

    beforeEach(async () => {
      file = path.join(ana.home, '.docker/config.json');
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, config, { mode: 0o600 });
      await pushImage(registry, { repository: 'open', tag: '1', platforms: ['linux/amd64'] });
      await write({ 'compose.yaml': 'services:\n  a:\n    image: HOST/open:1\n' });
    });

    /** Everything below a directory, as text. */
    async function everything(directory: string): Promise<string> {
      const names = await readdir(directory, { recursive: true, withFileTypes: true });
      const files = names.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
      return (await Promise.all(files.map((name) => readFile(name, 'latin1')))).join('\n');
    }

    it('is taken out with consent, compose pulls again, and undo puts it back; no login is told or kept', async () => {
      const compose = composeIn();
      expect((await compose('pull')).stderr).toMatch(/error getting credentials.*docker-credential-nowhere/s);

      const before = await report();
      expect(before.findings).toMatchObject([{ cause: { id: 'helper:docker-credential-nowhere' } }]);
      expect((await report(['--fix'])).fixes).toEqual([]);
      expect(await readFile(file, 'utf8')).toBe(config);

      const dry = await ana.dockmedic([root, '--only', 'registry', '--dry-run', '--unsafe']);
      expect(dry.stderr).toContain('would edit: ');
      const fixed = await ana.dockmedic([root, '--only', 'registry', '--fix', '--unsafe', '--yes']);
      expect(fixed).toMatchObject({ code: 0, stderr: '' });
      expect(await readFile(file, 'utf8')).toBe(
        config.replace('\t"credsStore": "nowhere",\n', '').replace('"other.example.com": "nowhere", ', ''),
      );
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await compose('pull')).toMatchObject({ code: 0 });
      await remove(`${registry.host}/open:1`);

      const journals = await everything(path.join(ana.home, 'state'));
      expect(journals).toContain(file);
      const told = [
        JSON.stringify(before),
        dry.stdout,
        dry.stderr,
        fixed.stdout,
        fixed.stderr,
        journals,
      ].join('\n');
      expect(told).not.toContain(password);
      expect(told).not.toContain(auth);

      expect(await ana.dockmedic(['undo', root])).toMatchObject({ code: 0 });
      expect(await readFile(file, 'utf8')).toBe(config);
      expect((await compose('pull')).stderr).toMatch(/error getting credentials/);
    });

    it('is not put back where the file is another one by now, or was edited', async () => {
      await ana.dockmedic([root, '--only', 'registry', '--fix', '--unsafe', '--yes']);
      const mended = await readFile(file, 'utf8');
      const other = path.join(ana.home, 'other');
      await mkdir(other);
      const refused = await ana.dockmedic(['undo', root], { env: { DOCKER_CONFIG: other } });
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('DOCKER_CONFIG');
      await writeFile(file, mended.replace('there', 'elsewhere'));
      const edited = await ana.dockmedic(['undo', root]);
      expect(edited.stderr).toContain('edited since');
      await writeFile(file, mended);
      expect(await ana.dockmedic(['undo', root])).toMatchObject({ code: 0 });
      expect(await readFile(file, 'utf8')).toBe(config);
    });

    it('is none where it is on PATH', async () => {
      const programs = path.join(ana.home, 'bin');
      await mkdir(programs);
      const helper = path.join(programs, 'docker-credential-nowhere');
      await writeFile(helper, '#!/bin/sh\necho "credentials not found in native keychain"\nexit 1\n');
      await chmod(helper, 0o755);
      const { stdout } = await ana.dockmedic([root, '--only', 'registry', '--format', 'json'], {
        env: { PATH: `${programs}:${process.env.PATH}` },
      });
      expect((JSON.parse(stdout) as Report).findings).toEqual([]);
    });
  });
});
