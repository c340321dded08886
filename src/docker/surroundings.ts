/** What of a machine tells apart engines that are down in the same way: gathered once, as plain data. */
import type { DockerConfig } from './config.ts';
import { type DockerEnvironment, pathsOf, variable } from './environment.ts';
import { isObject, member, readJson } from './json.ts';
import type { AskedEndpoint, ChoosingVariable, DesktopState, EngineSurroundings } from './model.ts';
import type { ProviderFacts } from './provider-facts.ts';

/** What Docker Desktop's own Linux shares with the other distributions below WSL, while it runs. */
const SHARED = '/mnt/wsl/docker-desktop';

/** Reads files and runs nothing. `without` is what docker would ask without the variable that chose. */
export function gatherSurroundings(
  environment: DockerEnvironment,
  facts: ProviderFacts,
  config: DockerConfig,
  choosing: Pick<ChoosingVariable, 'name' | 'without'> | undefined,
): EngineSurroundings {
  const { disk, platform } = environment;
  const linux = platform === 'linux';
  const dockerd = facts.executables.dockerd?.path;
  const desktop = desktopState(environment, config);
  return {
    platform,
    ...(linux && { systemd: facts.systemd }),
    ...(linux && (disk.exists('/.dockerenv') || disk.exists('/run/.containerenv')) && { container: true }),
    ...(linux && dockerd !== undefined && { dockerd }),
    ...(facts.executables.sudo && { sudo: true }),
    ...(facts.wsl && { wsl: wslState(environment, facts) }),
    ...(Object.keys(desktop).length > 0 && { desktop }),
    ...(choosing && { variable: { ...choosing, setAt: placesOf(choosing.name, environment) } }),
  };
}

function wslState(
  environment: DockerEnvironment,
  facts: ProviderFacts,
): NonNullable<EngineSurroundings['wsl']> {
  const { disk } = environment;
  const distribution = variable(environment, 'WSL_DISTRO_NAME');
  const installed = facts.present.some((path) => path.endsWith('Docker Desktop.exe'));
  const docker = facts.executables.docker?.path;
  // Where the integration is off, a script in its place says so, or the Windows program is found.
  const real = docker === undefined ? undefined : (disk.realPath(docker) ?? docker);
  return {
    ...(distribution && { distribution: distribution.replace(/[^\w.-]/g, '?') }),
    desktop:
      disk.exists(`${SHARED}/cli-tools`) || disk.exists(`${SHARED}/shared-sockets`)
        ? 'running'
        : installed
          ? 'installed'
          : 'absent',
    integrated: real?.startsWith(`${SHARED}/`) === true,
  };
}

/** What Docker Desktop's files say of what it waits for. Where it is not installed they are absent. */
function desktopState(environment: DockerEnvironment, config: DockerConfig): DesktopState {
  const signedIn = [...config.auths.keys()].some((key) => /(?:^|\/\/|\.)docker\.(?:io|com)\b/.test(key));
  const signIn = signedIn ? undefined : organisationsWanted(environment);
  const termsOpen = settingsFiles(environment).find((file) => {
    const settings = objectIn(environment.disk.read(file));
    const accepted = settings && (member(settings, 'LicenseTermsVersion') as unknown);
    return settings !== undefined && typeof accepted === 'number' && accepted < 1;
  });
  return { ...(signIn && { signIn }), ...(termsOpen && { termsOpen }) };
}

/** Where sign-in is enforced (Docker's manual, "Enforce sign-in": `registry.json`). */
function organisationsWanted(environment: DockerEnvironment): DesktopState['signIn'] {
  const data = variable(environment, 'ProgramData') ?? 'C:\\ProgramData';
  const file =
    {
      darwin: '/Library/Application Support/com.docker.docker/registry.json',
      win32: `${data}\\DockerDesktop\\registry.json`,
    }[environment.platform] ?? '/usr/share/docker-desktop/registry/registry.json';
  const found = objectIn(environment.disk.read(file));
  const names: unknown = found && member(found, 'allowedOrgs');
  const organisations = Array.isArray(names)
    ? names.filter((name): name is string => typeof name === 'string' && /^[\w.-]{1,64}$/.test(name))
    : [];
  return organisations.length > 0 ? { organisations, file } : undefined;
}

/** The settings of Docker Desktop; the second name is that of 4.34 and before. */
function settingsFiles(environment: DockerEnvironment): readonly string[] {
  const { home, platform } = environment;
  const paths = pathsOf(environment);
  const directory =
    platform === 'darwin'
      ? `${home}/Library/Group Containers/group.com.docker`
      : platform === 'win32'
        ? paths.join(variable(environment, 'APPDATA') ?? `${home}\\AppData\\Roaming`, 'Docker')
        : `${home}/.docker/desktop`;
  return ['settings-store.json', 'settings.json'].map((name) => paths.join(directory, name));
}

function objectIn(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  const json = readJson(text);
  return json.ok && isObject(json.value) ? json.value : undefined;
}

/** The files where a shell or a system sets a variable for good, with the line. The value is not read. */
function placesOf(name: string, environment: DockerEnvironment): readonly string[] {
  const { home, platform, disk } = environment;
  if (platform === 'win32') return [];
  const pattern = new RegExp(
    `^\\s*(?:export\\s+|set\\s+(?:-\\w+\\s+)*|setenv\\s+|Environment=["']?)?${name}(?:[=\\s]|$)`,
  );
  const files = [
    ...['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zshenv', '.zprofile'].map(
      (file) => `${home}/${file}`,
    ),
    `${home}/.config/fish/config.fish`,
    '/etc/environment',
    '/etc/profile',
    ...disk.list('/etc/profile.d').map((file) => `/etc/profile.d/${file}`),
  ];
  return files.flatMap((file) => {
    const lines = (disk.read(file) ?? '').split('\n');
    return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []));
  });
}

/** Whether what an endpoint's verdict rests on is worth asking Docker Desktop itself. */
export function isDesktops({ provider, host }: AskedEndpoint): boolean {
  return provider === 'docker-desktop' || /docker_engine$/i.test(host);
}

/**
 * What `docker desktop status` says, in one word; undefined where there is no such plugin or it does not know. It runs a
 * program of the docker CLI's own, for the endpoint of Docker Desktop only.
 */
export async function desktopStatus(
  facts: ProviderFacts,
  environment: DockerEnvironment,
  timeoutMs: number,
): Promise<string | undefined> {
  const docker = facts.executables.docker;
  if (!docker || facts.desktopPlugin === undefined) return undefined;
  const { execa } = await import('execa');
  const result = await execa(docker.path, ['desktop', 'status', '--format', 'json'], {
    env: environment.env as Record<string, string>,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 500,
    maxBuffer: 64 * 1024,
    windowsHide: true,
  });
  const status: unknown = member(objectIn(result.stdout) ?? {}, 'Status');
  return typeof status === 'string' && /^[a-z]{1,20}$/i.test(status) ? status.toLowerCase() : undefined;
}
