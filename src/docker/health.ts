/** What is wrong with an engine that answers: pure, over what was seen of it. */
import type { EngineSeen, HealthVerdict, Whereabouts } from './health-model.ts';
import { addressOf } from './host.ts';

/** Bounds, each with its reason. */
const BOUNDS = {
  /** Below this, the engine's own databases and the first layer of nearly any image no longer fit. */
  fullBytes: 32 * 1024 * 1024,
  /** An ordinary image is about this large; a build needs it more than once. */
  lowBytes: 1024 * 1024 * 1024,
  /** A container's own directories alone take a dozen. */
  fullInodes: 64,
  /** A `node_modules` is about this many files. */
  lowInodes: 20_000,
  /** Certificates and tokens allow for a few minutes, not for more. */
  clockMs: 5 * 60_000,
} as const;

/** Every verdict that stands. `limits` says whether any service asks for limits of memory or processors. */
export function judgeHealth(seen: EngineSeen, limits: boolean): readonly HealthVerdict[] {
  return [
    ...judgeDisk(seen),
    ...judgeClock(seen),
    ...judgeRuntime(seen),
    ...judgeWarnings(seen, limits),
    ...judgeSnap(seen),
  ];
}

function judgeDisk({ disk }: EngineSeen): readonly HealthVerdict[] {
  if (!disk) return [];
  if (disk.readOnly) return [{ verdict: 'data-root-read-only', disk }];
  const { inodes } = disk;
  if (disk.freeBytes < BOUNDS.fullBytes) return [{ verdict: 'disk-full', disk }];
  if (inodes && inodes.free < BOUNDS.fullInodes) return [{ verdict: 'inodes-full', disk }];
  return [
    ...(disk.availableBytes < BOUNDS.lowBytes ? [{ verdict: 'disk-low', disk } as const] : []),
    ...(inodes && inodes.free < BOUNDS.lowInodes ? [{ verdict: 'inodes-low', disk } as const] : []),
  ];
}

function judgeClock({ clockAheadMs }: EngineSeen): readonly HealthVerdict[] {
  if (clockAheadMs === undefined || Math.abs(clockAheadMs) <= BOUNDS.clockMs) return [];
  return [{ verdict: 'clock-skew', aheadMs: clockAheadMs }];
}

function judgeRuntime({ runtimes, defaultRuntime, runcCommit }: EngineSeen): readonly HealthVerdict[] {
  if (runtimes && defaultRuntime && !isKnownRuntime(defaultRuntime, runtimes))
    return [{ verdict: 'runtime-missing', runtime: defaultRuntime, known: runtimes }];
  return runcCommit === 'N/A' && defaultRuntime === 'runc' ? [{ verdict: 'runc-fails' }] : [];
}

/** A name with a dot is that of a shim (`io.containerd.kata.v2`), which containerd finds by itself. */
export function isKnownRuntime(name: string, runtimes: readonly string[]): boolean {
  return runtimes.includes(name) || /[./]/.test(name);
}

/** The warnings of `/info` that mean that something will not work; the others only say what this kernel lacks. */
function judgeWarnings({ warnings }: EngineSeen, limits: boolean): readonly HealthVerdict[] {
  return warnings.flatMap((said): HealthVerdict[] => {
    if (/IPv4 forwarding is disabled/i.test(said)) return [{ verdict: 'no-forwarding', said }];
    if (/without d_type support/i.test(said)) return [{ verdict: 'no-d-type', said }];
    if (/API is accessible on http:\/\/(?:0\.0\.0\.0|\[?::\]?)[:/]/i.test(said))
      return [{ verdict: 'open-to-all', said }];
    if (limits && /No memory limit support|rootless-mode without cgroup/i.test(said))
      return [{ verdict: 'no-limits', said }];
    return [];
  });
}

/**
 * Docker from snap sees what lies below the home directory, except what starts with a dot there (snapd, interface
 * `home`); media under /media, /run/media and /mnt only where somebody has connected them.
 */
function judgeSnap({ dataRoot = '', here }: EngineSeen): readonly HealthVerdict[] {
  if (!dataRoot.startsWith('/var/snap/') || here.platform !== 'linux' || here.container) return [];
  if (/^\/(?:media|mnt|run\/media)\//.test(here.root)) return [];
  if (!here.root.startsWith(`${here.home}/`) && here.root !== here.home)
    return [{ verdict: 'snap-blind', dataRoot, why: 'outside' }];
  const below = here.root.slice(here.home.length + 1);
  return below.startsWith('.') ? [{ verdict: 'snap-blind', dataRoot, why: 'hidden' }] : [];
}

/**
 * Whether the engine runs on the machine of this process: the same host name over the same kernel. A container may share
 * both with the machine below it (`--network host`), and does not see its files.
 */
export function isHere({
  name,
  kernel,
  here,
  dataRootSeen,
}: Pick<EngineSeen, 'name' | 'kernel' | 'here' | 'dataRootSeen'>): boolean {
  return name === here.name && kernel === here.kernel && (!here.container || dataRootSeen === true);
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/**
 * Where an engine is that answers at this address. An address alone does not tell: a tunnel ends on 127.0.0.1, and a
 * machine may be asked by its own name.
 */
export function whereabouts(seen: EngineSeen): Whereabouts {
  if (isHere(seen) || seen.name === undefined) return 'here';
  const { host, here, system = '' } = seen;
  const address = addressOf(host);
  const isLoopback = address.kind === 'tcp' && LOOPBACK.test(address.hostname);
  // Podman reaches its own machine by ssh to localhost.
  const ssh = /^ssh:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(host)?.[1];
  if (ssh !== undefined) return LOOPBACK.test(ssh.replace(/[[\]]/g, '')) ? 'virtual' : 'elsewhere';
  if (/docker desktop/i.test(system)) return here.container ? 'outside' : 'virtual';
  if (address.kind === 'tcp' && !isLoopback) {
    // Docker Desktop and others are reached so from WSL and from containers.
    return /^(?:host|gateway)\.docker\.internal$/i.test(address.hostname) ? 'virtual' : 'elsewhere';
  }
  if (address.kind === 'socket' || address.kind === 'pipe') {
    if (here.container) return 'outside';
    return 'virtual';
  }
  // Something on this machine hands the connection on: a tunnel, or a virtual machine that may share its files.
  return here.platform === 'linux' && isLoopback ? 'elsewhere' : 'virtual';
}

/** Whether the workspace has the same path outside of this container: then its binds mean the same there. */
export function isSamePathOutside({ mount, root }: EngineSeen['here']): boolean {
  if (!mount || mount.point === '/') return false;
  return mount.root === mount.point || mount.root.endsWith(mount.point) || root === mount.root;
}

/** Whether containers of a platform run: natively, emulated, or (undefined) nobody can tell from here. */
export function canRun(platform: string, seen: EngineSeen): boolean | undefined {
  const [os, arch] = normalised(platform);
  const [engineOs, engineArch] = normalised(seen.platform ?? '');
  if (os === '' || arch === '' || engineArch === '' || os !== engineOs || os !== 'linux') return undefined;
  if (arch === engineArch) return true;
  if (engineArch === 'amd64' && arch === '386') return true;
  // Some of these processors run 32-bit programs, and others no longer do.
  if (engineArch === 'arm64' && arch === 'arm') return undefined;
  if (!seen.emulated || !isHere(seen)) return undefined;
  return seen.emulated.includes(arch);
}

function normalised(platform: string): [string, string] {
  const [os = '', arch = ''] = platform.trim().toLowerCase().split('/');
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    'x86-64': 'amd64',
    aarch64: 'arm64',
    i386: '386',
    armhf: 'arm',
    armel: 'arm',
  };
  return [os, names[arch] ?? arch];
}
