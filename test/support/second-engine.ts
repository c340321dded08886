/** A second engine beside the one of with-engine.sh, with settings of the test's own. Only in namespaces of a run. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { run } from './run.ts';

export type SecondEngine = {
  /** `unix:///tmp/…/docker.sock` */
  readonly host: string;
  stop(): Promise<void>;
};

let count = 0;

/**
 * Starts dockerd and waits until it answers. It has a bridge of its own: one without a bridge would take the bridge of
 * its neighbour away.
 */
export async function startSecondEngine(
  dockerd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<SecondEngine> {
  const state = await realpath(await mkdtemp('/tmp/dm-second-'));
  const bridge = `dmtest${count++}`;
  const busybox = (...words: string[]) => run(['busybox', ...words]);
  await busybox('brctl', 'addbr', bridge);
  await busybox('ip', 'addr', 'add', `10.231.${count}.1/24`, 'dev', bridge);
  await busybox('ip', 'link', 'set', bridge, 'up');
  const host = `unix://${state}/docker.sock`;
  const child = spawn(
    // When the tests are killed, the engine does not stay behind.
    'setpriv',
    // biome-ignore format: one option with its value per line reads worse
    ['--pdeathsig', 'TERM', dockerd, '--data-root', `${state}/data`, '--exec-root', `${state}/exec`, '--pidfile', `${state}/pid`, '-H', host,
      '--bridge', bridge, '--iptables=false', '--ip6tables=false', '--log-level', 'warn', ...args],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, HOME: state, ...env } },
  );
  let log = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    log = (log + text).slice(-4_000);
  });
  let isOver = false;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      isOver = true;
      resolve();
    }),
  );
  const stop = async () => {
    if (!isOver) child.kill('SIGTERM');
    await ended;
    await busybox('ip', 'link', 'set', bridge, 'down');
    await busybox('brctl', 'delbr', bridge);
    const mounts = await readFile('/proc/self/mounts', 'utf8');
    const below = mounts.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
    for (const place of below.filter((one) => one.startsWith(`${state}/`)).reverse())
      await run(['umount', place]);
    await rm(state, { recursive: true, force: true });
  };
  const end = Date.now() + 60_000;
  for (;;) {
    if ((await run(['docker', '-H', host, 'version'])).code === 0) return { host, stop };
    if (isOver || Date.now() > end) {
      await stop();
      throw new Error(`dockerd does not answer: ${log}`);
    }
  }
}
