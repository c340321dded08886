/**
 * The faults of the build layer on a real engine: `docker compose` fails on each, dockmedic names it, and after its fix,
 * or after the correction that it advises, the same command works. The base images are stand-ins (see
 * stand-in-images.sh): busybox under Alpine's name, without apk and without bash, as Alpine is without apt-get and bash.
 * That Debian has no apk, and that Alpine has it, cannot be shown with them. Needs an engine: `npm run test:real`.
 */
import { chmod, mkdir, mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises';
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

async function project(files: Files, build = '{context: .}', more = ''): Promise<void> {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dockmedic-build-')));
  undo.push(() => rm(root, { recursive: true, force: true }));
  count += 1;
  const name = `dockmedic-build-${process.pid}-${count}`;
  compose = (...args) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...args], { cwd: root });
  undo.push(() => compose('down', '--volumes', '--rmi', 'local', '--timeout', '1'));
  await write({ 'compose.yaml': composeFile(build, more), ...files });
}

/** Nothing here needs a network, and a machine may have none for containers. */
function composeFile(build: string, more = ''): string {
  return `services:\n  api:\n    network_mode: none\n    build: ${build}\n${more}`;
}

async function write(files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

const build = () => compose('build', '--no-cache');
const up = () => compose('up', '--build', '--abort-on-container-exit', '--exit-code-from', 'api');

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

  it('a slip in COPY --from', async () => {
    await project({
      Dockerfile:
        'FROM alpine:3.23 AS builder\nRUN echo 1 > /out\nFROM alpine:3.23\nCOPY --from=bulder /out /out\n',
    });
    await fails(build(), /bulder: failed to resolve source metadata|pull access denied/);
    await mends('build/undefined-stage Dockerfile:4 error');
    await works(build());
  });

  it('letter case of a stage in FROM', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23 AS Base\nRUN true\nFROM Base\n' });
    await fails(build(), /must be lowercase/);
    await mends('build/undefined-stage Dockerfile:3 error');
    await works(build());
  });

  it('a stage that is defined further down', async () => {
    await project({
      Dockerfile:
        'FROM alpine:3.23 AS app\nCOPY --from=files /etc/passwd /p\nFROM alpine:3.23 AS files\nFROM app\n',
    });
    await fails(build(), /cannot copy from stage "files"/);
    expect(said(await dockmedic())).toEqual(['build/undefined-stage Dockerfile:2 error']);
    await write({
      Dockerfile:
        'FROM alpine:3.23 AS files\nFROM alpine:3.23 AS app\nCOPY --from=files /etc/passwd /p\nFROM app\n',
    });
    expect(said(await dockmedic())).toEqual([]);
    await works(build());
  });

  it('a target that no stage has', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23 AS prod\nRUN true\n' }, '{context: ., target: prodd}');
    await fails(build(), /target stage "prodd" could not be found/);
    await mends('build/undefined-stage compose.yaml:4 error');
    await works(build());
  });

  it('a source that .dockerignore leaves out', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY dist/app.txt /app.txt\nRUN cat /app.txt\n',
      '.dockerignore': '# made elsewhere\ndist\n*.log\n',
      'dist/app.txt': 'app\n',
    });
    await fails(build(), /"\/dist\/app\.txt": not found/);
    await mends('build/copy-source-ignored Dockerfile:2 error');
    await works(build());
  });

  it.each([
    ['!', /illegal exclusion pattern/],
    ['[a', /syntax error in pattern/],
  ])('a line of .dockerignore that is no pattern: %s', async (line, words) => {
    await project({ Dockerfile: 'FROM alpine:3.23\n', '.dockerignore': `dist\n${line}\n` });
    await fails(build(), words);
    expect(said(await dockmedic())).toEqual(['build/invalid-dockerignore .dockerignore:2 error']);
    await write({ '.dockerignore': 'dist\n' });
    expect(said(await dockmedic())).toEqual([]);
    await works(build());
  });

  it('several sources onto one file: BuildKit builds it, and what reads them fails', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY a.txt b.txt /data\nRUN cat /data/a.txt /data/b.txt\n',
      'a.txt': 'a\n',
      'b.txt': 'b\n',
    });
    await fails(build(), /\/data\/a\.txt.*Not a directory/);
    await mends('build/copy-many-to-file Dockerfile:2 warning');
    await works(build());
  });

  const script = '#!/bin/sh\necho ready\n';
  it('an entrypoint without executable bit', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh': script,
    });
    await fails(up(), /exec: "\/start\.sh": permission denied/);
    await mends('build/script-not-executable Dockerfile:3 error');
    expect(await works(up())).toContain('ready');
  });

  it('a command of the compose file, and a RUN, without executable bit', async () => {
    await project(
      { Dockerfile: 'FROM alpine:3.23\nWORKDIR /app\nCOPY . .\n', 'bin/start.sh': script },
      '{context: .}',
      '    command: ./bin/start.sh\n',
    );
    await fails(up(), /permission denied/);
    await mends('build/script-not-executable compose.yaml:5 error');
    expect(await works(up())).toContain('ready');

    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY *.sh /tools/\nRUN /tools/start.sh\n',
      'start.sh': script,
    });
    await fails(build(), /exit code: 126/);
    await mends('build/script-not-executable Dockerfile:3 error');
    await works(build());
  });

  it('an entrypoint with Windows line endings', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh': script.replaceAll('\n', '\r\n'),
    });
    await chmod(path.join(root, 'start.sh'), 0o755);
    await fails(up(), /exec \/start\.sh: no such file or directory/);
    await mends('build/script-crlf start.sh:1 error');
    expect(await works(up())).toContain('ready');
  });

  it('an entrypoint without interpreter', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh': 'echo ready\n',
    });
    await chmod(path.join(root, 'start.sh'), 0o755);
    await fails(up(), /exec \/start\.sh: exec format error/);
    await mends('build/script-interpreter start.sh:1 error', '--unsafe', '--yes');
    expect(await works(up())).toContain('ready');
  });

  it('bash on Alpine', async () => {
    await project({
      Dockerfile: 'FROM alpine:3.23\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh': '#!/bin/bash\necho ready\n',
    });
    await chmod(path.join(root, 'start.sh'), 0o755);
    await fails(up(), /exec \/start\.sh: no such file or directory/);
    expect(said(await dockmedic())).toEqual(['build/script-interpreter start.sh:1 error']);
    await write({ 'start.sh': script });
    expect(said(await dockmedic())).toEqual([]);
    expect(await works(up())).toContain('ready');
  });

  it('apt-get on Alpine', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23\nRUN apt-get update && apt-get install -y curl\n' });
    await fails(build(), /apt-get: not found[\s\S]*exit code: 127/);
    expect(said(await dockmedic())).toEqual(['build/wrong-package-manager Dockerfile:2 error']);
  });

  it('a base image that comes out empty', async () => {
    await project({ Dockerfile: 'FROM alpine:3.23 AS one\nARG BASE=alpine:3.23\nFROM ${BASE}\n' });
    await fails(build(), /base name \(\$\{BASE\}\) should not be blank/);
    expect(said(await dockmedic())).toEqual(['build/invalid-base-image Dockerfile:3 error']);
    await write({ Dockerfile: 'ARG BASE=alpine:3.23\nFROM ${BASE}\n' });
    expect(said(await dockmedic())).toEqual([]);
    await works(build());
  });

  it('an argument that no ARG declares has no effect', async () => {
    const dockerfile = 'FROM alpine:3.23\nARG VERSION=none\nRUN echo "version: $VERSION."\n';
    await project({ Dockerfile: dockerfile }, '{context: ., args: {VERSOIN: "2"}}');
    expect(await works(build())).toContain('version: none.');
    await mends('build/undeclared-argument compose.yaml:4 warning', '--unsafe', '--yes');
    expect(await works(build())).toContain('version: 2.');
  });

  it('a required secret that is not given', async () => {
    const dockerfile = 'FROM alpine:3.23\nRUN --mount=type=secret,id=token,required cat /run/secrets/token\n';
    await project({ Dockerfile: dockerfile });
    await fails(build(), /secret token: not found/);
    expect(said(await dockmedic())).toEqual(['build/secret-not-given Dockerfile:2 error']);
    await write({
      'compose.yaml': `${composeFile('{context: ., secrets: [token]}')}secrets: {token: {file: ./token.txt}}\n`,
      'token.txt': 'x\n',
    });
    expect(said(await dockmedic())).toEqual([]);
    await works(build());
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
