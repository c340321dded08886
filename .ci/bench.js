/**
 * Measures start-up as ratios to a bare `node -e 0` in the same run: these are what stays the same from machine to
 * machine. Then how time and memory grow with the workspace, and how that compares with `docker compose config -q`.
 * Prints figures; fails where a ratio is above its bound. `--quick` takes fewer rounds and leaves the large workspaces
 * out: it is for CI.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchImages } from './bench-images.js';
import { benchScale } from './bench-scale.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const quick = process.argv.includes('--quick');
const rounds = quick ? 25 : 41;
const bin = path.join(root, 'bin/dockmedic.js');
const healthy = path.join(root, 'examples/healthy');

const subjects = [
  { name: 'dockmedic --version', args: [bin, '--version'], bound: 2 },
  {
    name: 'healthy example, no live facts',
    args: [bin, healthy, '--offline', '--no-engine', '--format', 'text'],
    bound: 2.5,
  },
  {
    name: 'healthy example, as JSON',
    args: [bin, healthy, '--offline', '--no-engine', '--format', 'json'],
    bound: 2.5,
  },
];

/** Wall time of one process in milliseconds. */
function time(args) {
  const started = performance.now();
  const { status, error } = spawnSync(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, CI: '1' },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - started;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

time(['-e', '0']);
for (const { args } of subjects) time(args);
const bare = [];
const taken = subjects.map(() => []);
for (let round = 0; round < rounds; round++) {
  bare.push(time(['-e', '0']));
  // Each beside the bare start of its round: the machine may be slower in the next.
  subjects.forEach(({ args }, i) => {
    taken[i].push(time(args));
  });
}

console.log(`node ${process.version}, ${rounds} rounds; bare node -e 0: ${median(bare).toFixed(0)} ms`);
for (const [i, { name, bound }] of subjects.entries()) {
  const ratio = median(taken[i].map((ms, round) => ms / bare[round]));
  const verdict = ratio <= bound ? 'within' : 'ABOVE';
  console.log(
    `${name}: ${median(taken[i]).toFixed(0)} ms, ${ratio.toFixed(2)} × bare (${verdict} ${bound} ×)`,
  );
  if (ratio > bound) process.exitCode = 1;
}

if (!benchScale({ bin, quick, median })) process.exitCode = 1;
if (!(await benchImages({ bin }))) process.exitCode = 1;
