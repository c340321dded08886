/** Starts an engine and waits until it answers. */
import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { DockerEnvironment } from './environment.ts';
import type { Endpoint, Ping } from './model.ts';
import { ping } from './ping.ts';

export type StartOptions = {
  readonly environment: DockerEnvironment;
  /** In milliseconds, for starting and answering. 120 000 unless told: a virtual machine boots in that. */
  readonly timeoutMs?: number;
  /** Called after every ping that found nothing yet. */
  readonly onProgress?: (progress: StartProgress) => void;
};

export type StartProgress = {
  /** Since the command was started, in milliseconds. */
  readonly ms: number;
  /** What the last ping saw. */
  readonly seen: string;
};

export type Started =
  | { readonly up: true; readonly ms: number }
  | {
      readonly up: false;
      /** Why it is not up; a sentence without its full stop. */
      readonly seen: string;
      /** The end of what the command printed, without terminal sequences; empty where it printed nothing. */
      readonly output: string;
    };

type Ended = { readonly ok: boolean; readonly seen: string };

const pollMs = 300;
/** How long a command that failed may still turn out to have started something. */
const graceMs = 2000;
/** How long a command may go on once the engine answers, before it is left to itself. */
const finishMs = 5000;
const tailBytes = 4096;

/**
 * Runs the start command and asks `host` until it answers, the command has failed or the time is up. A command that
 * is still running then is ended; one that is still running when the engine answers is left alone, because some
 * stay in the foreground (a desktop application). Never throws.
 */
export async function startAndWait(
  argv: readonly string[],
  host: string,
  { environment, timeoutMs = 120_000, onProgress }: StartOptions,
): Promise<Started> {
  const [file, ...rest] = argv;
  if (file === undefined) return { up: false, seen: 'there is no command to start it with', output: '' };
  const began = Date.now();
  const elapsed = () => Date.now() - began;
  const log = await openLog();
  try {
    const command = await run(file, rest, log.handle, environment);
    const endpoint: Endpoint = { host, from: 'the started engine' };
    let failedAt: number | undefined;
    for (;;) {
      const left = timeoutMs - elapsed();
      const last = await ping(endpoint, environment, { timeoutMs: Math.max(50, Math.min(2000, left)) });
      if (last.answer === 'up') {
        const ms = elapsed();
        await within(command.ended, Math.min(finishMs, Math.max(0, timeoutMs - ms)));
        command.release();
        return { up: true, ms };
      }
      onProgress?.({ ms: elapsed(), seen: last.seen });
      const ended = command.outcome();
      if (ended && !ended.ok) failedAt ??= Date.now();
      const failed = failedAt !== undefined && Date.now() - failedAt >= graceMs;
      if (failed || elapsed() >= timeoutMs) {
        await command.end();
        return { up: false, seen: seenAtLast(ended, last, timeoutMs), output: await tailOf(log.handle) };
      }
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(pollMs, Math.max(0, timeoutMs - elapsed()))),
      );
    }
  } finally {
    await log.close();
  }
}

function seenAtLast(
  ended: Ended | undefined,
  last: Extract<Ping, { answer: 'down' }>,
  timeoutMs: number,
): string {
  if (ended && !ended.ok) return `${ended.seen}; ${last.seen}`;
  return `no engine answered within ${timeoutMs / 1000} s; ${last.seen}`;
}

type Command = {
  readonly ended: Promise<Ended>;
  outcome(): Ended | undefined;
  /** Ends the command where it still runs, by force after two seconds. */
  end(): Promise<void>;
  /** Lets this process end before the command does. */
  release(): void;
};

/**
 * The output goes to a file and not through a pipe: a command that outlives this process would die of writing to a
 * pipe that nobody holds any more.
 */
async function run(
  file: string,
  args: readonly string[],
  log: FileHandle,
  environment: DockerEnvironment,
): Promise<Command> {
  const { execa } = await import('execa');
  // execa takes any open descriptor; its types stop at 9.
  const output = log.fd as 3;
  const child = execa(file, args, {
    env: environment.env as Record<string, string>,
    extendEnv: false,
    stdin: 'ignore',
    stdout: output,
    stderr: output,
    reject: false,
    // sudo asks for a password on the terminal, which a session of its own would not have.
    detached: basename(file) !== 'sudo',
    cleanup: false,
    forceKillAfterDelay: 2000,
    windowsHide: true,
  });
  let outcome: Ended | undefined;
  const ended = child.then((result) => {
    outcome = { ok: !result.failed, seen: endOf(file, result) };
    return outcome;
  });
  return {
    ended,
    outcome: () => outcome,
    end: async () => {
      if (outcome) return;
      child.kill('SIGTERM');
      await within(ended, 3000);
    },
    release: () => child.unref(),
  };
}

function endOf(
  file: string,
  result: { exitCode?: number | undefined; signal?: string | undefined; code?: string | undefined },
): string {
  if (result.code === 'ENOENT') return `the command "${file}" was not found`;
  if (result.code !== undefined) return `the command "${file}" could not be run (${result.code})`;
  if (result.signal !== undefined) return `the command "${file}" was ended by ${result.signal}`;
  return `the command "${file}" ended with status ${result.exitCode ?? 'unknown'}`;
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    done,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}

async function openLog(): Promise<{ handle: FileHandle; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'dockmedic-start-'));
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_EXCL;
  const handle = await open(join(directory, 'output'), flags, 0o600);
  return {
    handle,
    close: async () => {
      await handle.close();
      // Windows keeps a file that a running command still has open; it lies in the directory for temporary files.
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

async function tailOf(log: FileHandle): Promise<string> {
  const { size } = await log.stat();
  const buffer = Buffer.alloc(Math.min(size, tailBytes));
  await log.read(buffer, 0, buffer.length, Math.max(0, size - tailBytes));
  const text = stripVTControlCharacters(buffer.toString('utf8')).replace(/\r\n?/g, '\n');
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
}
