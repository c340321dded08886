/** The providers installed on a machine and the commands that start them: a pure function over facts. */
import type { Provider } from './model.ts';
import type { Executable, ProviderFacts } from './provider-facts.ts';

/**
 * What could be started here, the likeliest first. A provider without a start command that works on this machine
 * (a dockerd with no service manager) is left out: it would be a promise that nobody can keep.
 */
export function installedProviders(facts: ProviderFacts): readonly Provider[] {
  return [
    ...dockerDesktop(facts),
    ...dockerEngine(facts),
    ...dockerRootless(facts),
    ...orbstack(facts),
    ...colima(facts),
    ...rancherDesktop(facts),
    ...podman(facts),
    ...lima(facts),
  ];
}

const isDesktopOs = (facts: ProviderFacts) => facts.platform === 'darwin' || facts.platform === 'win32';

/** The first path that is present and ends so. */
function present(facts: ProviderFacts, ...endings: readonly string[]): string | undefined {
  for (const ending of endings) {
    const found = facts.present.find((path) => path.endsWith(ending));
    if (found !== undefined) return found;
  }
  return undefined;
}

function program(facts: ProviderFacts, name: Executable) {
  return facts.executables[name];
}

/**
 * Docker Desktop. From 4.37 on it is started by `docker desktop start`, which waits until the engine is up; before,
 * by opening the application.
 */
function dockerDesktop(facts: ProviderFacts): readonly Provider[] {
  const app = present(
    facts,
    '/Docker.app',
    'Docker Desktop.exe',
    '/opt/docker-desktop/bin/docker-desktop',
    '/user/docker-desktop.service',
  );
  const seen = app ?? facts.desktopPlugin;
  if (seen === undefined) return [];
  const common = {
    id: 'docker-desktop',
    name: 'Docker Desktop',
    seen,
    host: desktopHost(facts),
    needsPrivilege: false,
  } as const;
  const docker = program(facts, 'docker');
  if (facts.desktopPlugin !== undefined && docker) {
    return [{ ...common, start: [docker.run, 'desktop', 'start'], stop: [docker.run, 'desktop', 'stop'] }];
  }
  if (app === undefined) return [];
  if (facts.platform === 'darwin') {
    return [{ ...common, start: ['open', '-a', 'Docker'], stop: ['osascript', '-e', 'quit app "Docker"'] }];
  }
  // A Windows program, also where WSL runs it.
  if (facts.platform === 'win32' || app.endsWith('.exe')) return [{ ...common, start: [app] }];
  if (!facts.systemd) return [];
  const control = (verb: string) => ['systemctl', '--user', verb, 'docker-desktop'];
  return [{ ...common, start: control('start'), stop: control('stop') }];
}

function desktopHost(facts: ProviderFacts): string {
  if (facts.platform === 'win32') return 'npipe:////./pipe/dockerDesktopLinuxEngine';
  if (facts.platform === 'darwin') return `unix://${facts.home}/.docker/run/docker.sock`;
  // With WSL integration, Desktop serves the distribution's own default socket.
  return facts.wsl ? 'unix:///var/run/docker.sock' : `unix://${facts.home}/.docker/desktop/docker.sock`;
}

/**
 * Docker Engine as a service of the system, on Linux and on Windows Server. Without systemd as init (WSL, containers) its
 * init script is used.
 */
function dockerEngine(facts: ProviderFacts): readonly Provider[] {
  if (facts.platform === 'win32') return windowsEngine(facts);
  if (facts.platform !== 'linux') return [];
  const needsPrivilege = facts.uid !== 0;
  const common = {
    id: 'docker-engine',
    name: 'Docker Engine',
    host: 'unix:///var/run/docker.sock',
    needsPrivilege,
  } as const;
  const sudo = program(facts, 'sudo');
  const as = needsPrivilege && sudo ? [sudo.run] : [];
  const unit = present(facts, '/system/docker.service');
  if (facts.systemd && unit !== undefined) {
    // Left alone, the socket unit would start the service again with the next connection.
    const socket = present(facts, '/system/docker.socket') === undefined ? [] : ['docker.socket'];
    const stop = [...as, 'systemctl', 'stop', 'docker.service', ...socket];
    return [
      { ...common, seen: `systemd unit ${unit}`, start: [...as, 'systemctl', 'start', 'docker'], stop },
    ];
  }
  const script = present(facts, '/etc/init.d/docker');
  if (facts.systemd || script === undefined) return [];
  const control = (verb: string) => [...as, 'service', 'docker', verb];
  return [{ ...common, seen: script, start: control('start'), stop: control('stop') }];
}

/** The engine of Windows Server: a service that only an administrator starts. Docker Desktop brings a file of another name. */
function windowsEngine(facts: ProviderFacts): readonly Provider[] {
  const seen = present(facts, '\\Docker\\dockerd.exe');
  if (seen === undefined) return [];
  return [
    {
      id: 'docker-engine',
      name: 'Docker Engine',
      seen,
      start: ['net', 'start', 'docker'],
      stop: ['net', 'stop', 'docker'],
      host: 'npipe:////./pipe/docker_engine',
      needsPrivilege: true,
    },
  ];
}

/** A rootless engine, which its set-up tool installs as a service of the user. Root has none. */
function dockerRootless(facts: ProviderFacts): readonly Provider[] {
  const unit = present(facts, '/user/docker.service');
  if (facts.platform !== 'linux' || !facts.systemd || facts.uid === 0 || unit === undefined) return [];
  const socket = facts.runtimeDirectory
    ? `${facts.runtimeDirectory}/docker.sock`
    : `${facts.home}/.docker/run/docker.sock`;
  return [
    {
      id: 'docker-rootless',
      name: 'Docker Engine (rootless)',
      seen: `systemd unit ${unit}`,
      start: ['systemctl', '--user', 'start', 'docker'],
      stop: ['systemctl', '--user', 'stop', 'docker'],
      host: `unix://${socket}`,
      needsPrivilege: false,
    },
  ];
}

function orbstack(facts: ProviderFacts): readonly Provider[] {
  if (facts.platform !== 'darwin') return [];
  const orb = program(facts, 'orb');
  const app = present(facts, '/OrbStack.app');
  const seen = orb?.path ?? app;
  if (seen === undefined) return [];
  const host = `unix://${facts.home}/.orbstack/run/docker.sock`;
  const common = { id: 'orbstack', name: 'OrbStack', seen, host, needsPrivilege: false } as const;
  if (orb) return [{ ...common, start: [orb.run, 'start'], stop: [orb.run, 'stop'] }];
  return [{ ...common, start: ['open', '-a', 'OrbStack'] }];
}

/** Colima, once per profile: each has an engine and a socket of its own. Profiles exist once they were started. */
function colima(facts: ProviderFacts): readonly Provider[] {
  const found = program(facts, 'colima');
  if (!found || facts.platform === 'win32') return [];
  const others = facts.colima.profiles.filter((profile) => profile !== 'default');
  return ['default', ...others].map((profile) => {
    const named = profile === 'default' ? [] : [profile];
    return {
      id: 'colima',
      name: profile === 'default' ? 'Colima' : `Colima (profile ${profile})`,
      seen: found.path,
      start: [found.run, 'start', ...named],
      stop: [found.run, 'stop', ...named],
      host: `unix://${facts.colima.home}/${profile}/docker.sock`,
      needsPrivilege: false,
    };
  });
}

function rancherDesktop(facts: ProviderFacts): readonly Provider[] {
  const rdctl = program(facts, 'rdctl');
  const app = present(
    facts,
    '/Rancher Desktop.app',
    'Rancher Desktop.exe',
    '/opt/rancher-desktop/rancher-desktop',
  );
  const seen = rdctl?.path ?? app;
  if (seen === undefined) return [];
  const socket = facts.wsl ? '/var/run/docker.sock' : `${facts.home}/.rd/docker.sock`;
  const host = facts.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : `unix://${socket}`;
  const common = {
    id: 'rancher-desktop',
    name: 'Rancher Desktop',
    seen,
    host,
    needsPrivilege: false,
  } as const;
  if (rdctl) return [{ ...common, start: [rdctl.run, 'start'], stop: [rdctl.run, 'shutdown'] }];
  if (facts.platform === 'darwin') return [{ ...common, start: ['open', '-a', 'Rancher Desktop'] }];
  return [{ ...common, start: [seen] }];
}

/** Podman: a virtual machine on macOS and Windows, a socket unit of systemd on Linux. */
function podman(facts: ProviderFacts): readonly Provider[] {
  const found = program(facts, 'podman');
  if (!found) return [];
  const common = { id: 'podman', name: 'Podman', seen: found.path } as const;
  if (isDesktopOs(facts)) {
    const socket = `unix://${facts.home}/.local/share/containers/podman/machine/podman.sock`;
    const host = facts.platform === 'win32' ? 'npipe:////./pipe/podman-machine-default' : socket;
    const machine = (verb: string) => [found.run, 'machine', verb];
    return [{ ...common, start: machine('start'), stop: machine('stop'), host, needsPrivilege: false }];
  }
  const root = facts.uid === 0;
  const unit = present(facts, root ? '/system/podman.socket' : '/user/podman.socket');
  const directory = root ? '/run' : facts.runtimeDirectory;
  if (!facts.systemd || unit === undefined || directory === undefined) return [];
  const control = (verb: string) => ['systemctl', ...(root ? [] : ['--user']), verb, 'podman.socket'];
  const host = `unix://${directory}/podman/podman.sock`;
  return [{ ...common, start: control('start'), stop: control('stop'), host, needsPrivilege: false }];
}

/** Lima instances made from a docker template; other instances have no Docker engine. */
function lima(facts: ProviderFacts): readonly Provider[] {
  const found = program(facts, 'limactl');
  if (!found) return [];
  return facts.lima.instances.map((instance) => ({
    id: 'lima',
    name: `Lima (instance ${instance})`,
    seen: `${facts.lima.home}/${instance}/lima.yaml`,
    start: [found.run, 'start', instance],
    stop: [found.run, 'stop', instance],
    host: `unix://${facts.lima.home}/${instance}/sock/docker.sock`,
    needsPrivilege: false,
  }));
}
