/** What is seen of an engine that answers, and what may be said of its health. */
import type { ApiRange } from './cli-model.ts';

export type EngineSeen = {
  /** Where it was asked. */
  readonly host: string;
  readonly api?: ApiRange;
  readonly version?: string;
  /** `linux/arm64`, in the names that images use. */
  readonly platform?: string;
  /** The host name of the machine that it runs on, its kernel and its system, as it says. */
  readonly name?: string;
  readonly kernel?: string;
  readonly system?: string;
  readonly dataRoot?: string;
  /** Whether this process sees a directory of that name. */
  readonly dataRootSeen?: boolean;
  readonly storageDriver?: string;
  /** What it warns of by itself. */
  readonly warnings: readonly string[];
  readonly runtimes?: readonly string[];
  readonly defaultRuntime?: string;
  /** `N/A` where the engine could not ask runc for its version. */
  readonly runcCommit?: string;
  /** By how much its clock is ahead of ours, in milliseconds; negative where it is behind. */
  readonly clockAheadMs?: number;
  readonly here: Here;
  /** The disk under its data, where that is a disk of this machine. */
  readonly disk?: DataDisk;
  /** Processors that the kernel emulates (`arm64`, `amd64`), where it is the kernel of this machine. */
  readonly emulated?: readonly string[];
};

/** This process's own side. */
export type Here = {
  readonly name: string;
  readonly kernel: string;
  /** As of `process.platform`. */
  readonly platform: string;
  readonly container: boolean;
  readonly home: string;
  /** The workspace, absolute, and where in its file system the mount starts that it lies on. */
  readonly root: string;
  readonly mount?: { readonly point: string; readonly root: string };
};

export type DataDisk = {
  readonly path: string;
  /** For root, and for others; in bytes. */
  readonly freeBytes: number;
  readonly availableBytes: number;
  /** Left out where the file system does not count them. */
  readonly inodes?: { readonly free: number; readonly total: number };
  readonly readOnly: boolean;
};

export type HealthVerdict =
  | { readonly verdict: 'disk-full'; readonly disk: DataDisk }
  | { readonly verdict: 'disk-low'; readonly disk: DataDisk }
  | { readonly verdict: 'inodes-full'; readonly disk: DataDisk }
  | { readonly verdict: 'inodes-low'; readonly disk: DataDisk }
  | { readonly verdict: 'data-root-read-only'; readonly disk: DataDisk }
  | { readonly verdict: 'clock-skew'; readonly aheadMs: number }
  | { readonly verdict: 'runtime-missing'; readonly runtime: string; readonly known: readonly string[] }
  | { readonly verdict: 'runc-fails' }
  | { readonly verdict: 'no-forwarding'; readonly said: string }
  | { readonly verdict: 'no-d-type'; readonly said: string }
  | { readonly verdict: 'open-to-all'; readonly said: string }
  | { readonly verdict: 'no-limits'; readonly said: string }
  | { readonly verdict: 'snap-blind'; readonly dataRoot: string; readonly why: 'hidden' | 'outside' };

/** Where an engine runs, as far as paths and ports go. */
export type Whereabouts =
  /** It sees this machine's files and opens ports on it. */
  | 'here'
  /** On another machine. */
  | 'elsewhere'
  /** On the machine below this container. */
  | 'outside'
  /** In a virtual machine that shares files and ports, as Docker Desktop's. */
  | 'virtual';
