/** Looks at the daemon of this machine where it does not answer: its configuration, its unit and the end of its log. */
import { open } from 'node:fs/promises';
import { splitWords } from '../compose/shell-words.ts';
import { lastWords } from './daemon.ts';
import type { DaemonSeen } from './daemon-model.ts';
import { type DockerEnvironment, variable } from './environment.ts';
import type { AskedEndpoint } from './model.ts';
import { ask, obstacleTo } from './programs.ts';

const DEFAULT_HOSTS = ['unix:///var/run/docker.sock', 'unix:///run/docker.sock'];
const CONFIG_FILE = '/etc/docker/daemon.json';
const PROGRAM_PLACES = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/sbin/dockerd'];
const UNIT_PLACES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
/** Where init scripts of Debian and others let it write. */
const LOG_FILES = ['/var/log/docker.log', '/var/log/docker/docker.log'];
const LOG_BYTES = 64 * 1024;

/** Only for the system's own engine on Linux, where nobody listens at its socket. Never throws. */
export async function lookAtDaemon(
  { host, ping }: AskedEndpoint,
  environment: DockerEnvironment,
  leftMs: () => number,
): Promise<DaemonSeen | undefined> {
  const { disk, platform } = environment;
  if (platform !== 'linux' || !DEFAULT_HOSTS.includes(host)) return undefined;
  if (ping.answer === 'up' || (ping.why !== 'missing' && ping.why !== 'refused')) return undefined;
  const onPath = (variable(environment, 'PATH') ?? '')
    .split(':')
    .filter((directory) => directory.startsWith('/'));
  const program = [...onPath.map((directory) => `${directory}/dockerd`), ...PROGRAM_PLACES].find(
    disk.isExecutable,
  );
  // A configuration that was left behind keeps nothing from starting.
  if (program === undefined) return undefined;
  const unit = unitOf(environment);
  const file = flagValue(unit?.flags ?? [], '--config-file') ?? CONFIG_FILE;
  const text = disk.read(file);
  const [validation, log] = await Promise.all([
    text === undefined ? undefined : validate(program, file, unit?.flags ?? [], environment, leftMs()),
    readLog(environment, leftMs()),
  ]);
  return {
    host,
    program,
    config: { file, ...(text !== undefined && { text }) },
    ...(unit && { unit }),
    ...(validation !== undefined && { validation }),
    ...(log && lastWords(log.text) !== undefined && { log }),
  };
}

/** `dockerd --validate` reads the file and starts nothing. The options of the unit are said too: some exclude each other. */
async function validate(
  program: string,
  file: string,
  flags: readonly string[],
  environment: DockerEnvironment,
  leftMs: number,
): Promise<string | undefined> {
  if (await obstacleTo(program, environment.platform, process.arch, environment.disk.isExecutable))
    return undefined;
  const given = withoutFlag(flags, '--config-file');
  const ran = await ask(
    program,
    ['--validate', ...given, '--config-file', file],
    environment.env,
    Math.min(3_000, leftMs),
  );
  if ('why' in ran) return undefined;
  if (ran.code === 0) return 'configuration OK';
  const said = ran.stderr
    .split('\n')
    .find((line) => line.startsWith('unable to configure the Docker daemon'));
  // It stumbled over something else, such as an option of the unit.
  return said;
}

/** The unit as systemd puts it together: the first file of its name, then drop-ins, of which an empty one clears. */
function unitOf({ disk }: DockerEnvironment): DaemonSeen['unit'] {
  const file = UNIT_PLACES.map((directory) => `${directory}/docker.service`).find(disk.exists);
  if (file === undefined) return undefined;
  const dropIns = UNIT_PLACES.flatMap((directory) =>
    disk
      .list(`${directory}/docker.service.d`)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${directory}/docker.service.d/${name}`),
  );
  let command: string | undefined;
  let from = file;
  for (const one of [file, ...dropIns]) {
    const text = (disk.read(one) ?? '').replace(/\\\r?\n/g, ' ');
    for (const [, value = ''] of text.matchAll(/^ExecStart=(.*)$/gm)) {
      command = value.trim() === '' ? undefined : value.trim();
      from = one;
    }
  }
  if (command === undefined) return undefined;
  // What systemd would put in place of a variable is not known here.
  const words = (splitWords(command) ?? []).map(({ text }) => text);
  const flags = words.slice(1).filter((word) => !word.includes('$'));
  return { file: from, flags };
}

function flagValue(flags: readonly string[], name: string): string | undefined {
  for (const [index, flag] of flags.entries()) {
    if (flag === name) return flags[index + 1];
    if (flag.startsWith(`${name}=`)) return flag.slice(name.length + 1);
  }
  return undefined;
}

function withoutFlag(flags: readonly string[], name: string): readonly string[] {
  return flags.filter(
    (flag, index) => flag !== name && !flag.startsWith(`${name}=`) && flags[index - 1] !== name,
  );
}

/** The journal of this boot where this user may read it, else a log file. */
async function readLog(environment: DockerEnvironment, leftMs: number): Promise<DaemonSeen['log']> {
  const { disk, env } = environment;
  const journalctl = ['/usr/bin/journalctl', '/bin/journalctl'].find(disk.isExecutable);
  if (journalctl && disk.exists('/run/systemd/system')) {
    const args = [
      '--unit',
      'docker.service',
      '--boot',
      '--lines',
      '200',
      '--output',
      'cat',
      '--no-pager',
      '--quiet',
    ];
    const ran = await ask(journalctl, args, env, Math.min(2_000, leftMs));
    if (!('why' in ran) && ran.code === 0 && ran.stdout !== '')
      return { from: 'journalctl --unit docker', text: ran.stdout };
  }
  for (const file of LOG_FILES) {
    const text = await tailOf(file);
    if (text !== undefined) return { from: file, text };
  }
  return undefined;
}

async function tailOf(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, LOG_BYTES));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
