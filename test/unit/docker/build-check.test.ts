import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Build } from '../../../src/compose/model.ts';
import { createBuildCheck } from '../../../src/docker/build-check.ts';
import { createFiles } from '../../../src/workspace/files.ts';
import { type Home, makeHome, thisMachine } from './machine.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
  // A stand-in for the docker CLI that leaves a trace and refuses everything.
  const file = join(home.path, 'docker');
  writeFileSync(file, `#!/bin/sh\n: > ${home.path}/asked\necho '{"buildError":{"message":"refused"}}'\n`);
  chmodSync(file, 0o755);
});
afterEach(() => home.remove());

/** What is said of a Dockerfile, and whether BuildKit was asked for it. */
async function check(text: string): Promise<{ rejected: boolean; asked: boolean }> {
  writeFileSync(join(home.path, 'Dockerfile'), text);
  const ask = createBuildCheck({
    root: home.path,
    files: createFiles(home.path),
    environment: thisMachine(home.path, { PATH: `${home.path}:/usr/bin:/bin` }),
    timeoutMs: 30_000,
  });
  const build = {
    contextDirectory: '.',
    dockerfilePath: 'Dockerfile',
    args: new Map(),
    additionalContexts: new Map(),
  };
  const { rejected } = await ask(build as unknown as Build);
  return { rejected, asked: existsSync(join(home.path, 'asked')) };
}

describe.skipIf(process.platform === 'win32')('BuildKit', () => {
  it.each([
    'FROM alpine\n',
    '# syntax=docker/dockerfile:1\nFROM alpine\n',
    '# syntax = docker.io/docker/dockerfile@sha256:0\n',
  ])('is asked about %j', async (text) => {
    expect(await check(text)).toEqual({ rejected: true, asked: true });
  });

  it.each([
    '# syntax=example.com/frontend\nFROM alpine\n',
    '# escape=`\n# SYNTAX=docker/dockerfile.evil\nFROM alpine\n',
    '// syntax=example.com/frontend\n',
    '{"syntax": "example.com/frontend"}',
  ])('is not asked about %j, whose frontend it would fetch and run', async (text) => {
    expect(await check(text)).toEqual({ rejected: false, asked: false });
  });
});
