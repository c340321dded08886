/**
 * Asks a credential helper, the program `docker-credential-<name>` that a Docker configuration names. The protocol
 * is that of docker-credential-helpers: `get` as its argument, the server address on stdin, JSON on stdout.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type HelperFault = 'missing' | 'failed' | 'bad-answer' | 'timeout';

export type HelperAnswer =
  | { readonly kind: 'login'; readonly username: string; readonly secret: string }
  | { readonly kind: 'none' }
  /** `because` follows the program's name: `is not on PATH`. It never holds a word of what the helper printed. */
  | { readonly kind: 'fault'; readonly fault: HelperFault; readonly because: string };

/** Docker's own helpers print well below a kilobyte; it bounds what a mad one can make us hold. In bytes. */
const LONGEST_ANSWER = 64 * 1024;

/** The text by which helpers say that they hold nothing for a server; part of their protocol. */
const NOT_FOUND = 'credentials not found in native keychain';

/** Failures that are common enough to be told apart by what the helper prints. */
const KNOWN_FAILURES: readonly (readonly [RegExp, string])[] = [
  [/user interaction is not allowed/i, 'fails, because the keychain is locked'],
  [/pass (store )?(is )?not initiali[sz]ed/i, 'fails, because pass is not initialised'],
  [/logon session does not exist/i, 'fails, because there is no logon session'],
];

/** The program behind a helper name of the configuration; undefined where the name could lead out of PATH. */
export function helperProgram(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(name) ? `docker-credential-${name}` : undefined;
}

/**
 * Finds a program in the absolute directories of PATH. Relative ones are passed over, as Go's `exec.LookPath` does:
 * they would let a workspace bring its own helper.
 */
async function findOnPath(program: string, environment: Environment): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  const list = environment.PATH ?? (windows ? environment.Path : undefined) ?? '';
  const endings = windows ? ['', ...(environment.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  for (const directory of list.split(path.delimiter)) {
    if (!path.isAbsolute(directory)) continue;
    for (const ending of endings) {
      const file = path.join(directory, program + ending);
      const found = await stat(file).then(
        (entry) => entry.isFile(),
        () => false,
      );
      if (!found) continue;
      const runs = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return file;
    }
  }
  return undefined;
}

/** Whether Docker would find the program. */
export async function isInstalled(program: string, environment: Environment): Promise<boolean> {
  return (await findOnPath(program, environment)) !== undefined;
}

function readAnswer(stdout: string): HelperAnswer {
  const garbage = {
    kind: 'fault',
    fault: 'bad-answer',
    because: 'prints something that is no login',
  } as const;
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    return garbage;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return garbage;
  const { Username: username = '', Secret: secret = '' } = value as { Username?: unknown; Secret?: unknown };
  if (typeof username !== 'string' || typeof secret !== 'string') return garbage;
  // Docker sends no login where both are empty.
  if (secret === '' && username === '') return { kind: 'none' };
  return { kind: 'login', username, secret };
}

/** Ends the helper and what it started: its process group where there are groups, by the id we were given. */
function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Asks a helper for the login of a server address. It never throws, and settles within `timeoutMs` (milliseconds)
 * and the time to find the program; a helper that is still running then is killed.
 */
export async function askHelper(
  program: string,
  server: string,
  environment: Environment,
  timeoutMs: number,
): Promise<HelperAnswer> {
  const file = await findOnPath(program, environment);
  if (file === undefined) return { kind: 'fault', fault: 'missing', because: 'is not on PATH' };

  const { execa } = await import('execa');
  const child = execa(file, ['get'], {
    input: server,
    env: environment,
    extendEnv: false,
    // Not the workspace: what lies there must not change what the helper does.
    cwd: path.dirname(file),
    stderr: 'ignore',
    reject: false,
    maxBuffer: LONGEST_ANSWER,
    // A group of its own, so that what a helper script started ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const endIt = () => end(child.pid);
  process.once('exit', endIt);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timeout');
  });
  const result = await Promise.race([child, limit]);
  clearTimeout(timer);
  process.removeListener('exit', endIt);

  if (result === 'timeout') {
    endIt();
    const because = `gives no answer within ${Math.round(timeoutMs / 100) / 10} s`;
    return { kind: 'fault', fault: 'timeout', because };
  }
  if (result.isMaxBuffer) {
    endIt();
    return { kind: 'fault', fault: 'bad-answer', because: 'prints something that is no login' };
  }
  const stdout = String(result.stdout ?? '');
  if (result.exitCode === 0) return readAnswer(stdout);
  if (stdout.trim() === NOT_FOUND) return { kind: 'none' };
  const known = KNOWN_FAILURES.find(([pattern]) => pattern.test(stdout));
  if (known) return { kind: 'fault', fault: 'failed', because: known[1] };
  if (result.exitCode === undefined) return { kind: 'fault', fault: 'failed', because: 'cannot be run' };
  return { kind: 'fault', fault: 'failed', because: `fails with exit status ${result.exitCode}` };
}
