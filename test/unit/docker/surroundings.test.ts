import { describe, expect, it } from 'vitest';
import { readDockerConfig } from '../../../src/docker/config.ts';
import { gatherProviderFacts } from '../../../src/docker/provider-facts.ts';
import { gatherSurroundings } from '../../../src/docker/surroundings.ts';
import { machine } from './machine.ts';

type Given = NonNullable<Parameters<typeof machine>[1]>;
const around = (platform: string, given: Given, name?: 'DOCKER_HOST' | 'DOCKER_CONTEXT') => {
  const environment = machine(platform, given);
  const { config } = readDockerConfig(environment);
  return gatherSurroundings(environment, gatherProviderFacts(environment), config, name && { name });
};
const systemd = '/run/systemd/system/x';
const wsl = { '/proc/version': 'Linux version 6.6.87.2-microsoft-standard-WSL2' };
const desktopExe = '/mnt/c/Program Files/Docker/Docker/Docker Desktop.exe';

describe('what tells look-alikes apart', () => {
  it.each([
    ['macOS', 'darwin', {}, { platform: 'darwin' }],
    ['Windows', 'win32', {}, { platform: 'win32' }],
    ['Linux with systemd', 'linux', { files: [systemd] }, { platform: 'linux', systemd: true }],
    [
      'a container with a dockerd',
      'linux',
      { env: { PATH: '/usr/bin' }, files: ['/.dockerenv', '/usr/bin/dockerd', '/usr/bin/sudo'] },
      { platform: 'linux', systemd: false, container: true, dockerd: '/usr/bin/dockerd', sudo: true },
    ],
  ] as const)('%s', (_, platform, given, expected) => {
    expect(around(platform, given)).toEqual(expected);
  });

  it.each([
    ['no Docker Desktop', [], {}, 'absent', false],
    ['Docker Desktop on Windows, which does not run', [desktopExe], {}, 'installed', false],
    [
      'a running one without this distribution',
      [desktopExe, '/mnt/wsl/docker-desktop/cli-tools/x'],
      {},
      'running',
      false,
    ],
    [
      'a running one with a stub in place of docker',
      [desktopExe, '/mnt/wsl/docker-desktop/shared-sockets/x', '/usr/bin/docker'],
      {},
      'running',
      false,
    ],
    [
      'an integrated one',
      ['/mnt/wsl/docker-desktop/cli-tools/usr/bin/docker'],
      { '/usr/bin/docker': '/mnt/wsl/docker-desktop/cli-tools/usr/bin/docker' },
      'running',
      true,
    ],
  ])('WSL with %s', (_, files, links, desktop, integrated) => {
    const env = { PATH: '/usr/bin', WSL_DISTRO_NAME: 'Ubuntu' };
    expect(around('linux', { files, links, env, texts: wsl }).wsl).toEqual({
      distribution: 'Ubuntu',
      desktop,
      integrated,
    });
  });

  const registry = '{"allowedOrgs":["acme","$(x)"]}';
  const settings = '{"LicenseTermsVersion":0}';
  it.each([
    [
      'darwin',
      '/Library/Application Support/com.docker.docker/registry.json',
      '/Users/mia/Library/Group Containers/group.com.docker/settings-store.json',
    ],
    [
      'win32',
      'C:\\ProgramData\\DockerDesktop\\registry.json',
      'C:\\Users\\mia\\AppData\\Roaming\\Docker\\settings-store.json',
    ],
    ['linux', '/usr/share/docker-desktop/registry/registry.json', '/home/mia/.docker/desktop/settings.json'],
  ])('Docker Desktop on %s that waits for a sign-in, or for its terms', (platform, file, terms) => {
    expect(around(platform, { texts: { [file]: registry } }).desktop).toEqual({
      signIn: { organisations: ['acme'], file },
    });
    expect(around(platform, { texts: { [terms]: settings } }).desktop).toEqual({ termsOpen: terms });
    const accepted = { [terms]: '{"licenseTermsVersion":2}', [file]: '{"allowedOrgs":[]}' };
    expect(around(platform, { texts: accepted }).desktop).toBeUndefined();
  });

  it('the lines that set a variable, without what it is set to', () => {
    const texts = {
      '/home/mia/.bashrc':
        '# DOCKER_HOST\nexport DOCKER_HOST=tcp://mia:s3cret@x\nexport DOCKER_HOST_NAME=x\n',
      '/home/mia/.config/fish/config.fish': 'set -gx DOCKER_HOST tcp://x\n',
      '/etc/environment': 'DOCKER_HOST=tcp://x\n',
    };
    const found = around('linux', { texts }, 'DOCKER_HOST').variable;
    expect(found?.setAt).toEqual([
      '/home/mia/.bashrc:2',
      '/home/mia/.config/fish/config.fish:1',
      '/etc/environment:1',
    ]);
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });
});
