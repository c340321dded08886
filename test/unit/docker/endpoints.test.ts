import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDockerConfig } from '../../../src/docker/config.ts';
import { contextId, findContext, listContexts } from '../../../src/docker/contexts.ts';
import { chooseEndpoint, otherEndpoints } from '../../../src/docker/endpoints.ts';
import { addressOf, identityOf, isLocal, readDockerHost, withoutPassword } from '../../../src/docker/host.ts';
import { recogniseProvider } from '../../../src/docker/recognise.ts';
import { contextMeta, type Home, machine, makeHome, storeContext, thisMachine } from './machine.ts';

let home: Home;
let docker: string;
beforeEach(() => {
  home = makeHome();
  docker = join(home.path, '.docker');
  mkdirSync(docker);
});
afterEach(() => home.remove());

const configure = (config: unknown) => writeFileSync(join(docker, 'config.json'), JSON.stringify(config));
const choose = (env: Record<string, string> = {}) => {
  const environment = thisMachine(home.path, env);
  return chooseEndpoint({ ...environment, platform: 'linux' }, readDockerConfig(environment));
};

describe('the context store', () => {
  it('names a context by the SHA-256 of its name', () => {
    // The directory that docker 28.2 asks for when it looks for the context "nope".
    expect(contextId('nope')).toBe('ca3704aa0b06f5954c79ee837faa152d84d6b2d42838f0637a15eda8337dbdce');
  });

  it('lists contexts with their hosts and passes over what cannot be read', () => {
    storeContext(docker, 'colima', contextMeta('colima', 'unix:///c.sock'));
    storeContext(docker, 'a', {
      Name: 'a',
      Metadata: { Description: 'First' },
      Endpoints: { docker: { Host: 'tcp://a:1' } },
    });
    storeContext(docker, 'broken', '{');
    mkdirSync(join(docker, 'contexts', 'meta', 'stray'));
    expect(listContexts(docker)).toEqual([
      { name: 'a', description: 'First', host: 'tcp://a:1' },
      { name: 'colima', host: 'unix:///c.sock' },
    ]);
    expect(listContexts(join(docker, 'nothing'))).toEqual([]);
  });

  it('finds TLS files and leaves them unread', () => {
    storeContext(docker, 's', contextMeta('s', 'tcp://s:2376', { SkipTLSVerify: true }), {
      'ca.pem': 'x',
      'key.pem': 'y',
    });
    const folder = join(docker, 'contexts', 'tls', contextId('s'), 'docker');
    expect(findContext(docker, 's')?.tls).toEqual({
      ca: join(folder, 'ca.pem'),
      key: join(folder, 'key.pem'),
      verify: false,
      from: 'context "s"',
    });
  });

  it.each([
    ['broken JSON', '{', /meta\.json is not valid JSON at line 1, column 2/],
    ['no docker endpoint', { Name: 'x', Endpoints: {} }, /names no docker endpoint/],
    ['a host that is no text', contextMeta('x', undefined, { Host: 5 }), /is not a string/],
  ])('says why a context with %s cannot be used', (_, meta, fault) => {
    storeContext(docker, 'x', meta);
    expect(findContext(docker, 'x')?.fault).toMatch(fault);
  });
});

describe('the endpoint that docker would use', () => {
  beforeEach(() => {
    storeContext(docker, 'colima', contextMeta('colima', 'unix:///c.sock'));
    storeContext(docker, 'staging', contextMeta('staging', 'unix:///s.sock'));
  });

  // Each line was checked against docker 28.2.
  it.each([
    ['nothing', {}, undefined, 'unix:///var/run/docker.sock', 'the default socket', 'default'],
    ['currentContext', {}, 'colima', 'unix:///c.sock', 'context "colima"', 'colima'],
    [
      'currentContext "default"',
      {},
      'default',
      'unix:///var/run/docker.sock',
      'the default socket',
      'default',
    ],
    [
      'DOCKER_CONTEXT over currentContext',
      { DOCKER_CONTEXT: 'staging' },
      'colima',
      'unix:///s.sock',
      'context "staging" (DOCKER_CONTEXT)',
      'staging',
    ],
    [
      'DOCKER_CONTEXT "default"',
      { DOCKER_CONTEXT: 'default' },
      'colima',
      'unix:///var/run/docker.sock',
      'the default socket',
      'default',
    ],
    [
      'DOCKER_HOST over all',
      { DOCKER_HOST: 'unix:///h.sock', DOCKER_CONTEXT: 'staging' },
      'colima',
      'unix:///h.sock',
      'DOCKER_HOST',
      undefined,
    ],
    [
      'DOCKER_HOST over unknown contexts',
      { DOCKER_HOST: 'unix:///h.sock', DOCKER_CONTEXT: 'nope' },
      'nope',
      'unix:///h.sock',
      'DOCKER_HOST',
      undefined,
    ],
    [
      'an empty DOCKER_HOST as unset',
      { DOCKER_HOST: '' },
      'colima',
      'unix:///c.sock',
      'context "colima"',
      'colima',
    ],
  ])('follows %s', (_, env, currentContext, host, from, context) => {
    configure({ currentContext });
    const { endpoint, fault } = choose(env);
    expect(fault).toBeUndefined();
    expect(endpoint).toMatchObject({ host, from });
    expect(endpoint.context).toBe(context);
  });

  it('faults an unknown context and names the nearest', () => {
    configure({ currentContext: 'colma' });
    const { endpoint, fault } = choose();
    expect(endpoint).toEqual({ host: '', from: 'context "colma"', context: 'colma' });
    expect(fault).toEqual({
      kind: 'context-unknown',
      message: `${join(docker, 'config.json')} names the context "colma", which does not exist; the nearest one is "colima"`,
    });
  });

  it('names no context that is not near', () => {
    expect(choose({ DOCKER_CONTEXT: 'kubernetes' }).fault?.message).toBe(
      'DOCKER_CONTEXT names the context "kubernetes", which does not exist',
    );
  });

  it('faults a context that cannot be read', () => {
    storeContext(docker, 'x', '{');
    expect(choose({ DOCKER_CONTEXT: 'x' }).fault).toMatchObject({ kind: 'config-unreadable' });
  });

  it('faults a context whose host is no address', () => {
    storeContext(docker, 'x', contextMeta('x', '/x.sock'));
    expect(choose({ DOCKER_CONTEXT: 'x' }).fault).toEqual({
      kind: 'host-malformed',
      message: 'the context "x" has the host "/x.sock": it has no scheme',
    });
  });

  it('takes the default address for a context that names none', () => {
    storeContext(docker, 'x', contextMeta('x'));
    expect(choose({ DOCKER_CONTEXT: 'x' }).endpoint.host).toBe('unix:///var/run/docker.sock');
  });

  it('reports a broken config.json beside the choice', () => {
    writeFileSync(join(docker, 'config.json'), '{');
    const { endpoint, fault } = choose();
    expect(endpoint.host).toBe('unix:///var/run/docker.sock');
    expect(fault?.kind).toBe('config-unreadable');
  });

  it('takes TLS of the environment for the default endpoint and not for a context', () => {
    writeFileSync(join(docker, 'cert.pem'), '');
    expect(choose({ DOCKER_TLS_VERIFY: '1' }).endpoint).toEqual({
      host: 'tcp://localhost:2376',
      from: 'the default socket',
      context: 'default',
      tls: {
        ca: join(docker, 'ca.pem'),
        cert: join(docker, 'cert.pem'),
        verify: true,
        from: 'DOCKER_TLS_VERIFY',
      },
    });
    expect(
      choose({ DOCKER_TLS: '1', DOCKER_HOST: 'tcp://e:1', DOCKER_CERT_PATH: '/certs' }).endpoint.tls,
    ).toEqual({
      ca: '/certs/ca.pem',
      verify: false,
      from: 'DOCKER_TLS',
    });
    expect(choose({ DOCKER_TLS_VERIFY: '1', DOCKER_CONTEXT: 'colima' }).endpoint.tls).toBeUndefined();
  });
});

describe('DOCKER_HOST', () => {
  // The completed address is the one that docker 28.2 names in its errors.
  it.each([
    ['unix:///a.sock', 'unix:///a.sock'],
    [' unix:///a.sock ', 'unix:///a.sock'],
    ['unix://', 'unix:///var/run/docker.sock'],
    ['tcp://', 'tcp://localhost:2375'],
    ['tcp://e', 'tcp://e:2375'],
    ['tcp://:1', 'tcp://localhost:1'],
    ['tcp://e:1/path', 'tcp://e:1/path'],
    ['tcp://[::1]:1', 'tcp://[::1]:1'],
    ['bogus', 'tcp://bogus:2375'],
    ['127.0.0.1:1', 'tcp://127.0.0.1:1'],
    ['ssh://mia@e', 'ssh://mia@e'],
  ])('%s is read as %s', (value, host) => {
    expect(readDockerHost(value, machine('linux'))).toEqual({ host });
  });

  it.each([
    ['bogus://x', 'Docker knows no scheme "bogus://"'],
    ['http://127.0.0.1:1', 'Docker knows no scheme "http://"'],
    ['fd://', 'fd:// is an address that only dockerd can listen on'],
    ['npipe:////./pipe/docker_engine', 'named pipes exist on Windows only'],
    ['tcp://[::1', 'it does not have the form tcp://HOST:PORT'],
    ['tcp://:99999x', 'it does not have the form tcp://HOST:PORT'],
  ])('%s is none', (value, because) => {
    expect(readDockerHost(value, machine('linux'))).toEqual({ because });
  });

  it('a path without a scheme is what Docker takes it for, and a fault', () => {
    expect(readDockerHost('/nope.sock', machine('linux'))).toEqual({
      host: 'tcp://localhost:2375/nope.sock',
      because: 'it is a path without a scheme, which Docker takes for a TCP address; write unix:///nope.sock',
    });
  });

  it('is a fault with its value, without a password', () => {
    const message = choose({ DOCKER_HOST: 'bogus://mia:s3cret@x' }).fault?.message;
    expect(message).toBe('DOCKER_HOST is "bogus://mia:***@x": Docker knows no scheme "bogus://"');
    expect(withoutPassword('mia:s3cret@x')).toBe('mia:***@x');
  });

  it('may be a pipe on Windows', () => {
    expect(readDockerHost('npipe://', machine('win32'))).toEqual({ host: 'npipe:////./pipe/docker_engine' });
  });
});

describe('addresses', () => {
  it.each([
    ['unix:///a', { kind: 'socket', path: '/a' }],
    ['npipe:////./pipe/a', { kind: 'pipe', path: '//./pipe/a' }],
    ['tcp://[::1]:5', { kind: 'tcp', hostname: '::1', port: 5, prefix: '' }],
    ['tcp://e:5/p/', { kind: 'tcp', hostname: 'e', port: 5, prefix: '/p' }],
    ['http://e', { kind: 'tcp', hostname: 'e', port: 80, prefix: '' }],
    ['tcp://e:99999', { kind: 'invalid', because: '99999 is no TCP port' }],
    ['', { kind: 'invalid', because: 'it has no scheme' }],
  ])('%s', (host, address) => {
    expect(addressOf(host)).toEqual(address);
  });

  it('are one endpoint where links lead to the same socket', () => {
    const mac = machine('darwin', {
      files: ['/Users/mia/.colima/default/docker.sock'],
      links: { '/var/run/docker.sock': '/Users/mia/.colima/default/docker.sock' },
    });
    expect(identityOf('unix:///var/run/docker.sock', mac)).toBe(
      identityOf('unix:///Users/mia/.colima/./default/docker.sock', mac),
    );
    const windows = machine('win32');
    expect(identityOf('npipe:////./pipe/Docker_Engine', windows)).toBe(
      identityOf('npipe://\\\\.\\pipe\\docker_engine', windows),
    );
  });

  it.each([
    ['unix:///a', true],
    ['tcp://127.0.0.1:1', true],
    ['tcp://[::1]:1', true],
    ['tcp://10.0.0.5:2376', false],
    ['ssh://e', false],
  ])('%s is on this machine: %s', (host, local) => {
    expect(isLocal(host)).toBe(local);
  });
});

describe('the provider of an endpoint', () => {
  it.each([
    ['darwin', 'unix:///Users/mia/.docker/run/docker.sock', undefined, 'docker-desktop'],
    ['linux', 'unix:///home/mia/.docker/run/docker.sock', undefined, 'docker-rootless'],
    ['linux', 'unix:///home/mia/.docker/desktop/docker.sock', undefined, 'docker-desktop'],
    ['linux', 'unix:///var/run/docker.sock', undefined, 'docker-engine'],
    ['darwin', 'unix:///var/run/docker.sock', undefined, undefined],
    ['linux', 'unix:///run/user/1000/docker.sock', undefined, 'docker-rootless'],
    ['linux', 'unix:///run/user/1000/podman/podman.sock', undefined, 'podman'],
    ['darwin', 'unix:///Users/mia/.local/share/containers/podman/machine/podman.sock', undefined, 'podman'],
    ['darwin', 'unix:///Users/mia/.colima/office/docker.sock', undefined, 'colima'],
    ['darwin', 'unix:///Users/mia/.orbstack/run/docker.sock', undefined, 'orbstack'],
    ['darwin', 'unix:///Users/mia/.rd/docker.sock', undefined, 'rancher-desktop'],
    ['darwin', 'unix:///Users/mia/.lima/docker/sock/docker.sock', undefined, 'lima'],
    ['win32', 'npipe:////./pipe/dockerDesktopLinuxEngine', undefined, 'docker-desktop'],
    ['win32', 'npipe:////./pipe/podman-machine-default', undefined, 'podman'],
    ['win32', 'npipe:////./pipe/docker_engine', undefined, undefined],
    ['win32', 'npipe:////./pipe/docker_engine', 'rancher-desktop', 'rancher-desktop'],
    ['linux', 'tcp://127.0.0.1:2375', 'colima-work', 'colima'],
    ['linux', 'unix:///home/mia/.docker/desktop/docker.sock', 'colima', 'docker-desktop'],
  ])('%s %s (context %s): %s', (platform, host, context, provider) => {
    expect(recogniseProvider(host, context, machine(platform))).toBe(provider);
  });

  it('follows links and the variables that move a home', () => {
    const links = { '/var/run/docker.sock': '/Users/mia/.orbstack/run/docker.sock' };
    const mac = machine('darwin', { links, files: Object.values(links) });
    expect(recogniseProvider('unix:///var/run/docker.sock', 'default', mac)).toBe('orbstack');
    const moved = machine('linux', { env: { COLIMA_HOME: '/data/vms' } });
    expect(recogniseProvider('unix:///data/vms/default/docker.sock', undefined, moved)).toBe('colima');
  });

  it('does not take the default socket of WSL for an engine of its own', () => {
    const wsl = machine('linux', {
      texts: { '/proc/version': 'Linux version 6.6.87.2-microsoft-standard-WSL2' },
    });
    expect(recogniseProvider('unix:///var/run/docker.sock', 'default', wsl)).toBeUndefined();
  });
});

describe('the other endpoints', () => {
  const others = (environment: ReturnType<typeof machine>) =>
    otherEndpoints(chooseEndpoint(environment, readDockerConfig(environment)).endpoint, environment);

  it('of macOS are the sockets that exist, each once', () => {
    const mac = machine('darwin', {
      env: { TMPDIR: '/tmp/mia/' },
      files: [
        '/Users/mia/.docker/run/docker.sock',
        '/Users/mia/.colima/default/docker.sock',
        '/Users/mia/.colima/office/docker.sock',
        '/Users/mia/.orbstack/run/docker.sock',
        '/Users/mia/.rd/docker.sock',
        '/Users/mia/.lima/docker/sock/docker.sock',
        '/tmp/mia/podman/podman-machine-default-api.sock',
      ],
      links: { '/var/run/docker.sock': '/Users/mia/.docker/run/docker.sock' },
    });
    expect(others(mac).map(({ host, provider }) => [host.slice('unix://'.length), provider])).toEqual([
      ['/Users/mia/.colima/default/docker.sock', 'colima'],
      ['/Users/mia/.colima/office/docker.sock', 'colima'],
      ['/Users/mia/.orbstack/run/docker.sock', 'orbstack'],
      ['/Users/mia/.rd/docker.sock', 'rancher-desktop'],
      ['/tmp/mia/podman/podman-machine-default-api.sock', 'podman'],
      ['/Users/mia/.lima/docker/sock/docker.sock', 'lima'],
    ]);
  });

  it('of Linux are in the runtime directory of the user', () => {
    const files = [
      '/run/user/1000/docker.sock',
      '/run/user/1000/podman/podman.sock',
      '/run/podman/podman.sock',
    ];
    expect(others(machine('linux', { files })).map(({ from }) => from)).toEqual(
      files.map((path) => `the socket ${path}`),
    );
    const moved = machine('linux', { files: ['/xdg/docker.sock'], env: { XDG_RUNTIME_DIR: '/xdg' } });
    expect(others(moved)).toEqual([
      { host: 'unix:///xdg/docker.sock', from: 'the socket /xdg/docker.sock', provider: 'docker-rootless' },
    ]);
  });

  it('of Windows are the known pipes', () => {
    expect(others(machine('win32')).map(({ host }) => host)).toEqual([
      'npipe:////./pipe/dockerDesktopLinuxEngine',
      'npipe:////./pipe/dockerDesktopWindowsEngine',
      'npipe:////./pipe/podman-machine-default',
    ]);
  });

  it('are contexts before sockets, and no context while DOCKER_HOST hides "default"', () => {
    storeContext(docker, 'colima', contextMeta('colima', 'unix:///c.sock'));
    storeContext(docker, 'same', contextMeta('same', 'unix:///h.sock'));
    storeContext(docker, 'broken', { Name: 'broken', Endpoints: {} });
    const env = { DOCKER_CONFIG: docker, DOCKER_HOST: 'unix:///h.sock' };
    expect(others(machine('linux', { env }))).toEqual([
      { host: 'unix:///c.sock', from: 'context "colima"', context: 'colima', provider: 'colima' },
      { host: 'unix:///var/run/docker.sock', from: 'the default socket', provider: 'docker-engine' },
    ]);
  });

  it('leave out the chosen socket under another name, on a real disk', async () => {
    const socket = join(home.path, 'real.sock');
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(socket, resolve));
    symlinkSync(socket, join(home.path, 'link.sock'));
    storeContext(docker, 'linked', contextMeta('linked', `unix://${join(home.path, 'link.sock')}`));
    const environment = thisMachine(home.path, { DOCKER_HOST: `unix://${socket}` });
    const found = otherEndpoints({ host: `unix://${socket}`, from: 'DOCKER_HOST' }, environment);
    await new Promise((resolve) => server.close(resolve));
    expect(found.filter(({ context }) => context === 'linked')).toEqual([]);
  });
});
