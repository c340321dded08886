/**
 * The credentials that Docker itself would send to a registry. The order is that of the docker CLI:
 * `DOCKER_AUTH_CONFIG` of the environment, then the helper of `credHelpers`, else the one of `credsStore`, else
 * `auths`. Where a helper is configured, Docker does not look into `auths` at all.
 */
import path from 'node:path';
import type { DockerAuth, DockerConfig } from '../docker/config.ts';
import { readAuthVariable } from './auth-variable.ts';
import {
  askHelper,
  type Environment,
  type HelperAnswer,
  type HelperFault,
  helperProgram,
} from './credential-helper.ts';
import { DOCKER_HUB } from './reference.ts';

/** `source` says in words where they come from (`auths in ~/.docker/config.json`) and never holds a secret. */
export type Credentials =
  | { readonly kind: 'none'; readonly source: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly source: string }
  | {
      readonly kind: 'token';
      readonly use: 'identity' | 'registry';
      readonly token: string;
      readonly source: string;
    }
  | {
      readonly kind: 'failed';
      readonly source: string;
      /** Ends the sentence "not checked, because …". */
      readonly because: string;
      readonly helper?: { readonly program: string; readonly fault: HelperFault };
    };

export type CredentialStore = (registryHost: string) => Promise<Credentials>;

export type CredentialOptions = {
  readonly config: Pick<DockerConfig, 'auths' | 'credsStore' | 'credHelpers'>;
  /** Why the file could not be read in full: said where no login is found in what could be. Names no secret. */
  readonly configFault?: string | undefined;
  /** The directory of `config.json`: `DOCKER_CONFIG`, or `.docker` in the home directory. */
  readonly configDirectory: string;
  readonly environment: Environment;
  /** How long one helper may take, in milliseconds. */
  readonly helperTimeoutMs: number;
  /** When everything has to be over, as of `Date.now()`. */
  readonly until?: number;
};

/** The key of Docker Hub's login; the CLI uses no other for it. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** By which a helper marks its secret as an identity token (docker-credential-helpers). */
const TOKEN_USER = '<token>';

/** How the file is called: from the home directory on, where it lies there. */
export function configName(directory: string, environment: Environment): string {
  const home = environment.HOME ?? environment.USERPROFILE;
  const file = path.join(directory, 'config.json');
  if (!home || !file.startsWith(home + path.sep)) return file;
  return `~${file.slice(home.length).replaceAll('\\', '/')}`;
}

/** Undefined for an empty entry, which `docker login` leaves behind where a helper keeps the secret. */
function fromEntry(entry: DockerAuth | undefined, source: string): Credentials | undefined {
  if (!entry) return undefined;
  const { username, password = '', identityToken, registryToken } = entry;
  if (registryToken) return { kind: 'token', use: 'registry', token: registryToken, source };
  if (identityToken) return { kind: 'token', use: 'identity', token: identityToken, source };
  return username ? { kind: 'basic', username, password, source } : undefined;
}

/** The host of an `auths` key: older clients wrote `https://host/v1/`, newer ones write `host`. */
function hostOfKey(key: string): string {
  return key.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/s, '');
}

/** Docker takes the entry under the very address first, then one of an older form with the same host. */
function fromAuths(auths: ReadonlyMap<string, DockerAuth>, server: string): DockerAuth | undefined {
  const exact = auths.get(server);
  if (exact) return exact;
  for (const [key, entry] of auths) if (hostOfKey(key) === server) return entry;
  return undefined;
}

/** A function that gives the credentials of a registry host, each host and each helper asked once. */
export function createCredentialStore(options: CredentialOptions): CredentialStore {
  const { config, configFault, environment, helperTimeoutMs, until = Number.POSITIVE_INFINITY } = options;
  const file = configName(options.configDirectory, environment);
  const variable = readAuthVariable(environment.DOCKER_AUTH_CONFIG);
  const known = new Map<string, Promise<Credentials>>();
  // One question to a helper at a time: a helper that hangs is then known to before the next host is asked about.
  const queues = new Map<string, Promise<unknown>>();
  const hung = new Map<string, HelperAnswer>();

  const limit = () => Math.max(0, Math.min(helperTimeoutMs, until - Date.now()));

  function ask(program: string, server: string): Promise<HelperAnswer> {
    const before = queues.get(program) ?? Promise.resolve();
    const answer = before.then(async () => {
      const given = hung.get(program) ?? (await askHelper(program, server, environment, limit()));
      if (given.kind === 'fault' && given.fault === 'timeout') hung.set(program, given);
      return given;
    });
    queues.set(program, answer);
    return answer;
  }

  async function fromHelper(name: string, key: string, server: string, host: string): Promise<Credentials> {
    const program = helperProgram(name);
    if (program === undefined) {
      const because = `${key} in ${file} is not the name of a credential helper`;
      return { kind: 'failed', source: `${key} in ${file}`, because };
    }
    const source = `${program}, named by ${key} in ${file}`;
    const answer = await ask(program, server);
    if (answer.kind === 'none') return { kind: 'none', source: `no login for ${host} in ${program}` };
    if (answer.kind === 'fault') {
      const because = `${program}, which ${file} names for logins, ${answer.because}`;
      return { kind: 'failed', source, because, helper: { program, fault: answer.fault } };
    }
    if (answer.username === TOKEN_USER)
      return { kind: 'token', use: 'identity', token: answer.secret, source };
    return { kind: 'basic', username: answer.username, password: answer.secret, source };
  }

  async function find(host: string): Promise<Credentials> {
    const server = host === DOCKER_HUB ? HUB_KEY : host;
    const given = fromEntry(variable.auths.get(server), 'DOCKER_AUTH_CONFIG');
    if (given) return given;
    const named = config.credHelpers.get(server);
    // An empty name switches the helper off for this registry.
    if (named) return fromHelper(named, 'credHelpers', server, host);
    if (named === undefined && config.credsStore)
      return fromHelper(config.credsStore, 'credsStore', server, host);
    const source = `auths in ${file}`;
    const stored = fromEntry(fromAuths(config.auths, server), source);
    if (stored) return stored;
    if (configFault === undefined) return { kind: 'none', source: `no login for ${host} in ${file}` };
    return { kind: 'failed', source, because: `the logins of Docker cannot be read: ${configFault}` };
  }

  return (host) => {
    const asked = known.get(host) ?? find(host);
    known.set(host, asked);
    return asked;
  };
}
