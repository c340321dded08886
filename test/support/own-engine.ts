/** A real dockerd of a test's own, beside the engine that the tests run with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { run } from './run.ts';

export type SecondEngine = {
  readonly socket: string;
  readonly host: string;
  readonly pid: number;
  readonly dataRoot: string;
  /** All that it wrote so far. */
  log(): string;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
};

export type SecondEngineOptions = {
  /** Options of dockerd besides its directories and its socket. */
  readonly args?: readonly string[];
  /** A tmpfs of this size is put under its data: `32m`, `32m,nr_inodes=2000`. */
  readonly room?: string;
  /** The host name that it sees, in a namespace of its own. */
  readonly hostname?: string;
};

/** Why none can be started here; undefined where one can. */
export function secondEngineMissing(): string | undefined {
  if (!process.env.DOCKMEDIC_DOCKERD) return 'there is no dockerd to start';
  // Its own namespaces and mounts need the rights of root.
  return process.getuid?.() === 0 ? undefined : 'only root can start a second engine';
}

/** Starts a daemon and waits until it answers. */
export async function startSecondEngine(options: SecondEngineOptions = {}): Promise<SecondEngine> {
  // Short: the path of a socket ends at 108 bytes, and the daemon puts some deep below.
  const state = await mkdtemp('/tmp/dm-d-');
  const dataRoot = `${state}/data`;
  const socket = `${state}/s.sock`;
  await mkdir(dataRoot);
  if (options.room) await run(['mount', '-t', 'tmpfs', '-o', `size=${options.room}`, 'tmpfs', dataRoot]);
  const dockerd = [
    process.env.DOCKMEDIC_DOCKERD ?? 'dockerd',
    ...['--data-root', dataRoot, '--exec-root', `${state}/exec`, '--pidfile', `${state}/pid`],
    ...['-H', `unix://${socket}`, '--bridge=none', '--iptables=false', '--ip6tables=false'],
    ...(options.args ?? []),
  ];
  // A network of its own: a daemon without a bridge takes the bridge of its neighbour away.
  const inside = `busybox ip link set lo up; ${options.hostname ? `hostname ${options.hostname}; ` : ''}exec "$@"`;
  const child = spawn('unshare', ['--net', '--uts', 'sh', '-c', inside, 'sh', ...dockerd], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      log += text;
    });
  }
  const stop = async () => {
    await end(child, state);
    await removeBelow(state);
  };
  try {
    await untilUp(child, socket, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { socket, host: `unix://${socket}`, pid: child.pid as number, dataRoot, log: () => log, stop };
}

async function untilUp(child: ChildProcess, socket: string, log: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}: ${log()}`);
    const asked = existsSync(socket)
      ? await run(['docker', '-H', `unix://${socket}`, 'version', '--format', '{{.Server.Version}}'])
      : undefined;
    if (asked?.code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** By force after a while, its containerd too: a disk that is full may keep both from an orderly end. */
async function end(child: ChildProcess, state: string): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
  const pid = Number(await readFile(`${state}/exec/containerd/containerd.pid`, 'utf8').catch(() => ''));
  if (pid > 1) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended with its daemon.
    }
  }
}

async function removeBelow(state: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${state}/`));
  for (const point of mounts.reverse()) await run(['umount', '-l', point]);
  await rm(state, { recursive: true, force: true });
}
