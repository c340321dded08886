/** Programs of Docker: whether a file is one, and what it says, asked without a shell and within a time limit. */
import { readdirSync, readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Broken } from './cli-model.ts';

export type Ran =
  | { readonly stdout: string; readonly stderr: string; readonly code: number | undefined }
  | Broken;

/** The most that is taken of an answer, in bytes. */
const LONGEST = 256 * 1024;

/** ELF machine numbers (System V ABI) of the processors that Node runs on, and what each runs besides its own. */
const MACHINES: Readonly<Record<string, readonly number[]>> = {
  x64: [0x3e, 0x03],
  ia32: [0x03],
  arm64: [0xb7, 0x28],
  arm: [0x28],
  riscv64: [0xf3],
  ppc64: [0x15],
  s390x: [0x16],
};
const MACHINE_NAMES: Readonly<Record<number, string>> = {
  3: '386',
  21: 'ppc64le',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
};

/** The architecture that the header of an ELF file names, by the number of its machine. */
export function machineOf(header: Uint8Array): number | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < 20 || view.getUint32(0) !== 0x7f454c46) return undefined;
  // The fifth byte after the mark says in which order bytes stand.
  return view.getUint16(18, header[5] !== 2);
}

/**
 * What keeps a file from being run, as far as its kind, its rights and its first bytes tell; undefined where nothing
 * does. Looked at first, because Node would hand a file that no kernel runs to a shell.
 */
export async function obstacleTo(
  path: string,
  platform: string,
  arch: string,
  isExecutable: (path: string) => boolean,
): Promise<Broken | undefined> {
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isDirectory()) return { why: 'a-directory', seen: 'is a directory' };
  if (!isExecutable(path)) return { why: 'not-executable', seen: 'may not be executed by this user' };
  if (platform !== 'linux') return undefined;
  const header = await headOf(path);
  // Not readable, and perhaps runnable all the same.
  if (!header) return undefined;
  if (header.length === 0) return { why: 'no-program', seen: 'is empty' };
  if (header[0] === 0x23 && header[1] === 0x21) {
    const [interpreter = ''] = header.toString('latin1', 2).trim().split(/\s/);
    const there = await stat(interpreter).catch(() => undefined);
    if (interpreter === '' || there) return undefined;
    return {
      why: 'no-interpreter',
      seen: `is a script for ${JSON.stringify(interpreter)}, which is not there`,
    };
  }
  const machine = machineOf(header);
  if (machine === undefined) return { why: 'no-program', seen: 'is not a program that this system runs' };
  if (MACHINES[arch]?.includes(machine) ?? true) return undefined;
  const name = MACHINE_NAMES[machine] ?? `machine ${machine}`;
  return { why: 'wrong-architecture', seen: `is a program for ${name}, and this machine is ${arch}` };
}

async function headOf(path: string): Promise<Buffer | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const buffer = Buffer.alloc(256);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

export type AskOptions = {
  readonly cwd?: string;
  /** What it reads; nothing where this is left out. */
  readonly input?: string;
  /** The most that is taken of what it prints, in bytes; what prints more is ended. */
  readonly longest?: number;
};

/** Runs a program and takes what it prints. What still runs when the time is up is ended, with all that it started. */
export async function ask(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
  { cwd, input, longest = LONGEST }: AskOptions = {},
): Promise<Ran> {
  if (timeoutMs <= 0) return { why: 'timeout', seen: 'was not asked, because no time was left' };
  const { execa } = await import('execa');
  const child = execa(path, args as string[], {
    env: env as Record<string, string>,
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    reject: false,
    maxBuffer: longest,
    detached: process.platform !== 'win32',
    cleanup: false,
    windowsHide: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'late');
  });
  const result = await Promise.race([child, late]);
  clearTimeout(timer);
  if (result === 'late') {
    endAll(child.pid);
    // What left the group may hold the pipes: nobody waits for it.
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.catch(() => {});
    return { why: 'timeout', seen: `gave no answer within ${timeoutMs / 1000} s` };
  }
  if (result.code === 'ENOENT')
    return { why: 'no-interpreter', seen: 'needs a loader or an interpreter that is not there' };
  if (result.code === 'EACCES') return { why: 'not-executable', seen: 'may not be executed by this user' };
  if (result.exitCode === undefined && result.signal === undefined)
    return { why: 'failed', seen: `could not be run (${result.code ?? 'unknown error'})` };
  return { stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? ''), code: result.exitCode };
}

/** Its process group, and what left that: the CLI gives a plugin a group of its own. */
function endAll(pid: number | undefined): void {
  if (pid === undefined) return;
  const others = process.platform === 'linux' ? descendantsOf(pid) : [];
  for (const one of [process.platform === 'win32' ? pid : -pid, ...others]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function descendantsOf(pid: number): readonly number[] {
  const found: number[] = [];
  for (let at: number | undefined = pid; at !== undefined; at = found[found.indexOf(at) + 1]) {
    for (const child of childrenOf(at)) if (!found.includes(child)) found.push(child);
    if (found.length > 1_000) break;
  }
  return found;
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
