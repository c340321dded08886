import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/docker/model.ts';
import { gatherProviderFacts } from '../../../src/docker/provider-facts.ts';
import { installedProviders } from '../../../src/docker/providers.ts';
import { type Home, machine, makeHome, thisMachine } from './machine.ts';

type Given = NonNullable<Parameters<typeof machine>[1]>;
const on = (platform: string, given: Given) =>
  installedProviders(gatherProviderFacts(machine(platform, given)));
const line = ({ id, start, stop, host, needsPrivilege, seen }: Provider) => ({
  id,
  start: start.join(' '),
  stop: stop?.join(' '),
  host,
  needsPrivilege,
  seen,
});

const systemd = '/run/systemd/system/x';
const wsl = { '/proc/version': 'Linux version 6.6.87.2-microsoft-standard-WSL2' };
const desktopExe = 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe';
const desktopExeInWsl = '/mnt/c/Program Files/Docker/Docker/Docker Desktop.exe';

const table: readonly [string, string, Given, ReturnType<typeof line>][] = [
  [
    'Docker Desktop on macOS, before its CLI',
    'darwin',
    { files: ['/Applications/Docker.app/Contents/Info.plist'] },
    {
      id: 'docker-desktop',
      start: 'open -a Docker',
      stop: 'osascript -e quit app "Docker"',
      host: 'unix:///Users/mia/.docker/run/docker.sock',
      needsPrivilege: false,
      seen: '/Applications/Docker.app',
    },
  ],
  [
    'Docker Desktop on macOS with its CLI',
    'darwin',
    {
      env: { DOCKER_CONFIG: '', PATH: '/usr/local/bin:/usr/bin' },
      files: [
        '/Applications/Docker.app/x',
        '/usr/local/bin/docker',
        '/Users/mia/.docker/cli-plugins/docker-desktop',
      ],
    },
    {
      id: 'docker-desktop',
      start: 'docker desktop start',
      stop: 'docker desktop stop',
      host: 'unix:///Users/mia/.docker/run/docker.sock',
      needsPrivilege: false,
      seen: '/Applications/Docker.app',
    },
  ],
  [
    'Docker Desktop on Windows, before its CLI',
    'win32',
    { files: [desktopExe] },
    {
      id: 'docker-desktop',
      start: desktopExe,
      stop: undefined,
      host: 'npipe:////./pipe/dockerDesktopLinuxEngine',
      needsPrivilege: false,
      seen: desktopExe,
    },
  ],
  [
    'Docker Desktop on Windows with its CLI',
    'win32',
    {
      env: {
        Path: 'C:\\Windows;C:\\Program Files\\Docker\\Docker\\resources\\bin',
        ProgramFiles: 'C:\\Program Files',
      },
      files: [
        desktopExe,
        'C:\\Program Files\\Docker\\Docker\\resources\\bin\\docker.exe',
        'C:\\Program Files\\Docker\\cli-plugins\\docker-desktop.exe',
      ],
    },
    {
      id: 'docker-desktop',
      start: 'docker desktop start',
      stop: 'docker desktop stop',
      host: 'npipe:////./pipe/dockerDesktopLinuxEngine',
      needsPrivilege: false,
      seen: desktopExe,
    },
  ],
  [
    'Docker Desktop on Linux, before its CLI',
    'linux',
    { files: ['/opt/docker-desktop/bin/docker-desktop', systemd] },
    {
      id: 'docker-desktop',
      start: 'systemctl --user start docker-desktop',
      stop: 'systemctl --user stop docker-desktop',
      host: 'unix:///home/mia/.docker/desktop/docker.sock',
      needsPrivilege: false,
      seen: '/opt/docker-desktop/bin/docker-desktop',
    },
  ],
  [
    'Docker Desktop of Windows, seen from WSL2',
    'linux',
    { files: [desktopExeInWsl], texts: wsl },
    {
      id: 'docker-desktop',
      start: desktopExeInWsl,
      stop: undefined,
      host: 'unix:///var/run/docker.sock',
      needsPrivilege: false,
      seen: desktopExeInWsl,
    },
  ],
  [
    'a plugin alone',
    'linux',
    {
      env: { PATH: '/usr/bin' },
      files: ['/usr/bin/docker', '/usr/libexec/docker/cli-plugins/docker-desktop'],
    },
    {
      id: 'docker-desktop',
      start: 'docker desktop start',
      stop: 'docker desktop stop',
      host: 'unix:///home/mia/.docker/desktop/docker.sock',
      needsPrivilege: false,
      seen: '/usr/libexec/docker/cli-plugins/docker-desktop',
    },
  ],
  [
    'Docker Engine with systemd, for a user',
    'linux',
    {
      files: [
        '/usr/lib/systemd/system/docker.service',
        '/usr/lib/systemd/system/docker.socket',
        '/etc/init.d/docker',
        systemd,
      ],
    },
    {
      id: 'docker-engine',
      start: 'systemctl start docker',
      stop: 'systemctl stop docker.service docker.socket',
      host: 'unix:///var/run/docker.sock',
      needsPrivilege: true,
      seen: 'systemd unit /usr/lib/systemd/system/docker.service',
    },
  ],
  [
    'Docker Engine with systemd, for root, without a socket unit',
    'linux',
    { uid: 0, files: ['/etc/systemd/system/docker.service', systemd] },
    {
      id: 'docker-engine',
      start: 'systemctl start docker',
      stop: 'systemctl stop docker.service',
      host: 'unix:///var/run/docker.sock',
      needsPrivilege: false,
      seen: 'systemd unit /etc/systemd/system/docker.service',
    },
  ],
  [
    'Docker Engine in WSL2 without systemd',
    'linux',
    { files: ['/lib/systemd/system/docker.service', '/etc/init.d/docker'], texts: wsl },
    {
      id: 'docker-engine',
      start: 'service docker start',
      stop: 'service docker stop',
      host: 'unix:///var/run/docker.sock',
      needsPrivilege: true,
      seen: '/etc/init.d/docker',
    },
  ],
  [
    'a rootless engine',
    'linux',
    {
      env: { XDG_RUNTIME_DIR: '/run/user/1000' },
      files: ['/home/mia/.config/systemd/user/docker.service', systemd],
    },
    {
      id: 'docker-rootless',
      start: 'systemctl --user start docker',
      stop: 'systemctl --user stop docker',
      host: 'unix:///run/user/1000/docker.sock',
      needsPrivilege: false,
      seen: 'systemd unit /home/mia/.config/systemd/user/docker.service',
    },
  ],
  [
    'OrbStack with its CLI',
    'darwin',
    { env: { PATH: '/bin' }, files: ['/Users/mia/.orbstack/bin/orb'] },
    {
      id: 'orbstack',
      start: '/Users/mia/.orbstack/bin/orb start',
      stop: '/Users/mia/.orbstack/bin/orb stop',
      host: 'unix:///Users/mia/.orbstack/run/docker.sock',
      needsPrivilege: false,
      seen: '/Users/mia/.orbstack/bin/orb',
    },
  ],
  [
    'OrbStack without its CLI',
    'darwin',
    { files: ['/Applications/OrbStack.app/x'] },
    {
      id: 'orbstack',
      start: 'open -a OrbStack',
      stop: undefined,
      host: 'unix:///Users/mia/.orbstack/run/docker.sock',
      needsPrivilege: false,
      seen: '/Applications/OrbStack.app',
    },
  ],
  [
    'Colima from Homebrew, which is not on PATH',
    'darwin',
    { env: { PATH: '/usr/bin' }, files: ['/opt/homebrew/bin/colima'] },
    {
      id: 'colima',
      start: '/opt/homebrew/bin/colima start',
      stop: '/opt/homebrew/bin/colima stop',
      host: 'unix:///Users/mia/.colima/default/docker.sock',
      needsPrivilege: false,
      seen: '/opt/homebrew/bin/colima',
    },
  ],
  [
    'Colima on Linux',
    'linux',
    { env: { PATH: '/usr/bin', COLIMA_HOME: '/data/colima' }, files: ['/usr/bin/colima'] },
    {
      id: 'colima',
      start: 'colima start',
      stop: 'colima stop',
      host: 'unix:///data/colima/default/docker.sock',
      needsPrivilege: false,
      seen: '/usr/bin/colima',
    },
  ],
  [
    'Rancher Desktop on macOS',
    'darwin',
    { env: { PATH: '/Users/mia/.rd/bin' }, files: ['/Users/mia/.rd/bin/rdctl'] },
    {
      id: 'rancher-desktop',
      start: 'rdctl start',
      stop: 'rdctl shutdown',
      host: 'unix:///Users/mia/.rd/docker.sock',
      needsPrivilege: false,
      seen: '/Users/mia/.rd/bin/rdctl',
    },
  ],
  [
    'Rancher Desktop on Windows',
    'win32',
    { env: { PATH: 'C:\\rd' }, files: ['C:\\rd\\rdctl.exe'] },
    {
      id: 'rancher-desktop',
      start: 'rdctl start',
      stop: 'rdctl shutdown',
      host: 'npipe:////./pipe/docker_engine',
      needsPrivilege: false,
      seen: 'C:\\rd\\rdctl.exe',
    },
  ],
  [
    'Rancher Desktop on Linux, the application alone',
    'linux',
    { files: ['/opt/rancher-desktop/rancher-desktop'] },
    {
      id: 'rancher-desktop',
      start: '/opt/rancher-desktop/rancher-desktop',
      stop: undefined,
      host: 'unix:///home/mia/.rd/docker.sock',
      needsPrivilege: false,
      seen: '/opt/rancher-desktop/rancher-desktop',
    },
  ],
  [
    'Podman on macOS',
    'darwin',
    { env: { PATH: '/opt/podman/bin' }, files: ['/opt/podman/bin/podman'] },
    {
      id: 'podman',
      start: 'podman machine start',
      stop: 'podman machine stop',
      host: 'unix:///Users/mia/.local/share/containers/podman/machine/podman.sock',
      needsPrivilege: false,
      seen: '/opt/podman/bin/podman',
    },
  ],
  [
    'Podman on Windows',
    'win32',
    { env: { PATH: 'C:\\p' }, files: ['C:\\p\\podman.exe'] },
    {
      id: 'podman',
      start: 'podman machine start',
      stop: 'podman machine stop',
      host: 'npipe:////./pipe/podman-machine-default',
      needsPrivilege: false,
      seen: 'C:\\p\\podman.exe',
    },
  ],
  [
    'Podman on Linux, for a user',
    'linux',
    { env: { PATH: '/usr/bin' }, files: ['/usr/bin/podman', '/usr/lib/systemd/user/podman.socket', systemd] },
    {
      id: 'podman',
      start: 'systemctl --user start podman.socket',
      stop: 'systemctl --user stop podman.socket',
      host: 'unix:///run/user/1000/podman/podman.sock',
      needsPrivilege: false,
      seen: '/usr/bin/podman',
    },
  ],
  [
    'Podman on Linux, for root',
    'linux',
    {
      uid: 0,
      env: { PATH: '/usr/bin' },
      files: ['/usr/bin/podman', '/usr/lib/systemd/system/podman.socket', systemd],
    },
    {
      id: 'podman',
      start: 'systemctl start podman.socket',
      stop: 'systemctl stop podman.socket',
      host: 'unix:///run/podman/podman.sock',
      needsPrivilege: false,
      seen: '/usr/bin/podman',
    },
  ],
  [
    'Lima with a docker instance',
    'darwin',
    {
      env: { PATH: '/opt/homebrew/bin' },
      files: ['/opt/homebrew/bin/limactl'],
      texts: {
        '/Users/mia/.lima/docker/lima.yaml': 'portForwards:\n- guestSocket: /var/run/docker.sock\n',
        '/Users/mia/.lima/default/lima.yaml': 'containerd: {}\n',
        '/Users/mia/.lima/-x/lima.yaml': 'docker.sock',
      },
    },
    {
      id: 'lima',
      start: 'limactl start docker',
      stop: 'limactl stop docker',
      host: 'unix:///Users/mia/.lima/docker/sock/docker.sock',
      needsPrivilege: false,
      seen: '/Users/mia/.lima/docker/lima.yaml',
    },
  ],
];

describe('what can be started', () => {
  it.each(table)('%s', (_, platform, given, expected) => {
    expect(on(platform, given).map(line)).toEqual([expected]);
  });

  it('is nothing on a bare machine', () => {
    for (const platform of ['linux', 'darwin', 'win32']) expect(on(platform, {})).toEqual([]);
  });

  it('names every Colima profile, the default one first', () => {
    const found = on('darwin', {
      env: { PATH: '/b' },
      files: [
        '/b/colima',
        '/Users/mia/.colima/default/colima.yaml',
        '/Users/mia/.colima/office/colima.yaml',
        '/Users/mia/.colima/_lima/x',
        '/Users/mia/.colima/-rf/colima.yaml',
      ],
    });
    expect(found.map(({ start, host }) => [start.join(' '), host])).toEqual([
      ['colima start', 'unix:///Users/mia/.colima/default/docker.sock'],
      ['colima start office', 'unix:///Users/mia/.colima/office/docker.sock'],
    ]);
  });

  it.each([
    [
      'a dockerd that no service manager starts',
      'linux',
      { env: { PATH: '/usr/bin' }, files: ['/usr/bin/dockerd'] },
    ],
    ['a unit where systemd is not the init', 'linux', { files: ['/usr/lib/systemd/system/docker.service'] }],
    [
      'a rootless unit for root',
      'linux',
      { uid: 0, files: ['/usr/lib/systemd/user/docker.service', systemd] },
    ],
    [
      'Podman without its socket unit',
      'linux',
      { env: { PATH: '/usr/bin' }, files: ['/usr/bin/podman', systemd] },
    ],
    ['Lima without a docker instance', 'darwin', { env: { PATH: '/b' }, files: ['/b/limactl'] }],
    [
      'a program in a relative entry of PATH',
      'darwin',
      { env: { PATH: '.:bin' }, files: ['colima', 'bin/colima', './colima'] },
    ],
  ] satisfies [string, string, Given][])('leaves out %s', (_, platform, given) => {
    expect(on(platform, given)).toEqual([]);
  });

  it('is ordered from the likeliest', () => {
    const found = on('darwin', {
      env: { PATH: '/b' },
      files: ['/b/podman', '/b/colima', '/b/orb', '/b/rdctl', '/Applications/Docker.app/x'],
    });
    expect(found.map(({ id }) => id)).toEqual([
      'docker-desktop',
      'orbstack',
      'colima',
      'rancher-desktop',
      'podman',
    ]);
  });
});

describe('gathering on a real disk', () => {
  let home: Home;
  beforeEach(() => {
    home = makeHome();
  });
  afterEach(() => home.remove());

  it('finds programs that can be run, and a plugin where config.json says', () => {
    const bin = join(home.path, 'bin');
    const plugins = join(home.path, 'plugins');
    for (const directory of [bin, plugins, join(home.path, '.docker'), join(bin, 'orb')])
      mkdirSync(directory);
    for (const file of [join(bin, 'colima'), join(bin, 'podman'), join(plugins, 'docker-desktop')])
      writeFileSync(file, '#!/bin/sh\n');
    for (const file of [join(bin, 'colima'), join(plugins, 'docker-desktop')]) chmodSync(file, 0o755);
    writeFileSync(
      join(home.path, '.docker', 'config.json'),
      JSON.stringify({ cliPluginsExtraDirs: ['relative', plugins] }),
    );
    const facts = gatherProviderFacts({ ...thisMachine(home.path, { PATH: bin }), platform: 'darwin' });
    expect(facts.executables.colima).toEqual({ run: 'colima', path: join(bin, 'colima') });
    expect(facts.executables.podman?.path).not.toBe(join(bin, 'podman'));
    expect(facts.executables.orb?.path).not.toBe(join(bin, 'orb'));
    expect(facts.desktopPlugin).toBe(join(plugins, 'docker-desktop'));
  });
});
