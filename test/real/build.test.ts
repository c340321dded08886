/**
 * What the cases of test/rules cannot say of builds on a real engine: what has no effect, what is sent, and that BuildKit's
 * own words come through. Its faults are watched in cases.test.ts. Needs an engine: `npm run test:real`.
 */
import { mkdir, mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/build.test.ts, because no engine was asked for (npm run test:real)');

type Files = Readonly<Record<string, string>>;

let ana: Person;
let root: string;
let compose: (...args: string[]) => Promise<RunResult>;
const undo: (() => Promise<unknown>)[] = [];
let count = 0;

async function project(files: Files, build = '{context: .}'): Promise<void> {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-build-')));
  undo.push(() => rm(root, { recursive: true, force: true }));
  count += 1;
  const name = `dockmedic-build-${process.pid}-${count}`;
  compose = (...args) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...args], { cwd: root });
  undo.push(() => compose('down', '--volumes', '--rmi', 'local', '--timeout', '1'));
  await write({ 'compose.yaml': composeFile(build), ...files });
}

/** Nothing here needs a network, and a machine may have none for containers. */
function composeFile(build: string): string {
  return `services:\n  api:\n    network_mode: none\n    build: ${build}\n`;
}

async function write(files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

const build = () => compose('build', '--no-cache');

async function fails(result: Promise<RunResult>, words: RegExp): Promise<void> {
  const { code, stdout, stderr } = await result;
  expect(`${stdout}\n${stderr}`).toMatch(words);
  expect(code).not.toBe(0);
}

async function works(result: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return `${stdout}\n${stderr}`;
}

async function dockmedic(...args: string[]): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--offline', '--format', 'json', ...args]);
  expect(stderr).not.toMatch(/bug in dockmedic/);
  return JSON.parse(stdout) as Report;
}

/** The root causes that it names, as `rule file:line severity`. What follows from them is left out. */
function said({ findings }: Report): string[] {
  return findings
    .filter(({ causedBy }) => causedBy.length === 0)
    .map(({ rule, location, severity }) => `${rule} ${location?.file}:${location?.line} ${severity}`);
}

/** dockmedic says this one thing and mends it; then nothing is left to say. */
async function mends(expected: string, ...args: string[]): Promise<void> {
  expect(said(await dockmedic())).toEqual([expected]);
  const fixed = await dockmedic('--fix', ...args);
  expect(fixed.fixes.map(({ state }) => state)).toEqual(['verified']);
  expect(said(fixed)).toEqual([]);
}

describe.skipIf(!real)('builds on a real engine', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await works(run([path.resolve(import.meta.dirname, 'stand-in-images.sh'), 'alpine:3.23']));
  });
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await ana.dispose();
  });

  it('an argument that no ARG declares has no effect', async () => {
    const dockerfile = 'FROM alpine:3.23\nARG VERSION=none\nRUN echo "version: $VERSION."\n';
    await project({ Dockerfile: dockerfile }, '{context: ., args: {VERSOIN: "2"}}');
    expect(await works(build())).toContain('version: none.');
    await mends('build/undeclared-argument compose.yaml:4 warning', '--unsafe', '--yes');
    expect(await works(build())).toContain('version: 2.');
  });

  it('a context with installed packages in it', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23\nCOPY . /app\nRUN echo npm ci\n' });
    await write({ 'node_modules/a/b.node': '' });
    await truncate(path.join(root, 'node_modules/a/b.node'), 110 * 1024 * 1024);
    // Also said of .dockerignore, which is asked for first.
    const sent = (output: string) =>
      [...output.matchAll(/transferring context: ([\d.]+)MB/g)].map((found) => Number(found[1]));
    expect(Math.max(...sent(await works(build())))).toBeGreaterThan(110);
    await mends('build/context-too-large compose.yaml:4 warning', '--unsafe', '--yes');
    expect(sent(await works(build()))).toEqual([]);
  });

  it('what BuildKit refuses and no rule of ours knows is said in its words', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23\nRUN --mount=type=bogus true\n' });
    await fails(build(), /unsupported mount type "bogus"/);
    const asked = async () => {
      const { stdout } = await ana.dockmedic([root, '--format', 'json', '--only', 'build,engine']);
      return JSON.parse(stdout) as Report;
    };
    const refused = await asked();
    expect(said(refused)).toEqual(['build/rejected Dockerfile:2 error']);
    expect(refused.findings[0]?.message).toContain('unsupported mount type "bogus"');

    // A fault that a rule of ours explains is said once.
    await write({ Dockerfile: 'FROM alpine:3.23 AS one\nFROM ${BASE}\n' });
    expect(said(await asked())).toEqual(['build/invalid-base-image Dockerfile:2 error']);
    await write({ Dockerfile: 'FROM alpine:3.23\n' });
    expect(said(await asked())).toEqual([]);
  });
});
