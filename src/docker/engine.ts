/** The engine question as a whole: which endpoint Docker uses, what answers, what else is here. */
import { type DockerConfigRead, readDockerConfig } from './config.ts';
import { type Choice, chooseEndpoint, chooseWithout, otherEndpoints } from './endpoints.ts';
import { type DockerEnvironment, variable } from './environment.ts';
import { identityOf, isLocal, withoutPassword } from './host.ts';
import type { AskedEndpoint, ChoosingVariable, Endpoint, EngineEndpoints } from './model.ts';
import { type PingOptions, ping } from './ping.ts';
import { gatherProviderFacts, type ProviderFacts } from './provider-facts.ts';
import { installedProviders } from './providers.ts';
import { desktopStatus, gatherSurroundings, isDesktops } from './surroundings.ts';

/**
 * Asks the endpoint that the docker CLI would use and every other one of this machine, all at once, so that the time
 * limit of one ping is the limit of all. Docker Desktop is asked for its state where its engine is the chosen one and
 * does not answer. Never throws.
 */
export async function askEndpoints(
  environment: DockerEnvironment,
  options: PingOptions = {},
): Promise<EngineEndpoints> {
  const read = readDockerConfig(environment);
  const choice = chooseEndpoint(environment, read);
  const facts = gatherProviderFacts(environment);
  const [[chosen, status], ...others] = await Promise.all([
    askChosenAndDesktop(choice, facts, environment, options),
    ...otherEndpoints(choice.endpoint, environment).map((endpoint) =>
      askOther(endpoint, environment, options),
    ),
  ]);
  const isDown = chosen.ping.answer === 'down';
  const choosing = isDown ? await choosingVariable(choice, others, read, environment, options) : undefined;
  const surroundings = gatherSurroundings(environment, facts, read.config, choosing);
  return {
    chosen,
    ...(choice.fault && { fault: choice.fault }),
    others,
    startable: installedProviders(facts),
    surroundings: {
      ...surroundings,
      ...(status !== undefined && { desktop: { ...surroundings.desktop, status } }),
    },
  };
}

async function askChosenAndDesktop(
  { endpoint, fault }: Choice,
  facts: ProviderFacts,
  environment: DockerEnvironment,
  options: PingOptions,
): Promise<[AskedEndpoint, string | undefined]> {
  const asked = await askChosen(endpoint, fault?.message, environment, options);
  if (asked.ping.answer === 'up' || !isDesktops(asked)) return [asked, undefined];
  return [asked, await desktopStatus(facts, environment, options.timeoutMs ?? 2_000)];
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
  if (isLocal(endpoint.host)) return { ...endpoint, ping: await ping(endpoint, environment, options) };
  const seen = `${withoutPassword(endpoint.host)} is not on this machine and was not asked`;
  return { ...endpoint, ping: { answer: 'down', why: 'unsupported', seen } };
}

/** The variable that led to an endpoint that does not answer, and what docker would ask without it. */
async function choosingVariable(
  choice: Choice,
  others: readonly AskedEndpoint[],
  read: DockerConfigRead,
  environment: DockerEnvironment,
  options: PingOptions,
): Promise<Pick<ChoosingVariable, 'name' | 'without'> | undefined> {
  const name = (['DOCKER_HOST', 'DOCKER_CONTEXT'] as const).find((one) => variable(environment, one));
  if (name === undefined || !choice.endpoint.from.includes(name)) return undefined;
  const endpoint = chooseWithout(name, environment, read);
  if (!endpoint) return { name };
  const identity = identityOf(endpoint.host, environment);
  if (identity === identityOf(choice.endpoint.host, environment)) return { name };
  const known = others.find(({ host }) => identityOf(host, environment) === identity);
  const without = known ? { ...endpoint, ping: known.ping } : await askOther(endpoint, environment, options);
  return { name, without };
}
