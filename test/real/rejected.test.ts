/**
 * dockmedic beside Compose itself: what Compose refuses is never called healthy, and what it accepts has no wrong key
 * and no wrong value. Needs the compose plugin: `npm run test:real`.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { run } from '../support/run.ts';
import { validProject } from '../support/valid-project.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/rejected.test.ts, because no engine was asked for (npm run test:real)');

let ana: Person;
let base: string;
let count = 0;

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const root = path.join(base, `p${++count}`);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  return root;
}

async function report(root: string, args: readonly string[] = []): Promise<Report> {
  const { stdout, stderr } = await ana.dockmedic([root, '--format', 'json', '--offline', ...args]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Report;
}

/** What Compose says of the default files of a directory. */
async function compose(
  root: string,
  args: readonly string[] = [],
): Promise<{ code: number | undefined; stderr: string }> {
  return run(['docker', 'compose', ...args, 'config', '--quiet'], { cwd: root, env: { HOME: ana.home } });
}

const API = 'services:\n  api:\n    image: alpine:3.23\n';

/** Faults that Compose refuses, whether or not a rule looks for them; `at` is the text that has to be pointed at. */
const UNKNOWN: readonly (readonly [name: string, file: string, at: string, words: string])[] = [
  [
    'two limits of memory',
    `${API}    mem_limit: 1g\n    deploy: {resources: {limits: {memory: 2g}}}\n`,
    'api',
    'distinct values',
  ],
  [
    'a watch without a target',
    `${API}    develop: {watch: [{path: ., action: sync}]}\n`,
    'watch',
    'target is required',
  ],
  [
    'a platform that is not built',
    `${API}    platform: linux/amd64\n    build: {context: ., platforms: [linux/arm64]}\n`,
    'services',
    'build.platforms',
  ],
  [
    'a number that is too large',
    `${API}    scale: 99999999999999999999\n`,
    '99999999999999999999',
    'greater than or equal',
  ],
  ['a key of a later Compose', `${API}    pre_start: [{command: "true"}]\n`, 'api', 'pre_start'],
];

describe.skipIf(!real)('beside Compose', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    ana = await person();
    base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-beside-')));
  });
  afterAll(async () => {
    await ana.dispose();
    await rm(base, { recursive: true, force: true });
  });

  it.each(UNKNOWN)('%s is told in its own words', async (_, file, at, words) => {
    const root = await project({ 'compose.yaml': file, Dockerfile: 'FROM alpine:3.23\n' });
    const verdict = await compose(root);
    // A later Compose may take what this one refuses: then there is nothing to be told.
    const { findings, exitCode } = await report(root, ['--only', 'compose/rejected']);
    if (verdict.code === 0) {
      expect(findings).toEqual([]);
      return;
    }
    expect(exitCode).toBe(1);
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['compose/rejected', expect.stringContaining(words)],
    ]);
    const { line = 0, column = 0 } = findings[0]?.location ?? {};
    expect(file.split('\n')[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${at}`));

    // Beside the other rules it is one fault, told by whoever knows more of it.
    const all = await report(root, ['--only', 'compose']);
    expect(all.findings.filter(({ severity }) => severity === 'error')).toHaveLength(1);
  });

  it('says nothing of what a rule explains, and of nothing without the docker CLI', async () => {
    const root = await project({ 'compose.yaml': `${API}    prots: ["80:80"]\n` });
    const { findings, rules } = await report(root, ['--only', 'compose']);
    expect(findings.map(({ rule }) => rule)).toEqual(['compose/unknown-key']);
    expect(rules.find(({ id }) => id === 'compose/rejected')).toMatchObject({ outcome: 'fail' });

    const odd = await project({ 'compose.yaml': UNKNOWN[0]?.[1] ?? '' });
    const without = await report(odd, ['--only', 'compose/rejected', '--no-engine']);
    expect(without.rules.find(({ id }) => id === 'compose/rejected')).toMatchObject({ outcome: 'skipped' });
  });

  it('takes the files, profiles and env files that it was given', async () => {
    const root = await project({
      'base.yaml': `${API}    profiles: [odd]\n    scale: \${SCALE}\n    deploy: {replicas: 2}\n  ok: {image: "alpine:3.23"}\n`,
      'my.env': 'SCALE=1\n',
    });
    const file = ['-f', path.join(root, 'base.yaml'), '--env-file', path.join(root, 'my.env')];
    const only = ['--only', 'compose/rejected'];
    expect((await report(root, [...only, ...file])).findings).toEqual([]);
    const { findings } = await report(root, [...only, ...file, '--profile', 'odd']);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining("can't set distinct values"),
    ]);
  });

  it('prints no value of a variable', async () => {
    const root = await project({ 'compose.yaml': `${API}    cpus: \${LIMIT}\n`, '.env': 'LIMIT=hunter2\n' });
    const { stdout } = await ana.dockmedic([
      root,
      '--offline',
      '--only',
      'compose/rejected',
      '--format',
      'json',
    ]);
    expect(stdout).not.toContain('hunter2');
    expect(JSON.parse(stdout).findings[0].message).toContain('${LIMIT}');
  });

  it('finds no wrong key and no wrong value in what Compose accepts', async () => {
    await fc.assert(
      fc.asyncProperty(validProject, async (text) => {
        const root = await project({ 'compose.yaml': text, Dockerfile: 'FROM alpine:3.23\n' });
        const verdict = await compose(root, ['--profile', '*']);
        expect(verdict.code, `the generator made what Compose refuses: ${verdict.stderr}\n${text}`).toBe(0);
        const only = ['--only', 'compose/unknown-key,compose/invalid-value', '--no-engine'];
        const { findings } = await report(root, only);
        expect(
          findings.map(({ message }) => message),
          text,
        ).toEqual([]);
      }),
      { numRuns: 40, seed: 20261122, endOnFailure: true },
    );
  });
});
