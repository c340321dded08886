/** Engines of the tests' own: a real dockerd with a socket, a data root and a network that nobody else uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { run } from './run.ts';

export type Daemon = {
  readonly pid: number;
  readonly socket: string;
  signal(name: NodeJS.Signals): void;
  /** Waits until it has ended, by `name` where it still runs. */
  end(name?: NodeJS.Signals): Promise<void>;
  dispose(): Promise<void>;
};

/** Short: a unix socket's path ends at 108 bytes. */
export async function startDaemon(dockerd: string, args: readonly string[] = []): Promise<Daemon> {
  const state = await realpath(await mkdtemp('/tmp/dm-eng-'));
  const socket = path.join(state, 'docker.sock');
  // A network of its own: a daemon without a bridge takes the bridge of its neighbour away.
  const inside = 'busybox ip link set lo up && exec "$@" >"$0" 2>&1 </dev/null';
  const child = spawn(
    'unshare',
    [
      ...['--net', 'sh', '-c', inside, path.join(state, 'log'), dockerd],
      ...['--data-root', `${state}/data`, '--exec-root', `${state}/exec`, '--pidfile', `${state}/pid`],
      ...['-H', `unix://${socket}`, '--bridge=none', '--iptables=false', '--ip6tables=false', ...args],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (name: NodeJS.Signals = 'SIGTERM') => {
    if (isAlive(child)) {
      // A stopped process takes no other signal.
      child.kill('SIGCONT');
      child.kill(name);
    }
    await ended;
  };
  const dispose = async () => {
    await end();
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const below = mounts.split('\n').map((line) => line.split(' ')[4] ?? '');
    for (const mount of below.filter((at) => at.startsWith(`${state}/`)).reverse())
      await run(['umount', '-l', mount]);
    await rm(state, { recursive: true, force: true });
  };
  while (!(await answers(socket))) {
    if (!isAlive(child)) {
      const log = await readFile(path.join(state, 'log'), 'utf8').catch(() => '');
      await dispose();
      throw new Error(`dockerd ended before it answered:\n${log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid ?? 0, socket, signal: (name) => void child.kill(name), end, dispose };
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
