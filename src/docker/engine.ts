/** The engine question as a whole: which endpoint Docker uses, what answers, what else is here. */
import { readDockerConfig } from './config.ts';
import { chooseEndpoint, otherEndpoints } from './endpoints.ts';
import type { DockerEnvironment } from './environment.ts';
import { isLocal, withoutPassword } from './host.ts';
import type { AskedEndpoint, Endpoint, EngineEndpoints } from './model.ts';
import { type PingOptions, ping } from './ping.ts';
import { gatherProviderFacts } from './provider-facts.ts';
import { installedProviders } from './providers.ts';

/**
 * Asks the endpoint that the docker CLI would use and every other one of this machine, all at once, so that the time
 * limit of one ping is the limit of all. Never throws.
 */
export async function askEndpoints(
  environment: DockerEnvironment,
  options: PingOptions = {},
): Promise<EngineEndpoints> {
  const choice = chooseEndpoint(environment, readDockerConfig(environment));
  const [chosen, ...others] = await Promise.all([
    askChosen(choice.endpoint, choice.fault?.message, environment, options),
    ...otherEndpoints(choice.endpoint, environment).map((endpoint) =>
      askOther(endpoint, environment, options),
    ),
  ]);
  return {
    chosen,
    ...(choice.fault && { fault: choice.fault }),
    others,
    startable: installedProviders(gatherProviderFacts(environment)),
  };
}

async function askChosen(
  endpoint: Endpoint,
  fault: string | undefined,
  environment: DockerEnvironment,
  options: PingOptions,
): Promise<AskedEndpoint> {
  // Docker would not get as far as a connection; the fault is what was seen.
  if (endpoint.host === '' && fault !== undefined) {
    return { ...endpoint, ping: { answer: 'down', why: 'failed', seen: fault } };
  }
  return { ...endpoint, ping: await ping(endpoint, environment, options) };
}

/**
 * Engines of other machines are not knocked at merely to look for an alternative: a context may well stand for
 * production, and nobody should be advised to switch there.
 */
async function askOther(
  endpoint: Endpoint,
  environment: DockerEnvironment,
  options: PingOptions,
): Promise<AskedEndpoint> {
  if (isLocal(endpoint.host) || endpoint.host.startsWith('ssh://')) {
    return { ...endpoint, ping: await ping(endpoint, environment, options) };
  }
  const seen = `${withoutPassword(endpoint.host)} is not on this machine and was not asked`;
  return { ...endpoint, ping: { answer: 'down', why: 'unsupported', seen } };
}
