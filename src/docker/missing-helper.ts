/** The credential helper that Docker would start for a registry, where there is no such program. */
import { readFileSync } from 'node:fs';
import type { MissingHelper } from '../facts.ts';
import { helperProgram, isInstalled } from '../registry/credential-helper.ts';
import { DOCKER_HUB, parseReference } from '../registry/reference.ts';
import { type DockerConfig, parseDockerConfig, readDockerConfig } from './config.ts';
import { withoutHelper } from './config-edit.ts';
import type { DockerEnvironment } from './environment.ts';

/** The key of Docker Hub's login; the CLI uses no other for it. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * A function that tells for an image's reference which helper is missing, if one is. Compose asks the helper before it
 * pulls anything, a registry that wants no login included (seen with Compose 2.40).
 */
export function createHelperCheck(
  environment: DockerEnvironment,
): (reference: string) => Promise<MissingHelper | undefined> {
  const { config } = readDockerConfig(environment);
  // A login from there is taken before any helper is asked.
  const given = parseDockerConfig(environment.env.DOCKER_AUTH_CONFIG ?? '', 'DOCKER_AUTH_CONFIG').config;
  const known = new Map<string, Promise<MissingHelper | undefined>>();
  return async (text) => {
    const reference = parseReference(text);
    const name = 'invalid' in reference ? undefined : helperFor(config, given, reference.host);
    if (name === undefined) return undefined;
    const asked = known.get(name) ?? check(config, name, environment);
    known.set(name, asked);
    return asked;
  };
}

function helperFor(config: DockerConfig, given: DockerConfig, host: string): string | undefined {
  const server = host === DOCKER_HUB ? HUB_KEY : host;
  if (given.auths.has(server)) return undefined;
  const named = config.credHelpers.get(server);
  // An empty name switches the helper off for this registry.
  return (named === undefined ? config.credsStore : named) || undefined;
}

async function check(
  config: DockerConfig,
  name: string,
  environment: DockerEnvironment,
): Promise<MissingHelper | undefined> {
  const program = helperProgram(name);
  if (program === undefined || (await isInstalled(program, environment.env))) return undefined;
  const removal = removalFrom(config.file, name);
  return { program, file: config.file, ...(removal ? { removal } : {}) };
}

function removalFrom(file: string, name: string): MissingHelper['removal'] {
  try {
    return withoutHelper(readFileSync(file, 'utf8'), name);
  } catch {
    return undefined;
  }
}
