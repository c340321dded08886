/** `config.json` of the docker CLI: the current context, credentials, proxies. */
import { readFileSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { type DockerEnvironment, dockerDirectory, pathsOf } from './environment.ts';
import { isObject, member, readJson } from './json.ts';

/** What the registry side and the choice of an endpoint need of `config.json`. */
export type DockerConfig = {
  /** Absolute path of the file, whether or not it exists. */
  readonly file: string;
  /** Absolute path of the directory that also holds contexts, plugins and TLS files. */
  readonly directory: string;
  readonly currentContext?: string;
  /** By the key as written: `https://index.docker.io/v1/`, `ghcr.io`. */
  readonly auths: ReadonlyMap<string, DockerAuth>;
  /** The helper that holds every credential: `desktop` stands for `docker-credential-desktop`. */
  readonly credsStore?: string;
  /** Helpers by registry; each wins over `credsStore`. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** By engine address, or `default`. Values may hold a password: never show them. */
  readonly proxies: ReadonlyMap<string, DockerProxy>;
  /** `cliPluginsExtraDirs`. */
  readonly pluginDirectories: readonly string[];
};

/** A credential of `auths`. An entry without any field is the mark of a login kept by a helper. Secret. */
export type DockerAuth = {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
};

export type DockerProxy = {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
};

/**
 * The configuration and, where Docker could not read all of it, why. Docker only warns then and goes on with what
 * it could read, so a fault never stands without a configuration.
 */
export type DockerConfigRead = {
  readonly config: DockerConfig;
  /** One sentence that names the file and no value of it. */
  readonly fault?: { readonly message: string };
};

const largestConfigBytes = 4 * 1024 * 1024;

/** Reads `config.json` from `DOCKER_CONFIG` or `~/.docker`; never throws. */
export function readDockerConfig(environment: DockerEnvironment): DockerConfigRead {
  const directory = dockerDirectory(environment);
  const file = pathsOf(environment).join(directory, 'config.json');
  const text = readConfigText(file);
  if (text === undefined) return { config: emptyConfig(file) };
  if (typeof text !== 'string') {
    return { config: emptyConfig(file), fault: { message: `${file} cannot be read: ${text.because}` } };
  }
  return parseDockerConfig(text, file);
}

/** The configuration in a text; also that of `DOCKER_AUTH_CONFIG`, which has the same form. */
export function parseDockerConfig(text: string, file: string): DockerConfigRead {
  const json = readJson(text);
  if (!json.ok) {
    const message = `${file} is not valid JSON at line ${json.line}, column ${json.column}: ${json.because}`;
    return { config: emptyConfig(file), fault: { message } };
  }
  // Docker accepts an empty file and `null` silently.
  if (json.value === undefined || json.value === null) return { config: emptyConfig(file) };
  if (!isObject(json.value)) {
    const message = `${file} must hold a JSON object, and holds ${nameOf(json.value)}`;
    return { config: emptyConfig(file), fault: { message } };
  }
  const faults: string[] = [];
  const config = configOf(json.value, file, faults);
  const [first] = faults;
  return first === undefined ? { config } : { config, fault: { message: `${file}: ${first}` } };
}

/** A configuration that says nothing, as of a machine where `docker login` was never run. */
function emptyConfig(file: string): DockerConfig {
  return {
    file,
    directory: (file.includes('\\') ? win32 : posix).dirname(file),
    auths: new Map(),
    credHelpers: new Map(),
    proxies: new Map(),
    pluginDirectories: [],
  };
}

function configOf(object: Readonly<Record<string, unknown>>, file: string, faults: string[]): DockerConfig {
  const currentContext = text(object, 'currentContext', faults);
  const credsStore = text(object, 'credsStore', faults);
  return {
    ...emptyConfig(file),
    ...(currentContext && { currentContext }),
    ...(credsStore && { credsStore }),
    auths: entries(object, 'auths', faults, authOf),
    credHelpers: entries(object, 'credHelpers', faults, (value, where) =>
      typeof value === 'string' ? value : complain(faults, where, 'a string', value),
    ),
    proxies: entries(object, 'proxies', faults, (value, where) =>
      isObject(value) ? proxyOf(value) : complain(faults, where, 'an object', value),
    ),
    pluginDirectories: strings(object, 'cliPluginsExtraDirs', faults),
  };
}

function readConfigText(file: string): string | { readonly because: string } | undefined {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return { because: 'it is a directory' };
    if (!stat.isFile()) return { because: 'it is not a regular file' };
    if (stat.size > largestConfigBytes) return { because: `it is larger than ${largestConfigBytes} bytes` };
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { because: code === 'EACCES' ? 'permission denied (EACCES)' : code };
  }
}

/**
 * One entry of `auths`. `auth` is the base64 form of `user:secret`; Docker rejects one that is not base64, has no
 * colon or no user (docker/cli, `configfile.decodeAuth`).
 */
function authOf(value: unknown, where: string, faults: string[]): DockerAuth | undefined {
  if (!isObject(value)) return complain(faults, where, 'an object', value);
  const auth = text(value, 'auth', faults, where);
  const identityToken = text(value, 'identitytoken', faults, where);
  const registryToken = text(value, 'registrytoken', faults, where);
  const tokens = { ...(identityToken && { identityToken }), ...(registryToken && { registryToken }) };
  if (!auth) {
    const username = text(value, 'username', faults, where);
    const password = text(value, 'password', faults, where);
    return { ...(username && { username }), ...(password && { password }), ...tokens };
  }
  const plain = decodeBase64(auth);
  if (plain === undefined) {
    faults.push(`the credential of ${where} is not base64`);
    return undefined;
  }
  const colon = plain.indexOf(':');
  if (colon < 1) {
    faults.push(`the credential of ${where} is not of the form "user:password" once decoded`);
    return undefined;
  }
  return {
    username: plain.slice(0, colon),
    password: plain.slice(colon + 1).replace(/^\0+|\0+$/g, ''),
    ...tokens,
  };
}

/** Strict, padded base64; Node's own decoder takes anything. */
function decodeBase64(value: string): string | undefined {
  const clean = value.replace(/[\r\n]/g, '');
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return undefined;
  return Buffer.from(clean, 'base64').toString('utf8');
}

function proxyOf(value: Readonly<Record<string, unknown>>): DockerProxy {
  const ignored: string[] = [];
  const httpProxy = text(value, 'httpProxy', ignored);
  const httpsProxy = text(value, 'httpsProxy', ignored);
  const noProxy = text(value, 'noProxy', ignored);
  return { ...(httpProxy && { httpProxy }), ...(httpsProxy && { httpsProxy }), ...(noProxy && { noProxy }) };
}

function text(
  object: Readonly<Record<string, unknown>>,
  name: string,
  faults: string[],
  where = '',
): string | undefined {
  const value = member(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  return complain(faults, where ? `"${name}" of ${where}` : `"${name}"`, 'a string', value);
}

function strings(
  object: Readonly<Record<string, unknown>>,
  name: string,
  faults: string[],
): readonly string[] {
  const value = member(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return complain(faults, `"${name}"`, 'a list', value) ?? [];
  return value.filter((item): item is string => typeof item === 'string');
}

function entries<T>(
  object: Readonly<Record<string, unknown>>,
  name: string,
  faults: string[],
  read: (value: unknown, where: string, faults: string[]) => T | undefined,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  const value = member(object, name);
  if (value === undefined || value === null) return found;
  if (!isObject(value)) {
    complain(faults, `"${name}"`, 'an object', value);
    return found;
  }
  for (const [key, entry] of Object.entries(value)) {
    const one = read(entry, `"${withoutUserInfo(key)}" in "${name}"`, faults);
    if (one !== undefined) found.set(key, one);
  }
  return found;
}

/** A key of `auths` may be a URL with a password in it. */
function withoutUserInfo(key: string): string {
  return key.replace(/\/\/[^/@]*@/, '//');
}

function complain(faults: string[], where: string, expected: string, value: unknown): undefined {
  faults.push(`${where} must be ${expected}, and is ${nameOf(value)}`);
  return undefined;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
