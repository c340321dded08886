/** Looks at an engine that answers: what it says of itself, and, where it runs on this machine, its disk and kernel. */
import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import type { DockerEnvironment } from './environment.ts';
import { isHere } from './health.ts';
import type { DataDisk, EngineSeen, Here } from './health-model.ts';
import { isObject } from './json.ts';
import type { Endpoint } from './model.ts';
import { type Connection, connect } from './transport.ts';

const answerBytes = 4 * 1024 * 1024;

/** Asks `/info` and `/version`, which change nothing and are quick. Throws what the connection throws. */
export async function lookAtEngine(
  endpoint: Endpoint,
  environment: DockerEnvironment,
  root: string,
  timeoutMs: number,
): Promise<EngineSeen> {
  const connection = await connect(endpoint, answerBytes, { environment, seconds: timeoutMs / 1_000 });
  const timer = setTimeout(() => connection.close(), Math.max(0, timeoutMs));
  try {
    const [told, here] = await Promise.all([askEngine(connection), lookHere(environment, root)]);
    const dataRootSeen = told.dataRoot !== undefined && environment.disk.exists(told.dataRoot);
    const seen: EngineSeen = { host: endpoint.host, ...told, dataRootSeen, here };
    if (environment.platform !== 'linux' || !isHere(seen)) return seen;
    const [disk, emulated] = await Promise.all([
      seen.dataRoot === undefined ? undefined : lookAtDisk(seen.dataRoot),
      emulatedHere(environment),
    ]);
    return { ...seen, ...(disk && { disk }), ...(emulated && { emulated }) };
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

type Told = Omit<EngineSeen, 'host' | 'here' | 'dataRootSeen' | 'disk' | 'emulated'>;

async function askEngine({ docker }: Connection): Promise<Told> {
  const version: unknown = await docker.version();
  const before = Date.now();
  const info: unknown = await docker.info();
  return readTold(info, version, (before + Date.now()) / 2);
}

/** The parts of both answers that are looked at; `now` is our own time, halfway between question and answer. */
export function readTold(info: unknown, version: unknown, now: number): Told {
  const about = isObject(info) ? info : {};
  const told = isObject(version) ? version : {};
  const max = textOf(told.ApiVersion);
  const min = textOf(told.MinAPIVersion);
  const time = typeof about.SystemTime === 'string' ? Date.parse(about.SystemTime) : Number.NaN;
  const runc = isObject(about.RuncCommit) ? textOf(about.RuncCommit.ID) : undefined;
  const [osName, arch] = [textOf(told.Os), textOf(told.Arch)];
  return {
    ...(max && { api: { max, ...(min && { min }) } }),
    ...maybe('version', textOf(told.Version)),
    ...maybe('platform', osName && arch && `${osName}/${arch}`),
    ...maybe('name', textOf(about.Name)),
    ...maybe('kernel', textOf(about.KernelVersion)),
    ...maybe('system', textOf(about.OperatingSystem)),
    ...maybe('dataRoot', textOf(about.DockerRootDir)),
    ...maybe('storageDriver', textOf(about.Driver)),
    warnings: Array.isArray(about.Warnings)
      ? about.Warnings.flatMap((one) => textOf(one) ?? []).slice(0, 50)
      : [],
    ...(isObject(about.Runtimes) && { runtimes: Object.keys(about.Runtimes).slice(0, 50) }),
    ...maybe('defaultRuntime', textOf(about.DefaultRuntime)),
    ...maybe('runcCommit', runc),
    ...(Number.isFinite(time) && { clockAheadMs: Math.round(time - now) }),
  };
}

function maybe<K extends string>(key: K, value: string | undefined | false): Partial<Record<K, string>> {
  return value ? ({ [key]: value } as Partial<Record<K, string>>) : {};
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 300);
}

async function lookHere({ disk, home, platform }: DockerEnvironment, root: string): Promise<Here> {
  const mount = platform === 'linux' ? mountOf(root, await readMounts()) : undefined;
  return {
    name: os.hostname(),
    kernel: os.release(),
    platform,
    container: disk.exists('/.dockerenv') || disk.exists('/run/.containerenv'),
    home,
    root,
    ...(mount && { mount: { point: mount.point, root: mount.root } }),
  };
}

async function readMounts(): Promise<string> {
  return readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
}

export type Mount = { readonly point: string; readonly root: string; readonly readOnly: boolean };

/** The mount that a path lies on, by `/proc/self/mountinfo` (proc(5)); of several at one place the last one counts. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root, point, options = ''] = left.split(' ').map(unescaped);
    if (root === undefined || point === undefined) continue;
    if (path !== point && !path.startsWith(point === '/' ? '/' : `${point}/`)) continue;
    if (found && point.length < found.point.length) continue;
    const ofDisk = right.split(' ')[2] ?? '';
    const readOnly = options.split(',').includes('ro') || ofDisk.split(',').includes('ro');
    found = { point, root, readOnly };
  }
  return found;
}

/** Blanks in it stand as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function lookAtDisk(path: string): Promise<DataDisk | undefined> {
  const [room, mounts] = await Promise.all([statfs(path).catch(() => undefined), readMounts()]);
  if (!room) return undefined;
  const inodes = room.files > 0 ? { free: room.ffree, total: room.files } : undefined;
  return {
    path,
    freeBytes: room.bfree * room.bsize,
    availableBytes: room.bavail * room.bsize,
    ...(inodes && { inodes }),
    readOnly: mountOf(path, mounts)?.readOnly ?? false,
  };
}

/** The names under which the handlers of qemu are registered, by the names that images use. */
const HANDLERS: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  arm: 'arm',
  x86_64: 'amd64',
  i386: '386',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
  mips64el: 'mips64le',
  loongarch64: 'loong64',
};

/**
 * The processors for which the kernel has a handler (`/proc/sys/fs/binfmt_misc`). Undefined where that is not mounted
 * here, or where a handler is there whose name says nothing (Rosetta, a person's own).
 */
async function emulatedHere({ disk }: DockerEnvironment): Promise<readonly string[] | undefined> {
  const directory = '/proc/sys/fs/binfmt_misc';
  const names = disk.list(directory);
  if (!names.includes('register') || !/^enabled/.test(disk.read(`${directory}/status`) ?? ''))
    return undefined;
  const handlers = names.filter((name) => !['register', 'status'].includes(name));
  const found: string[] = [];
  for (const name of handlers) {
    const text = disk.read(`${directory}/${name}`) ?? '';
    // A handler for files by their extension, or for other marks than that of a Linux program.
    if (!/^magic 7f454c46/m.test(text)) continue;
    const arch = HANDLERS[/^qemu-(.+?)(?:-static)?$/.exec(name)?.[1] ?? ''];
    if (arch === undefined) {
      if (!name.startsWith('qemu-')) return undefined;
      continue;
    }
    if (text.startsWith('enabled')) found.push(arch);
  }
  return found;
}
