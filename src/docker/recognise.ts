/** Which product answers at an address, as far as the address or the name of its context gives it away. */
import { type DockerEnvironment, isWsl, variable } from './environment.ts';
import { addressOf } from './host.ts';
import type { ProviderId } from './model.ts';

/** Path fragments by provider, most telling first. Every vendor keeps its sockets below a directory of its own. */
const byPath: readonly (readonly [RegExp, ProviderId])[] = [
  [/\/\.?colima\//, 'colima'],
  [/\/\.orbstack\//, 'orbstack'],
  [/\/\.rd\/|\/mnt\/wsl\/rancher-desktop\//, 'rancher-desktop'],
  [/\/podman[^/]*\.sock$|\/podman\//, 'podman'],
  [/\/\.lima\/|\/lima\//, 'lima'],
  [/\/\.docker\/desktop\/|\/mnt\/wsl\/docker-desktop\/|\/com\.docker\.docker\//, 'docker-desktop'],
  [/^\/run\/user\/\d+\/docker\.sock$/, 'docker-rootless'],
];

const byPipe: readonly (readonly [RegExp, ProviderId])[] = [
  [/dockerdesktop/i, 'docker-desktop'],
  [/podman/i, 'podman'],
];

/** Names that the products give to the contexts they create. */
const byContext: readonly (readonly [RegExp, ProviderId])[] = [
  [/^desktop-(linux|windows)$/, 'docker-desktop'],
  [/^colima(-|$)/, 'colima'],
  [/^orbstack$/, 'orbstack'],
  [/^rancher-desktop$/, 'rancher-desktop'],
  [/^rootless$/, 'docker-rootless'],
  [/^podman(-|$)/, 'podman'],
  [/^lima(-|$)/, 'lima'],
];

/**
 * The provider of an endpoint; undefined where nothing tells, such as the pipe `docker_engine`, which Docker
 * Desktop, Rancher Desktop and Windows' own engine all offer. The address, with its links resolved, wins over the
 * name of the context.
 */
export function recogniseProvider(
  host: string,
  context: string | undefined,
  environment: DockerEnvironment,
): ProviderId | undefined {
  return providerOfAddress(host, environment) ?? match(byContext, context ?? '');
}

function providerOfAddress(host: string, environment: DockerEnvironment): ProviderId | undefined {
  const address = addressOf(host);
  if (address.kind === 'pipe') return match(byPipe, address.path);
  if (address.kind !== 'socket') return undefined;
  const path = environment.disk.realPath(address.path) ?? address.path;
  for (const [name, provider] of [
    ['COLIMA_HOME', 'colima'],
    ['LIMA_HOME', 'lima'],
  ] as const) {
    const home = variable(environment, name);
    if (home && path.startsWith(`${home}/`)) return provider;
  }
  const telling = match(byPath, path);
  if (telling) return telling;
  // The same path means Docker Desktop on macOS, and on Linux a rootless engine without XDG_RUNTIME_DIR.
  if (path.endsWith('/.docker/run/docker.sock')) {
    return environment.platform === 'darwin' ? 'docker-desktop' : 'docker-rootless';
  }
  const runtime = variable(environment, 'XDG_RUNTIME_DIR');
  if (runtime && path === `${runtime}/docker.sock` && environment.uid !== 0) return 'docker-rootless';
  // Below WSL, Docker Desktop may serve this path too.
  const engine = path === '/var/run/docker.sock' || path === '/run/docker.sock';
  return engine && environment.platform === 'linux' && !isWsl(environment) ? 'docker-engine' : undefined;
}

function match(table: readonly (readonly [RegExp, ProviderId])[], text: string): ProviderId | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}
