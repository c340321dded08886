/** Which endpoint the docker CLI would use and why, and which others this machine may have. */
import { nearest } from '../nearest.ts';
import type { DockerConfigRead } from './config.ts';
import { type DockerContext, findContext, listContexts } from './contexts.ts';
import {
  type DockerEnvironment,
  dockerDirectory,
  isWsl,
  pathsOf,
  runtimeDirectory,
  variable,
} from './environment.ts';
import { addressOf, defaultHost, identityOf, readDockerHost, withoutPassword } from './host.ts';
import type { Endpoint, EndpointTls, EngineEndpoints } from './model.ts';
import { recogniseProvider } from './recognise.ts';

/** The endpoint that Docker would use. Its host is empty where Docker would fail before it connects. */
export type Choice = { readonly endpoint: Endpoint; readonly fault?: NonNullable<EngineEndpoints['fault']> };

/**
 * Docker's order without its flags (docker/cli, `resolveContextName`): `DOCKER_HOST`, `DOCKER_CONTEXT`,
 * `currentContext` of config.json, the default socket. So a `DOCKER_HOST` hides every context, wrong ones too.
 */
export function chooseEndpoint(environment: DockerEnvironment, read: DockerConfigRead): Choice {
  const choice = chosen(environment, read);
  // Reported even where DOCKER_HOST made the choice: credentials and proxies of that file are lost as well.
  if (choice.fault || !read.fault) return choice;
  return { ...choice, fault: { kind: 'config-unreadable', message: read.fault.message } };
}

/** The environment without one of its variables, and what Docker would choose there. */
export function chooseWithout(
  name: string,
  environment: DockerEnvironment,
  read: DockerConfigRead,
): Endpoint | undefined {
  const { endpoint, fault } = chosen({ ...environment, env: withoutName(name, environment) }, read);
  return fault ? undefined : endpoint;
}

function withoutName(name: string, { env, platform }: DockerEnvironment): DockerEnvironment['env'] {
  const same = (key: string) => key === name || (platform === 'win32' && key.toUpperCase() === name);
  return Object.fromEntries(Object.entries(env).filter(([key]) => !same(key)));
}

function chosen(environment: DockerEnvironment, read: DockerConfigRead): Choice {
  const value = variable(environment, 'DOCKER_HOST');
  if (value !== undefined) return fromVariable(value, environment);
  const named = variable(environment, 'DOCKER_CONTEXT');
  const name = named ?? read.config.currentContext;
  if (name === undefined || name === 'default') return { endpoint: defaultEndpoint(environment) };
  const from = named === undefined ? `context "${name}"` : `context "${name}" (DOCKER_CONTEXT)`;
  return fromContext(name, from, named === undefined ? read.config.file : 'DOCKER_CONTEXT', environment);
}

function fromVariable(value: string, environment: DockerEnvironment): Choice {
  const reading = readDockerHost(value, environment);
  const tls = environmentTls(environment);
  const endpoint = endpointOf(
    { host: reading.host ?? '', from: 'DOCKER_HOST', ...(tls && { tls }) },
    environment,
  );
  if (!('because' in reading)) return { endpoint };
  const message = `DOCKER_HOST is "${withoutPassword(value)}": ${reading.because}`;
  return { endpoint, fault: { kind: 'host-malformed', message } };
}

function fromContext(name: string, from: string, namedBy: string, environment: DockerEnvironment): Choice {
  const directory = dockerDirectory(environment);
  const context = findContext(directory, name);
  if (!context) {
    const near = nearest(name, ['default', ...listContexts(directory).map((known) => known.name)]);
    const hint = near === undefined ? '' : `; the nearest one is "${near}"`;
    return {
      endpoint: { host: '', from, context: name },
      fault: {
        kind: 'context-unknown',
        message: `${namedBy} names the context "${name}", which does not exist${hint}`,
      },
    };
  }
  if (context.fault !== undefined) {
    return {
      endpoint: { host: '', from, context: name },
      fault: { kind: 'config-unreadable', message: `the context "${name}" cannot be used: ${context.fault}` },
    };
  }
  const endpoint = contextEndpoint(context, from, environment);
  const address = addressOf(endpoint.host);
  if (address.kind !== 'invalid') return { endpoint };
  const message = `the context "${name}" has the host "${withoutPassword(endpoint.host)}": ${address.because}`;
  return { endpoint, fault: { kind: 'host-malformed', message } };
}

/** The endpoint of a stored context. */
function contextEndpoint(context: DockerContext, from: string, environment: DockerEnvironment): Endpoint {
  const host = context.host ?? defaultHost(environment);
  return endpointOf(
    { host, from, context: context.name, ...(context.tls && { tls: context.tls }) },
    environment,
  );
}

function defaultEndpoint(environment: DockerEnvironment): Endpoint {
  const tls = environmentTls(environment);
  const host = defaultHost(environment, tls !== undefined);
  return endpointOf(
    { host, from: 'the default socket', context: 'default', ...(tls && { tls }) },
    environment,
  );
}

function endpointOf(endpoint: Omit<Endpoint, 'provider'>, environment: DockerEnvironment): Endpoint {
  const provider = recogniseProvider(endpoint.host, endpoint.context, environment);
  return { ...endpoint, ...(provider && { provider }) };
}

/**
 * TLS of the environment, which counts for `DOCKER_HOST` and the default endpoint and never for a stored context
 * (docker/cli, `flags.ClientOptions`): `DOCKER_TLS_VERIFY` verifies whatever its value, `DOCKER_TLS` does not; files
 * lie in `DOCKER_CERT_PATH` or in Docker's own directory. A missing certificate or key is left out; a missing CA is
 * an error of Docker's, found when the endpoint is asked.
 */
function environmentTls(environment: DockerEnvironment): EndpointTls | undefined {
  const verify = variable(environment, 'DOCKER_TLS_VERIFY') !== undefined;
  if (!verify && variable(environment, 'DOCKER_TLS') === undefined) return undefined;
  const directory = variable(environment, 'DOCKER_CERT_PATH') ?? dockerDirectory(environment);
  const file = (name: string) => pathsOf(environment).join(directory, name);
  return {
    ca: file('ca.pem'),
    ...(environment.disk.exists(file('cert.pem')) && { cert: file('cert.pem') }),
    ...(environment.disk.exists(file('key.pem')) && { key: file('key.pem') }),
    verify,
    from: verify ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS',
  };
}

/**
 * The other endpoints of this machine, each once: contexts, the default socket, and the sockets that exist where
 * the known providers put them. An address that leads to the chosen endpoint through links is not another one.
 */
export function otherEndpoints(chosenOne: Endpoint, environment: DockerEnvironment): readonly Endpoint[] {
  const seen = new Set([identityOf(chosenOne.host, environment)]);
  const found: Endpoint[] = [];
  const add = (endpoint: Endpoint) => {
    const identity = identityOf(endpoint.host, environment);
    if (seen.has(identity)) return;
    seen.add(identity);
    found.push(endpoint);
  };
  for (const context of listContexts(dockerDirectory(environment))) {
    if (context.fault !== undefined) continue;
    add(contextEndpoint(context, `context "${context.name}"`, environment));
  }
  // While DOCKER_HOST is set, the context "default" means DOCKER_HOST: this one is then no context's.
  const hostIsSet = variable(environment, 'DOCKER_HOST') !== undefined;
  const plain = { host: defaultHost(environment), from: 'the default socket' };
  add(endpointOf(hostIsSet ? plain : { ...plain, context: 'default' }, environment));
  for (const known of wellKnownHosts(environment)) add(endpointOf(known, environment));
  return found;
}

/** Where the known providers put their sockets; only those that exist, except pipes, which are cheap to ask. */
function wellKnownHosts(environment: DockerEnvironment): readonly { host: string; from: string }[] {
  const isPipe = environment.platform === 'win32';
  return wellKnownAddresses(environment)
    .filter(({ path }) => isPipe || environment.disk.exists(path))
    .map(({ host, from }) => ({ host, from }));
}

/** Every address where a known provider may answer, there or not, and the provider of each. */
export function wellKnownEndpoints(environment: DockerEnvironment): readonly Endpoint[] {
  return wellKnownAddresses(environment).map(({ host, from }) => endpointOf({ host, from }, environment));
}

function wellKnownAddresses(
  environment: DockerEnvironment,
): readonly { host: string; from: string; path: string }[] {
  if (environment.platform === 'win32') {
    return ['dockerDesktopLinuxEngine', 'dockerDesktopWindowsEngine', 'podman-machine-default'].map(
      (pipe) => ({
        host: `npipe:////./pipe/${pipe}`,
        from: `the pipe ${pipe}`,
        path: `//./pipe/${pipe}`,
      }),
    );
  }
  return wellKnownSockets(environment).map((path) => ({
    host: `unix://${path}`,
    from: `the socket ${path}`,
    path,
  }));
}

function wellKnownSockets(environment: DockerEnvironment): readonly string[] {
  const { home, disk } = environment;
  const runtime = runtimeDirectory(environment);
  const temporary = variable(environment, 'TMPDIR')?.replace(/\/$/, '');
  return [
    ...(runtime ? [`${runtime}/docker.sock`] : []),
    // What Docker Desktop shares with the distributions below WSL, also where its own link to it is gone.
    ...(isWsl(environment)
      ? ['/mnt/wsl/docker-desktop/shared-sockets/guest-services/docker.proxy.sock']
      : []),
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    ...colimaHomes(environment).flatMap((colima) => [
      ...disk.list(colima).map((profile) => `${colima}/${profile}/docker.sock`),
      // Before 0.4 there was one socket for the one profile.
      `${colima}/docker.sock`,
    ]),
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.rd/docker.sock`,
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    ...(environment.platform === 'linux' ? ['/run/podman/podman.sock'] : []),
    `${home}/.local/share/containers/podman/machine/podman.sock`,
    ...(temporary ? [`${temporary}/podman/podman-machine-default-api.sock`] : []),
    ...disk
      .list(limaHome(environment))
      .map((instance) => `${limaHome(environment)}/${instance}/sock/docker.sock`),
  ];
}

/** Where Colima keeps its profiles: `COLIMA_HOME`, else `~/.colima`, else below the XDG configuration directory. */
export function colimaHomes(environment: DockerEnvironment): readonly string[] {
  const named = variable(environment, 'COLIMA_HOME');
  if (named) return [named];
  const xdg = variable(environment, 'XDG_CONFIG_HOME') ?? `${environment.home}/.config`;
  return [`${environment.home}/.colima`, `${xdg}/colima`];
}

/** Where Lima keeps its instances. */
export function limaHome(environment: DockerEnvironment): string {
  return variable(environment, 'LIMA_HOME') ?? `${environment.home}/.lima`;
}
