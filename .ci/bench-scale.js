/**
 * How dockmedic grows with a workspace, and how it compares with `docker compose config -q`, in one run on one
 * machine: every bound is a ratio of two figures taken side by side.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeWorkspace } from './bench-workspace.js';

/** A child that says at its end, on descriptor 3, what it took; nothing of dockmedic knows of it. */
const TELLS =
  "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))";

/** How much more the next size may take for each further file than the one before. */
const GROWTH = 1.5;
/** Of one `docker compose config -q` for one project, and of a hundred for a hundred projects. */
const ONE = 1.5;
const HUNDRED = 0.2;

/** @returns whether everything was within its bounds */
export function benchScale({ bin, quick, median }) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'dockmedic-bench-'));
  try {
    const sizes = quick ? [1, 10, 100] : [1, 10, 100, 1_000, 10_000];
    const roots = new Map(sizes.map((size) => [size, path.join(directory, String(size))]));
    const files = new Map([...roots].map(([size, root]) => [size, writeWorkspace(root, size)]));
    const grown = benchGrowth({ bin, roots, median });
    const compared = benchCompose({ bin, roots, files, directory, median, quick });
    return grown && compared;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function benchGrowth({ bin, roots, median }) {
  console.log(
    '\nfiles   wall ms    CPU ms   peak MB   CPU ms/file   MB/file   (a further file, over one file alone)',
  );
  let within = true;
  let first;
  let before;
  for (const [size, root] of roots) {
    const runs = Array.from({ length: size > 100 ? 1 : 5 }, () => measure(bin, root));
    const seen = {
      size,
      wall: median(runs.map(({ wall }) => wall)),
      cpu: median(runs.map(({ cpu }) => cpu)),
      peak: median(runs.map(({ peak }) => peak)),
    };
    first ??= seen;
    const rate = (of) => (seen[of] - first[of]) / (size - 1);
    const now = size === 1 ? undefined : { cpu: rate('cpu'), peak: rate('peak') };
    console.log(
      [
        String(size).padStart(5),
        seen.wall.toFixed(0).padStart(9),
        seen.cpu.toFixed(0).padStart(9),
        seen.peak.toFixed(0).padStart(9),
        (now?.cpu.toFixed(2) ?? '').padStart(13),
        (now?.peak.toFixed(3) ?? '').padStart(9),
      ].join(' '),
    );
    if (now && before) {
      for (const [what, unit] of [
        ['cpu', 'CPU time'],
        ['peak', 'memory'],
      ]) {
        const ratio = now[what] / before[what];
        if (ratio <= GROWTH) continue;
        within = false;
        console.log(`      ${unit} for a file grew ${ratio.toFixed(2)} × (ABOVE ${GROWTH} ×)`);
      }
    }
    before = now ?? before;
  }
  return within;
}

function measure(bin, root) {
  const started = performance.now();
  const { status, output, error } = spawnSync(
    process.execPath,
    ['--import', TELLS, bin, root, '--offline', '--no-engine', '--format', 'text'],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe'], env: { ...process.env, CI: '1' } },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`dockmedic ended with ${status} for ${root}`);
  const wall = performance.now() - started;
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(output[3].toString());
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS / 1024 };
}

function benchCompose({ bin, roots, files, directory, median, quick }) {
  const compose = findCompose(directory);
  if (typeof compose === 'string') {
    console.log(`\nnot compared with docker compose: ${compose}`);
    return true;
  }
  const doctor = (root) =>
    timed([process.execPath, bin, root, '--offline', '--no-engine', '--format', 'text'], {});
  const config = (file) => timed(['docker', 'compose', '-f', file, 'config', '-q'], compose.env);
  const [single] = files.get(1);
  doctor(roots.get(1));
  config(single);
  // In turns, so that both see the same machine.
  const pairs = Array.from({ length: 21 }, () => [doctor(roots.get(1)), config(single)]);
  const [ours, theirs] = [0, 1].map((at) => median(pairs.map((pair) => pair[at])));
  const one = median(pairs.map(([a, b]) => a / b));
  console.log(`\ncompared with docker compose config -q (${compose.version})`);
  const oneWithin = judge(`one project: ${ours.toFixed(0)} ms to ${theirs.toFixed(0)} ms`, one, ONE);

  // One call is like another: the quick run makes every fourth of them.
  const asked = files.get(100).filter((_, at) => !quick || at % 4 === 0);
  const sum = (asked.reduce((total, file) => total + config(file), 0) * 100) / asked.length;
  const whole = median([1, 2, 3].map(() => doctor(roots.get(100))));
  const text = `a hundred projects: ${whole.toFixed(0)} ms to ${sum.toFixed(0)} ms in a hundred calls`;
  return judge(text, whole / sum, HUNDRED) && oneWithin;
}

function judge(text, ratio, bound) {
  const within = ratio <= bound;
  console.log(`${text}, ${ratio.toFixed(3)} × (${within ? 'within' : 'ABOVE'} ${bound} ×)`);
  return within;
}

/** `docker compose`, or the plugin that DOCKMEDIC_COMPOSE names behind the same `docker`; or why there is neither. */
function findCompose(directory) {
  const plugin = process.env.DOCKMEDIC_COMPOSE;
  const env = {};
  if (plugin) {
    if (!existsSync(plugin)) return `${plugin} (DOCKMEDIC_COMPOSE) is not there`;
    const plugins = path.join(directory, 'docker/cli-plugins');
    mkdirSync(plugins, { recursive: true });
    symlinkSync(path.resolve(plugin), path.join(plugins, 'docker-compose'));
    env.DOCKER_CONFIG = path.dirname(plugins);
  }
  const { status, stdout } = spawnSync('docker', ['compose', 'version', '--short'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) return 'docker or its compose plugin is not here (DOCKMEDIC_COMPOSE names one)';
  return { env, version: stdout.trim() };
}

/** Wall time of one process in milliseconds. */
function timed([file, ...args], env) {
  const started = performance.now();
  const { status, error } = spawnSync(file, args, {
    stdio: 'ignore',
    env: { ...process.env, CI: '1', ...env },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}`);
  return performance.now() - started;
}
