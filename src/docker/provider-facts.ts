/** What of each provider is installed here: gathered once, as plain data. */
import { readDockerConfig } from './config.ts';
import { colimaHomes, limaHome } from './endpoints.ts';
import { type DockerEnvironment, isWsl, pathsOf, runtimeDirectory, variable } from './environment.ts';
import { pluginDirectories } from './plugins.ts';

/** Programs that matter, by the name under which they are run. */
export type Executable = 'docker' | 'dockerd' | 'colima' | 'orb' | 'rdctl' | 'podman' | 'limactl' | 'sudo';

export type ProviderFacts = {
  /** As of `process.platform`. */
  readonly platform: string;
  readonly wsl: boolean;
  /** Whether systemd is the init of this Linux; `systemctl` works only then. */
  readonly systemd: boolean;
  readonly uid: number | undefined;
  readonly home: string;
  /** `XDG_RUNTIME_DIR`, Linux only. */
  readonly runtimeDirectory?: string;
  /** What to run a program by (its name where `PATH` finds it, else its path) and where it lies. */
  readonly executables: Partial<Record<Executable, { readonly run: string; readonly path: string }>>;
  /** Paths among those asked for that exist: applications, unit files, init scripts. */
  readonly present: readonly string[];
  /** The CLI plugin behind `docker desktop`, Docker Desktop 4.37 and later. */
  readonly desktopPlugin?: string;
  /** `ProgramFiles` of Windows; below WSL, as that Linux sees it. */
  readonly programFiles: string;
  readonly colima: { readonly home: string; readonly profiles: readonly string[] };
  /** Lima instances whose configuration forwards a docker socket. */
  readonly lima: { readonly home: string; readonly instances: readonly string[] };
};

const executables: readonly Executable[] = [
  'docker',
  'dockerd',
  'colima',
  'orb',
  'rdctl',
  'podman',
  'limactl',
  'sudo',
];

/** Profiles and instances become arguments of a command, so a name may not look like an option. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Where systemd looks for unit files, and by what name each engine's unit goes. */
const systemUnitDirectories = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
const userUnitDirectories = ['/etc/systemd/user', '/usr/lib/systemd/user', '/usr/local/lib/systemd/user'];

/** Looks at this machine; reads directories and a few small files, and runs nothing. */
export function gatherProviderFacts(environment: DockerEnvironment): ProviderFacts {
  const { disk, home, platform, uid } = environment;
  const wsl = isWsl(environment);
  const runtime = runtimeDirectory(environment);
  const programFiles = wsl
    ? '/mnt/c/Program Files'
    : (variable(environment, 'ProgramFiles') ?? 'C:\\Program Files');
  const desktopPlugin = findPlugin(environment);
  return {
    platform,
    wsl,
    systemd: platform === 'linux' && disk.exists('/run/systemd/system'),
    uid,
    home,
    ...(runtime && { runtimeDirectory: runtime }),
    executables: Object.fromEntries(
      executables.flatMap((name) => {
        const found = findExecutable(name, environment);
        return found ? [[name, found]] : [];
      }),
    ),
    present: marksOf(environment, programFiles, wsl).filter((path) => disk.exists(path)),
    ...(desktopPlugin && { desktopPlugin }),
    programFiles,
    colima: colimaFacts(environment),
    lima: limaFacts(environment),
  };
}

/** Paths whose presence says that something is installed. */
function marksOf(environment: DockerEnvironment, programFiles: string, wsl: boolean): readonly string[] {
  const { home, platform } = environment;
  if (platform === 'win32') {
    const local = variable(environment, 'LOCALAPPDATA') ?? `${home}\\AppData\\Local`;
    return [
      `${programFiles}\\Docker\\Docker\\Docker Desktop.exe`,
      `${programFiles}\\Docker\\dockerd.exe`,
      `${programFiles}\\Rancher Desktop\\Rancher Desktop.exe`,
      `${local}\\Programs\\Rancher Desktop\\Rancher Desktop.exe`,
    ];
  }
  if (platform === 'darwin') {
    return ['Docker', 'OrbStack', 'Rancher Desktop'].flatMap((name) => [
      `/Applications/${name}.app`,
      `${home}/Applications/${name}.app`,
    ]);
  }
  const configuration = variable(environment, 'XDG_CONFIG_HOME') ?? `${home}/.config`;
  return [
    ...systemUnitDirectories.flatMap((d) => [
      `${d}/docker.service`,
      `${d}/docker.socket`,
      `${d}/podman.socket`,
    ]),
    `${configuration}/systemd/user/docker.service`,
    ...userUnitDirectories.flatMap((d) => [
      `${d}/docker.service`,
      `${d}/podman.socket`,
      `${d}/docker-desktop.service`,
    ]),
    '/etc/init.d/docker',
    '/opt/docker-desktop/bin/docker-desktop',
    '/opt/rancher-desktop/rancher-desktop',
    ...(wsl ? [`${programFiles}/Docker/Docker/Docker Desktop.exe`] : []),
  ];
}

/** A program on `PATH`, else in the places that a shell started from a desktop often lacks. */
function findExecutable(
  name: Executable,
  environment: DockerEnvironment,
): { run: string; path: string } | undefined {
  const { disk, home, platform } = environment;
  const paths = pathsOf(environment);
  const file = platform === 'win32' ? `${name}.exe` : name;
  // An entry that is not absolute would be looked up in the workspace, which is not to be trusted.
  const onPath = (variable(environment, 'PATH') ?? '')
    .split(paths.delimiter)
    .filter((entry) => paths.isAbsolute(entry));
  for (const directory of onPath) {
    const path = paths.join(directory, file);
    if (disk.isExecutable(path)) return { run: name, path };
  }
  if (platform === 'win32') return undefined;
  const more = [
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/usr/bin',
    '/usr/sbin',
    `${home}/.docker/bin`,
    `${home}/.rd/bin`,
  ];
  const path = [...more, `${home}/.orbstack/bin`]
    .map((directory) => `${directory}/${file}`)
    .find((p) => disk.isExecutable(p));
  return path === undefined ? undefined : { run: path, path };
}

function findPlugin(environment: DockerEnvironment): string | undefined {
  const paths = pathsOf(environment);
  const extra = readDockerConfig(environment).config.pluginDirectories;
  const file = environment.platform === 'win32' ? 'docker-desktop.exe' : 'docker-desktop';
  return pluginDirectories(environment, extra)
    .map((directory) => paths.join(directory, file))
    .find((path) => environment.disk.isExecutable(path));
}

function colimaFacts(environment: DockerEnvironment): ProviderFacts['colima'] {
  const { disk } = environment;
  const homes = colimaHomes(environment);
  const home = homes.find((directory) => disk.exists(directory)) ?? homes[0] ?? `${environment.home}/.colima`;
  // Directories that start with "_" are Colima's own.
  const profiles = disk
    .list(home)
    .filter((name) => plainName.test(name) && disk.exists(`${home}/${name}/colima.yaml`));
  return { home, profiles };
}

function limaFacts(environment: DockerEnvironment): ProviderFacts['lima'] {
  const { disk } = environment;
  const home = limaHome(environment);
  const instances = disk
    .list(home)
    .filter(
      (name) => plainName.test(name) && /docker\.sock/.test(disk.read(`${home}/${name}/lima.yaml`) ?? ''),
    );
  return { home, instances };
}
