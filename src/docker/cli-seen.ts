/** Looks at the docker CLI and its plugins as the CLI itself would, and asks each who it is. */
import { lstat, readlink } from 'node:fs/promises';
import type { Broken, CliSeen, DanglingLink, PluginSeen } from './cli-model.ts';
import { readDockerConfig } from './config.ts';
import { type DockerEnvironment, dockerDirectory, isWsl, pathsOf, variable } from './environment.ts';
import { isObject } from './json.ts';
import { pluginDirectories } from './plugins.ts';
import { ask, obstacleTo } from './programs.ts';

/** The longest that one program may take to say who it is, in milliseconds. */
const PROGRAM_MS = 3_000;

/** Variables that would make the CLI ask an engine, or ask it otherwise. */
const OF_ENGINES = [
  'DOCKER_CONTEXT',
  'DOCKER_API_VERSION',
  'DOCKER_TLS',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
];

/** Where Docker's installers put the CLI, for those whose PATH does not look there. */
const USUAL_PLACES = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/snap/bin'];

/** Never throws. `leftMs` says how long it may still take, in milliseconds. */
export async function lookAtCli(environment: DockerEnvironment, leftMs: () => number): Promise<CliSeen> {
  const { disk, platform } = environment;
  const limit = () => Math.min(PROGRAM_MS, leftMs());
  const wsl = isWsl(environment);
  const windows = platform === 'win32';
  const onPath = findAll(environment, windows ? 'docker.exe' : 'docker');
  const dangling = await danglingOf(
    directoriesOf(environment),
    windows ? 'docker.exe' : 'docker',
    environment,
  );
  const [first] = onPath;
  const offPath = first ? undefined : elsewhere(environment);
  const windowsPath = wsl ? findAll(environment, 'docker.exe')[0] : undefined;
  const directories = pluginDirectories(environment, readDockerConfig(environment).config.pluginDirectories);
  const [client, composeFile, buildxFile] = await Promise.all([
    first === undefined ? undefined : askClient(first, environment, limit()),
    lookAtPlugin('docker-compose', directories, environment, limit()),
    lookAtPlugin('docker-buildx', directories, environment, limit()),
  ]);
  const isDockers = client?.kind === 'docker';
  const confirm = (plugin: PluginSeen, command: string) =>
    first !== undefined && isDockers ? confirmed(plugin, command, first, environment, limit()) : plugin;
  const [compose, buildx] = await Promise.all([
    confirm(composeFile, 'compose'),
    confirm(buildxFile, 'buildx'),
  ]);
  const needsStandalone = !isDockers || compose.state !== 'works';
  const standalone = needsStandalone ? await askStandalone(environment, limit()) : undefined;
  const pin = variable(environment, 'DOCKER_API_VERSION');
  return {
    onPath: onPath.map((path) => {
      const real = disk.realPath(path);
      return { path, ...(real !== undefined && real !== path && { real }) };
    }),
    dangling,
    ...(offPath && { offPath }),
    ...(windowsPath && { windowsPath }),
    ...(client && { client }),
    ...(isDockers && { compose, buildx }),
    pluginDirectories: directories,
    ownPlugins: pathsOf(environment).join(dockerDirectory(environment), 'cli-plugins'),
    ...(standalone && { standalone }),
    ...(pin !== undefined && { pinned: versionPinned(pin) }),
    buildsWithout: isOff(environment, 'DOCKER_BUILDKIT') || isOff(environment, 'COMPOSE_BAKE'),
    system: systemOf(environment),
    wsl,
    container: disk.exists('/.dockerenv') || disk.exists('/run/.containerenv'),
  };
}

/** As the CLI takes it: with or without a `v`, without blanks. Anything else is `page not found` to an engine. */
export function versionPinned(value: string): { readonly version?: string } {
  const version = /^v?(\d{1,4}\.\d{1,4})(?:\.\d{1,4})?$/.exec(value)?.[1];
  return version === undefined ? {} : { version };
}

/** Go's idea of false (`strconv.ParseBool`), by which Docker and Compose read these. */
function isOff(environment: DockerEnvironment, name: string): boolean {
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(variable(environment, name) ?? '');
}

/** Relative directories of PATH are passed over: they would let a workspace bring its own docker. */
function directoriesOf(environment: DockerEnvironment): readonly string[] {
  const paths = pathsOf(environment);
  const entries = (variable(environment, 'PATH') ?? '').split(paths.delimiter);
  return [
    ...new Set(entries.filter((entry) => paths.isAbsolute(entry)).map((entry) => paths.normalize(entry))),
  ];
}

/** Every program of a name on PATH that leads somewhere else than those before it. */
function findAll(environment: DockerEnvironment, name: string): readonly string[] {
  const { disk } = environment;
  const seen = new Set<string>();
  return directoriesOf(environment)
    .map((directory) => pathsOf(environment).join(directory, name))
    .filter((path) => {
      const real = disk.realPath(path) ?? path;
      if (seen.has(real) || !disk.isExecutable(path)) return false;
      seen.add(real);
      return true;
    });
}

function elsewhere(environment: DockerEnvironment): string | undefined {
  const { home, platform, disk } = environment;
  if (platform === 'win32') {
    const programs = variable(environment, 'ProgramFiles') ?? 'C:\\Program Files';
    return [
      `${programs}\\Docker\\Docker\\resources\\bin\\docker.exe`,
      `${programs}\\Docker\\docker.exe`,
    ].find(disk.isExecutable);
  }
  const own = [`${home}/.docker/bin`, `${home}/.rd/bin`, `${home}/.orbstack/bin`];
  const apps = platform === 'darwin' ? ['/Applications/Docker.app/Contents/Resources/bin'] : [];
  return [...USUAL_PLACES, ...own, ...apps].map((directory) => `${directory}/docker`).find(disk.isExecutable);
}

async function danglingOf(
  directories: readonly string[],
  name: string,
  environment: DockerEnvironment,
): Promise<readonly DanglingLink[]> {
  const found = await Promise.all(
    directories.map(async (directory) => {
      const path = pathsOf(environment).join(directory, name);
      if (environment.disk.exists(path)) return [];
      const isLink = await lstat(path).then(
        (entry) => entry.isSymbolicLink(),
        () => false,
      );
      const target = isLink ? await readlink(path).catch(() => undefined) : undefined;
      return target === undefined ? [] : [{ path, target }];
    }),
  );
  return found.flat();
}

/** Asks the CLI for its own version only: the engine that it is told to ask is nowhere. */
async function askClient(
  path: string,
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<NonNullable<CliSeen['client']>> {
  const { disk, platform } = environment;
  const real = disk.realPath(path) ?? path;
  // `podman-docker` brings a script; other systems have a link.
  if (/[\\/]podman(?:\.exe)?$/.test(real) || isPodmanScript(disk.read(real))) return { kind: 'podman' };
  const obstacle = await obstacleTo(path, platform, process.arch, disk.isExecutable);
  if (obstacle) return { kind: 'broken', ...obstacle };
  const nowhere =
    platform === 'win32' ? 'npipe:////./pipe/dockmedic-nowhere' : 'unix:///dev/null/docker.sock';
  const env: Record<string, string | undefined> = { ...environment.env, DOCKER_HOST: nowhere };
  for (const name of OF_ENGINES) delete env[name];
  const ran = await ask(path, ['version', '--format', '{{json .Client}}'], env, timeoutMs);
  if ('why' in ran)
    return ran.why === 'timeout' ? { kind: 'silent', seen: ran.seen } : { kind: 'broken', ...ran };
  const told = jsonOf(ran.stdout);
  const text = (name: string) => (typeof told?.[name] === 'string' ? printable(told[name]) : undefined);
  const version = text('Version');
  const apiVersion = text('DefaultAPIVersion') ?? text('ApiVersion');
  return { kind: 'docker', ...(version && { version }), ...(apiVersion && { apiVersion }) };
}

function isPodmanScript(text: string | undefined): boolean {
  return text !== undefined && /^#!.*\n[\s\S]*\bpodman\b/.test(text);
}

/**
 * A plugin is looked for as `docker compose` does (docker/cli, `manager.PluginRunCommand`): the first file of its name
 * counts, be it broken; a link that leads nowhere is passed over. Each has to name itself in JSON.
 */
async function lookAtPlugin(
  name: string,
  directories: readonly string[],
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<PluginSeen> {
  const { disk, platform } = environment;
  const file = platform === 'win32' ? `${name}.exe` : name;
  const [path, ...later] = directories
    .map((directory) => pathsOf(environment).join(directory, file))
    .filter((candidate) => disk.exists(candidate));
  if (path === undefined)
    return { state: 'missing', dangling: await danglingOf(directories, file, environment) };
  const told = await metadataOf(path, environment, timeoutMs, platform);
  if (typeof told === 'string') return { state: 'works', path, version: told };
  const [behind] = later;
  return { state: 'broken', path, ...told, ...(behind !== undefined && { behind }) };
}

/**
 * The CLI has the last word: builds of it for snap, Nix and others look into directories that nobody else knows of.
 * Asked only where no plugin that works was seen; `version` asks no engine.
 */
async function confirmed(
  plugin: PluginSeen,
  command: string,
  docker: string,
  { env }: DockerEnvironment,
  timeoutMs: number,
): Promise<PluginSeen> {
  if (plugin.state === 'works' || (plugin.state === 'broken' && plugin.why === 'timeout')) return plugin;
  const ran = await ask(docker, [command, 'version'], env, timeoutMs);
  if ('why' in ran) return { ...ran, state: 'broken', path: docker };
  const version = /\bv?(\d+\.\d+\.\d+\S*)/.exec(ran.stdout)?.[1];
  if (ran.code !== 0 || version === undefined) return plugin;
  return { state: 'works', path: `docker ${command}`, version: printable(version) };
}

async function metadataOf(
  path: string,
  { disk, env }: DockerEnvironment,
  timeoutMs: number,
  platform: string,
): Promise<string | Broken> {
  const obstacle = await obstacleTo(path, platform, process.arch, disk.isExecutable);
  if (obstacle) return obstacle;
  const ran = await ask(path, ['docker-cli-plugin-metadata'], env, timeoutMs);
  if ('why' in ran) return ran;
  const told = jsonOf(ran.stdout);
  if (typeof told?.SchemaVersion !== 'string' || !told.SchemaVersion.startsWith('0.1'))
    return { why: 'failed', seen: 'does not name itself as a plugin' };
  return typeof told.Version === 'string' ? printable(told.Version) : '';
}

async function askStandalone(
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<CliSeen['standalone']> {
  const [path] = findAll(
    environment,
    environment.platform === 'win32' ? 'docker-compose.exe' : 'docker-compose',
  );
  if (path === undefined) return undefined;
  if (await obstacleTo(path, environment.platform, process.arch, environment.disk.isExecutable))
    return { path };
  const ran = await ask(path, ['version', '--short'], environment.env, timeoutMs);
  const version = 'why' in ran ? undefined : /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(ran.stdout)?.[1];
  return { path, ...(version && { version: printable(version) }) };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** On one line, without terminal sequences, and short. */
function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, 60);
}

function systemOf({ platform, disk }: DockerEnvironment): CliSeen['system'] {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  const text = disk.read('/etc/os-release') ?? '';
  const ids = [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(/\s+/),
  );
  if (ids.some((id) => id === 'debian' || id === 'ubuntu')) return 'debian';
  if (ids.some((id) => ['fedora', 'rhel', 'centos', 'amzn'].includes(id))) return 'fedora';
  if (ids.includes('arch')) return 'arch';
  return ids.includes('alpine') ? 'alpine' : 'other';
}
