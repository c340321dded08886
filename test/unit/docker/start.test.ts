import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartProgress, startAndWait } from '../../../src/docker/start.ts';
import { type Home, makeHome, thisMachine } from './machine.ts';

let home: Home;
let socket: string;
const started: number[] = [];
beforeEach(() => {
  home = makeHome();
  socket = join(home.path, 'docker.sock');
});
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  home.remove();
});

/** A program that writes its process id to `pid` and does what `body` says. */
function program(name: string, body: string): string[] {
  const file = join(home.path, `${name}.cjs`);
  writeFileSync(
    file,
    `require('fs').writeFileSync(${JSON.stringify(join(home.path, name))}, String(process.pid));\n${body}`,
  );
  return [process.execPath, file];
}
const pidOf = async (name: string) => {
  const { readFileSync } = await import('node:fs');
  const pid = Number(readFileSync(join(home.path, name), 'utf8'));
  started.push(pid);
  return pid;
};
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** What a fake engine does, `delay` milliseconds after it was started. */
const engine = (delay: number) => `
  setTimeout(() => require('http').createServer((request, response) => {
    response.setHeader('Api-Version', '1.51');
    response.end(request.url === '/_ping' ? 'OK' : '{"ApiVersion":"1.51","Version":"28.5.2"}');
  }).listen(${JSON.stringify(socket)}), ${delay});`;

const start = (argv: readonly string[], timeoutMs: number, onProgress?: (progress: StartProgress) => void) =>
  startAndWait(argv, `unix://${socket}`, {
    environment: thisMachine(home.path, { PATH: process.env.PATH ?? '' }),
    timeoutMs,
    ...(onProgress && { onProgress }),
  });

describe('starting an engine', () => {
  it('waits for the engine that a command leaves behind, and tells of the wait', async () => {
    const [node, file] = program('engine', engine(800));
    const seen: StartProgress[] = [];
    const starter = program(
      'starter',
      `require('child_process').spawn(${JSON.stringify(node)}, [${JSON.stringify(file)}], { detached: true, stdio: 'ignore' }).unref();`,
    );
    const result = await start(starter, 20_000, (progress) => seen.push(progress));
    const pid = await pidOf('engine');
    expect(result).toEqual({ up: true, ms: expect.any(Number) });
    expect(seen[0]).toEqual({ ms: expect.any(Number), seen: `ENOENT: ${socket} does not exist` });
    expect(isAlive(pid)).toBe(true);
  });

  it('leaves a command alone that stays in the foreground', async () => {
    const result = await start(program('engine', engine(0)), 20_000);
    const pid = await pidOf('engine');
    expect(result.up).toBe(true);
    expect(isAlive(pid)).toBe(true);
  });

  it('says how the command failed and how it ended its output', async () => {
    const body = `console.log('x'.repeat(10000)); console.error('\\u001b[31mFailed to start docker.service\\u001b[0m: Unit is masked.'); process.exitCode = 5;`;
    const result = await start(program('failing', body), 20_000);
    expect(result).toMatchObject({
      up: false,
      seen: `the command "${process.execPath}" ended with status 5; ENOENT: ${socket} does not exist`,
      output: expect.stringMatching(/x\nFailed to start docker\.service: Unit is masked\.$/),
    });
    expect(result.up === false && result.output.length).toBeLessThanOrEqual(4096);
  });

  it('ends a command that is still running when the time is up', async () => {
    const result = await start(
      program('hanging', "console.log('waiting'); setInterval(() => undefined, 1000);"),
      1500,
    );
    const pid = await pidOf('hanging');
    expect(result).toEqual({
      up: false,
      seen: `no engine answered within 1.5 s; ENOENT: ${socket} does not exist`,
      output: 'waiting',
    });
    expect(isAlive(pid)).toBe(false);
  });

  it('says so where the command does not exist, or none is given', async () => {
    expect(await start(['dockmedic-no-such-command', 'start'], 20_000)).toMatchObject({
      up: false,
      seen: expect.stringMatching(/^the command "dockmedic-no-such-command" was not found; /),
    });
    expect(await start([], 1000)).toEqual({
      up: false,
      seen: 'there is no command to start it with',
      output: '',
    });
  });

  it('passes on the given variables and no others, and leaves no file behind', async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = home.path;
    const body = "console.log(Object.keys(process.env).join(' ')); process.exitCode = 1;";
    try {
      expect(await start(program('variables', body), 20_000)).toMatchObject({ up: false, output: 'PATH' });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(readdirSync(home.path).sort()).toEqual(['variables', 'variables.cjs']);
  });
});
