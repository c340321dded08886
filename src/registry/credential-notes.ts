/** What looks like a login of a registry and is none to Docker: the traps of `config.json`. Pure. */
import type { DockerAuth, DockerConfig } from '../docker/config.ts';
import type { AuthVariable } from './auth-variable.ts';
import type { Credentials } from './credentials.ts';
import { DOCKER_HUB } from './reference.ts';

const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_HOSTS: ReadonlySet<string> = new Set([DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io']);

type Config = Pick<DockerConfig, 'auths' | 'credsStore' | 'credHelpers'>;

/** Sentences about the logins for `host`. `file` is how the configuration is called. No secret is in them. */
export function credentialNotes(
  config: Config,
  variable: AuthVariable,
  credentials: Credentials,
  host: string,
  file: string,
): readonly string[] {
  const server = host === DOCKER_HUB ? HUB_KEY : host;
  const helper = helperFor(config, server);
  const notes: string[] = [];
  if (variable.fault !== undefined)
    notes.push(`DOCKER_AUTH_CONFIG is passed over by Docker, because ${variable.fault}.`);
  else if (credentials.source === 'DOCKER_AUTH_CONFIG')
    notes.push('A docker CLI before 28.3 does not read DOCKER_AUTH_CONFIG.');
  if (credentials.kind === 'failed' && credentials.helper)
    notes.push(
      'Compose and builds stop there with "error getting credentials", even for images that everybody may read.',
    );
  const filed = [...config.auths].filter(([key, entry]) => hasSecret(entry) && keyMatches(key, host));
  if (helper !== undefined && filed.length > 0) {
    const also =
      credentials.kind === 'failed' ? ' Only `docker pull` falls back to it while the helper fails.' : '';
    notes.push(
      `auths in ${file} holds a login for ${host} as well, left over from before; Docker looks into docker-credential-${helper} instead.${also}`,
    );
  }
  if (host === DOCKER_HUB) {
    const lost = [...config.auths]
      .filter(([key, entry]) => hasSecret(entry) && key !== HUB_KEY && HUB_HOSTS.has(hostOfKey(key)))
      .map(([key]) => hostOfKey(key));
    if (lost.length > 0)
      notes.push(
        `auths in ${file} has an entry for ${lost[0]}, which Docker never uses: it files the login of Docker Hub under ${HUB_KEY}.`,
      );
    if ([...config.credHelpers.keys()].some((key) => HUB_HOSTS.has(key)))
      notes.push(
        `credHelpers in ${file} names a helper for Docker Hub under a key that Docker never uses; it is ${HUB_KEY}.`,
      );
  }
  if (credentials.kind === 'none') {
    const near = [...config.auths]
      .map(([key]) => hostOfKey(key))
      .find((key) => key !== host && host !== DOCKER_HUB && withoutPort(key) === withoutPort(host));
    if (near !== undefined)
      notes.push(`${file} knows a login for ${near}; Docker keeps hosts with different ports apart.`);
  }
  return notes;
}

/** The helper that Docker asks for a server, by its short name. An empty entry switches helpers off. */
function helperFor(config: Config, server: string): string | undefined {
  const named = config.credHelpers.get(server) ?? config.credsStore;
  return named === '' ? undefined : named;
}

function hasSecret({ password, identityToken, registryToken }: DockerAuth): boolean {
  return Boolean(password || identityToken || registryToken);
}

function keyMatches(key: string, host: string): boolean {
  return host === DOCKER_HUB ? key === HUB_KEY : hostOfKey(key) === host;
}

/** The host of a key, without whatever login a URL may have in front of it. */
function hostOfKey(key: string): string {
  return key
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/s, '')
    .replace(/^.*@/s, '');
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
