import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../../src/compose/model.ts';
import { askCompose } from '../../../src/docker/compose-cli.ts';
import { type Home, makeHome, thisMachine } from './machine.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const project = { files: ['compose.yaml', 'more.yaml'], directory: '.' } as unknown as Project;

/** A stand-in for the docker CLI: a shell script. */
function docker(script: string): void {
  const file = join(home.path, 'docker');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function ask(PATH = home.path, timeoutMs = 5_000) {
  const call = { root: home.path, envFiles: ['a.env'], profiles: ['p'] };
  return askCompose(project, call, thisMachine(home.path, { PATH, DOCKER_CONTEXT: 'other' }), timeoutMs);
}

describe.skipIf(process.platform === 'win32')('the docker CLI', () => {
  it('is only taken from absolute directories of PATH', async () => {
    docker('exit 0');
    const absent = { answer: 'absent', because: 'there is no docker CLI here' };
    expect(await ask('')).toEqual(absent);
    expect(await ask('.')).toEqual(absent);
    expect(await ask()).toEqual({ answer: 'accepts' });
  });

  it('is told what the person said, and no engine', async () => {
    docker('echo "$@" "$PWD" "$DOCKER_HOST" "$DOCKER_CONTEXT" >&2; exit 1');
    const root = home.path;
    expect(await ask()).toMatchObject({
      said: `compose -f compose.yaml -f more.yaml --env-file a.env --profile p config --quiet ${root} unix:///var/run/docker.sock`,
    });
  });

  it('has its warnings left out, and the trace of a crash', async () => {
    docker(
      'echo "time=\\"x\\" level=warning msg=a" >&2; echo "decoding failed:" >&2; echo; echo "  it is bad" >&2; exit 15',
    );
    expect(await ask()).toEqual({ answer: 'refuses', said: 'decoding failed: it is bad' });
    docker('echo "panic: oh" >&2; echo "goroutine 1" >&2; exit 2');
    expect(await ask()).toEqual({ answer: 'refuses', said: 'panic: oh' });
  });

  it('without the plugin gives no verdict', async () => {
    docker(`echo "unknown shorthand flag: 'f' in -f" >&2; exit 125`);
    expect(await ask()).toEqual({ answer: 'absent', because: 'the docker CLI has no compose plugin' });
  });

  it('that does not end is ended', async () => {
    docker('exec sleep 60');
    expect(await ask(`${home.path}:/usr/bin:/bin`, 200)).toMatchObject({ answer: 'none' });
  });
});
