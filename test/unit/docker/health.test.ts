/** What is read of an engine, a mount table, a program's header and a daemon's log, on every kind of machine. */
import { describe, expect, it } from 'vitest';
import { versionPinned } from '../../../src/docker/cli-seen.ts';
import { lastWords } from '../../../src/docker/daemon.ts';
import { canRun, whereabouts } from '../../../src/docker/health.ts';
import type { EngineSeen } from '../../../src/docker/health-model.ts';
import { mountOf, readTold } from '../../../src/docker/health-seen.ts';
import { pluginDirectories } from '../../../src/docker/plugins.ts';
import { machineOf } from '../../../src/docker/programs.ts';
import { isBelow } from '../../../src/docker/versions.ts';
import { machine } from './machine.ts';

describe('versions', () => {
  it.each([
    ['1.12', '1.24', true],
    ['1.24', '1.24', false],
    ['1.9', '1.24', true],
    ['v0.12.1', '0.17.0', true],
    ['0.29.1+ds1', '0.17.0', false],
    ['2.40.3-desktop.1', '2.40.2', false],
    ['2.9.0', '2.40.2', true],
    ['dev', '2.0.0', false],
    ['2.0.0', '', false],
  ])('%s is below %s: %s', (version, other, below) => {
    expect(isBelow(version, other)).toBe(below);
  });

  it.each([
    ['1.44', '1.44'],
    ['v1.44', '1.44'],
    ['1.44.0', '1.44'],
    [' 1.44', undefined],
    ['1.5x', undefined],
    ['x', undefined],
    ['planted-secret', undefined],
  ])('DOCKER_API_VERSION=%j pins %s', (value, version) => {
    expect(versionPinned(value)).toEqual(version === undefined ? {} : { version });
  });
});

describe('plugins', () => {
  it('are looked for where the CLI of each platform looks, in its order', () => {
    expect(
      pluginDirectories(machine('linux', { home: '/home/ana', env: { DOCKER_CONFIG: '' } }), [
        '/opt/plugins',
        'relative',
      ]),
    ).toEqual([
      '/opt/plugins',
      '/home/ana/.docker/cli-plugins',
      '/usr/local/lib/docker/cli-plugins',
      '/usr/local/libexec/docker/cli-plugins',
      '/usr/lib/docker/cli-plugins',
      '/usr/libexec/docker/cli-plugins',
    ]);
    expect(
      pluginDirectories(machine('darwin', { home: '/Users/ana', env: { DOCKER_CONFIG: '' } }), [])[0],
    ).toBe('/Users/ana/.docker/cli-plugins');
    expect(
      pluginDirectories(machine('win32', { home: 'C:\\Users\\ana', env: { DOCKER_CONFIG: '' } }), []),
    ).toEqual([
      'C:\\Users\\ana\\.docker\\cli-plugins',
      'C:\\ProgramData\\Docker\\cli-plugins',
      'C:\\Program Files\\Docker\\cli-plugins',
    ]);
  });

  it('name their processor in the header of the program', () => {
    const header = (machineNumber: number, order: number) => {
      const bytes = new Uint8Array(64);
      bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, order]);
      new DataView(bytes.buffer).setUint16(18, machineNumber, order === 1);
      return bytes;
    };
    expect(machineOf(header(0xb7, 1))).toBe(0xb7);
    expect(machineOf(header(0x16, 2))).toBe(0x16);
    expect(machineOf(new TextEncoder().encode('garbage that is long enough'))).toBeUndefined();
    expect(machineOf(new Uint8Array(3))).toBeUndefined();
  });
});

describe('/info and /version', () => {
  it('are taken as they come, and nothing of another kind is believed', () => {
    expect(readTold({ Warnings: 'x', Runtimes: [], SystemTime: 'soon', Name: 7 }, null, 0)).toEqual({
      warnings: [],
    });
    const now = Date.parse('2026-11-22T12:00:00Z');
    const told = readTold(
      {
        Name: 'vm\u001b[31m',
        SystemTime: '2026-11-22T12:07:00.5Z',
        Warnings: ['WARNING: IPv4 forwarding is disabled', 3],
        RuncCommit: { ID: 'N/A' },
      },
      { ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'linux', Arch: 'arm64', Version: '28.5.2' },
      now,
    );
    expect(told).toEqual({
      api: { max: '1.51', min: '1.24' },
      version: '28.5.2',
      platform: 'linux/arm64',
      name: 'vm [31m',
      warnings: ['WARNING: IPv4 forwarding is disabled'],
      runcCommit: 'N/A',
      clockAheadMs: 420_500,
    });
  });
});

describe('the mount table', () => {
  const table = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '30 22 0:25 / /var/lib/docker ro,relatime - ext4 /dev/vdb rw',
    '31 22 0:26 / /mnt/broken rw,relatime - ext4 /dev/vdc ro,errors=remount-ro',
    '32 22 254:0 /home/ana/my\\040shop /workspaces/my\\040shop rw - ext4 /dev/vda rw',
  ].join('\n');

  it('tells which mount a path lies on, and whether that can be written', () => {
    expect(mountOf('/var/lib/docker/overlay2', table)).toEqual({
      point: '/var/lib/docker',
      root: '/',
      readOnly: true,
    });
    expect(mountOf('/mnt/broken', table)?.readOnly).toBe(true);
    expect(mountOf('/var/lib/docker-of-ana', table)).toEqual({ point: '/', root: '/', readOnly: false });
    expect(mountOf('/workspaces/my shop/site', table)?.root).toBe('/home/ana/my shop');
    expect(mountOf('/anywhere', '')).toBeUndefined();
  });
});

describe('the log of a daemon', () => {
  it('is read from its end, and only where no later start went well', () => {
    const failed = 'failed to start daemon: error initializing graphdriver: driver not supported: nosuch';
    expect(lastWords(`time="x" level=info msg="Starting up"\n${failed}\n`)).toBe(failed);
    expect(
      lastWords(`${failed}\ntime="x" level=info msg="API listen on /run/docker.sock"\n`),
    ).toBeUndefined();
    expect(lastWords('time="x" level=info msg="Starting up"\n')).toBeUndefined();
    expect(lastWords('')).toBeUndefined();
    expect(
      lastWords('failed to start daemon: proxy http://ana:planted-secret@proxy:3128 is bad'),
    ).not.toContain('planted');
  });
});

describe('an engine', () => {
  const seen = (changes: Partial<EngineSeen>): EngineSeen => ({
    host: 'unix:///var/run/docker.sock',
    platform: 'linux/amd64',
    name: 'laptop',
    kernel: '6.12',
    warnings: [],
    emulated: ['arm64'],
    here: {
      name: 'laptop',
      kernel: '6.12',
      platform: 'linux',
      container: false,
      home: '/home/ana',
      root: '/home/ana/x',
    },
    ...changes,
  });

  it.each([
    ['linux/amd64', true],
    ['linux/x86_64', true],
    ['linux/amd64/v2', true],
    ['linux/386', true],
    ['linux/arm64', true],
    ['linux/s390x', false],
    ['windows/amd64', undefined],
    ['nonsense', undefined],
  ])('runs %s: %s', (platform, can) => {
    expect(canRun(platform, seen({}))).toBe(can);
  });

  it('is not asked of its kernel where that is not this one', () => {
    expect(canRun('linux/s390x', seen({ name: 'elsewhere' }))).toBeUndefined();
    expect(
      canRun('linux/s390x', seen({ emulated: undefined as unknown as readonly string[] })),
    ).toBeUndefined();
  });

  const container = { ...seen({}).here, container: true };
  const mac = { ...seen({}).here, platform: 'darwin' };
  it.each<[string, Partial<EngineSeen>, string]>([
    ['the engine of this machine', {}, 'here'],
    ['this machine by its own address', { host: 'tcp://192.168.1.20:2375' }, 'here'],
    [
      'one that does not say its name',
      { name: undefined as unknown as string, host: 'tcp://10.0.0.1:2375' },
      'here',
    ],
    ['another machine', { host: 'tcp://10.0.0.1:2376', name: 'build' }, 'elsewhere'],
    [
      'one of the same name over another kernel',
      { host: 'tcp://10.0.0.1:2376', kernel: '5.15' },
      'elsewhere',
    ],
    ['a tunnel', { host: 'tcp://127.0.0.1:2375', name: 'build' }, 'elsewhere'],
    [
      'a tunnel on a Mac, which may be a machine of its own',
      { host: 'tcp://127.0.0.1:2375', name: 'vm', here: mac },
      'virtual',
    ],
    ['ssh to another machine', { host: 'ssh://ana@build', name: 'build' }, 'elsewhere'],
    ['ssh to localhost', { host: 'ssh://core@[::1]:53000', name: 'vm' }, 'virtual'],
    ['Docker Desktop', { name: 'docker-desktop', system: 'Docker Desktop', here: mac }, 'virtual'],
    [
      'Docker Desktop from WSL',
      { host: 'tcp://host.docker.internal:2375', name: 'docker-desktop' },
      'virtual',
    ],
    ['a socket handed into a container', { name: 'build', here: container }, 'outside'],
    ['a container that shares the name of its machine', { here: container, dataRootSeen: false }, 'outside'],
    ['an engine within this container', { here: container, dataRootSeen: true }, 'here'],
  ])('%s', (_, changes, where) => {
    expect(whereabouts(seen(changes))).toBe(where);
  });
});
