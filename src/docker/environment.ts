/**
 * What this part of the program knows of the machine, handed in as data. Nothing below `src/docker` reads
 * `process.env`, so that macOS, Windows and WSL2 are tested on any machine.
 */
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** The machine as the docker CLI would see it. */
export type DockerEnvironment = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the user's home directory. */
  readonly home: string;
  /** As of `process.platform`: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** The effective user id; undefined on Windows. */
  readonly uid: number | undefined;
  /** The groups that this process is in, the effective one included; undefined on Windows, or where nobody asked. */
  readonly groups?: readonly number[] | undefined;
  readonly disk: Disk;
};

/** The few questions asked of the file system; none of them throws. */
export type Disk = {
  /** Follows links: a dangling link does not exist. */
  exists(path: string): boolean;
  /** True for a regular file that this process may execute (on Windows: any regular file). */
  isExecutable(path: string): boolean;
  /** Names in a directory, sorted, at most 500; empty where it cannot be listed. */
  list(directory: string): readonly string[];
  /** The path with every link resolved; undefined where that leads nowhere. */
  realPath(path: string): string | undefined;
  /** The text of a small regular file (64 KiB at most); undefined where it cannot be read. */
  read(path: string): string | undefined;
};

const smallFileBytes = 64 * 1024;
const listedAtMost = 500;

function quietly<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

/** The file system of this machine. */
export const realDisk: Disk = {
  exists: (path) => quietly(() => statSync(path) !== undefined, false),
  isExecutable: (path) =>
    quietly(() => {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    }, false),
  list: (directory) => quietly(() => readdirSync(directory).sort().slice(0, listedAtMost), []),
  realPath: (path) => quietly<string | undefined>(() => realpathSync(path), undefined),
  read: (path) =>
    quietly<string | undefined>(() => {
      // Files below /proc say that they are empty; only what is too large is refused.
      const stat = statSync(path);
      return stat.isFile() && stat.size <= smallFileBytes ? readFileSync(path, 'utf8') : undefined;
    }, undefined),
};

/**
 * An environment variable, with an empty one counted as unset, as Docker does for all of its own. On Windows names
 * do not depend on case (`Path`, `PATH`).
 */
export function variable(environment: DockerEnvironment, name: string): string | undefined {
  const exact = environment.env[name];
  if (exact) return exact;
  if (environment.platform !== 'win32') return undefined;
  const wanted = name.toUpperCase();
  for (const [key, value] of Object.entries(environment.env)) {
    if (value && key.toUpperCase() === wanted) return value;
  }
  return undefined;
}

/** `node:path` of the environment's platform, which in tests is not always the machine's own. */
export function pathsOf(environment: DockerEnvironment): typeof posix {
  return environment.platform === 'win32' ? win32 : posix;
}

/** Where Docker keeps its configuration: `DOCKER_CONFIG`, else `.docker` in the home directory. */
export function dockerDirectory(environment: DockerEnvironment): string {
  return variable(environment, 'DOCKER_CONFIG') ?? pathsOf(environment).join(environment.home, '.docker');
}

/** Where sockets of this user lie: `XDG_RUNTIME_DIR`, else systemd's `/run/user/<uid>`; Linux only. */
export function runtimeDirectory(environment: DockerEnvironment): string | undefined {
  if (environment.platform !== 'linux') return undefined;
  const named = variable(environment, 'XDG_RUNTIME_DIR');
  if (named) return named;
  return environment.uid === undefined ? undefined : `/run/user/${environment.uid}`;
}

/** Whether this Linux runs below Windows: the kernel's name says so, and so does WSL's own variable. */
export function isWsl(environment: DockerEnvironment): boolean {
  if (environment.platform !== 'linux') return false;
  if (variable(environment, 'WSL_DISTRO_NAME')) return true;
  return /microsoft/i.test(environment.disk.read('/proc/version') ?? '');
}
