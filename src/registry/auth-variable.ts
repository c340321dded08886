/**
 * `DOCKER_AUTH_CONFIG`, which the docker CLI reads from 28.3 on (docker/cli, `configfile.parseEnvConfig`; watched with
 * 28.5): one JSON object with `auths`, each with an `auth` and nothing else. Anything else makes Docker warn and pass
 * all of it over.
 */
import { type DockerAuth, parseDockerConfig } from '../docker/config.ts';
import { isObject, readJson } from '../docker/json.ts';

export type AuthVariable = {
  readonly auths: ReadonlyMap<string, DockerAuth>;
  /** Why Docker passes it over; ends a sentence, and holds no value of it. */
  readonly fault?: string;
};

const NONE: ReadonlyMap<string, DockerAuth> = new Map();

/** Reads the value of the variable; one that is empty or not set holds nothing. */
export function readAuthVariable(value: string | undefined): AuthVariable {
  if (value === undefined || value === '') return { auths: NONE };
  const refused = (fault: string) => ({ auths: NONE, fault });
  const json = readJson(value);
  if (!json.ok) return refused('it is not valid JSON');
  try {
    JSON.parse(value);
  } catch {
    return refused('something follows its JSON object');
  }
  if (!isObject(json.value)) return refused('it holds no JSON object');
  if (Object.keys(json.value).some((name) => name.toLowerCase() !== 'auths'))
    return refused('it has a field other than "auths"');
  const entries = Object.values(isObject(json.value.auths) ? json.value.auths : {});
  for (const entry of entries) {
    if (!isObject(entry)) return refused('an entry of its "auths" is no object');
    if (Object.keys(entry).some((name) => name.toLowerCase() !== 'auth'))
      return refused('an entry of its "auths" has a field other than "auth"');
    if (!entry.auth) return refused('an entry of its "auths" has no "auth"');
  }
  const { config, fault } = parseDockerConfig(value, 'DOCKER_AUTH_CONFIG');
  return fault ? refused('an "auth" of it is not "user:password" in base64') : { auths: config.auths };
}
