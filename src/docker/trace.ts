/** Every endpoint that was considered, in Docker's order, with where it came from and why it won or lost. */
import { readDockerConfig } from './config.ts';
import { wellKnownEndpoints } from './endpoints.ts';
import { type DockerEnvironment, variable } from './environment.ts';
import { defaultHost, identityOf, withoutPassword } from './host.ts';
import type { AskedEndpoint, EngineEndpoints, Ping, ProviderId } from './model.ts';

export type Candidate = {
  /** `DOCKER_HOST`, `DOCKER_CONTEXT`, `currentContext in …/config.json`, `the default socket`, `context "colima"`. */
  readonly source: string;
  /** What it says, without a password; left out where it is not set. */
  readonly value?: string;
  /** The address behind it; left out where it is not set, or leads to none. */
  readonly host?: string;
  readonly provider?: ProviderId;
  /**
   * `chosen`; `unset`; `outranked` by one that comes before it; `elsewhere`: on this machine, and nothing names it;
   * `absent`: a place where a known product would put its socket, and there is none.
   */
  readonly state: 'chosen' | 'unset' | 'outranked' | 'elsewhere' | 'absent';
  /** Why it lost, as the end of a sentence. */
  readonly because?: string;
  /** Left out where it was not asked. */
  readonly ping?: Ping;
};

export type EngineTrace = {
  /** What docker looks at, in its order: the first that is set wins. */
  readonly order: readonly Candidate[];
  /** What else this machine may have. */
  readonly others: readonly Candidate[];
};

/** Reads the same variables and files as the choice itself; `endpoints` is what was asked. */
export function traceEngine(environment: DockerEnvironment, endpoints: EngineEndpoints): EngineTrace {
  const order = orderOf(environment, endpoints);
  const shown = new Set(
    order.flatMap(({ host }) => (host === undefined ? [] : [identityOf(host, environment)])),
  );
  const isNew = ({ host }: { readonly host: string }) => !shown.has(identityOf(host, environment));
  const asked = endpoints.others
    .filter(isNew)
    .map((other): Candidate => ({ ...candidateOf(other), state: 'elsewhere' }));
  for (const { host } of endpoints.others) shown.add(identityOf(host, environment));
  const absent = wellKnownEndpoints(environment)
    .filter(isNew)
    .map(
      ({ host, from, provider }): Candidate => ({
        source: from,
        host,
        ...(provider && { provider }),
        state: 'absent',
      }),
    );
  return { order, others: [...asked, ...absent] };
}

function orderOf(environment: DockerEnvironment, endpoints: EngineEndpoints): readonly Candidate[] {
  const { config } = readDockerConfig(environment);
  const named = [
    { source: 'DOCKER_HOST', value: variable(environment, 'DOCKER_HOST') },
    { source: 'DOCKER_CONTEXT', value: variable(environment, 'DOCKER_CONTEXT') },
    { source: `currentContext in ${config.file}`, value: config.currentContext },
  ];
  // "default" is no context: it leads on to the default socket.
  const winner = named.find(({ value }) => value !== undefined);
  const isDefault = winner === undefined || (winner.source !== 'DOCKER_HOST' && winner.value === 'default');
  const { chosen } = endpoints;
  const rows = named.map(({ source, value }): Candidate => {
    if (value === undefined) return { source, state: 'unset' };
    const shown =
      source === 'DOCKER_HOST' ? withoutPassword(value) : withoutPassword(`"${value}"`).slice(1, -1);
    if (source !== winner?.source)
      return { source, value: shown, state: 'outranked', because: `${labelOf(winner?.source)} comes first` };
    if (isDefault)
      return { source, value: shown, state: 'outranked', because: 'it names the default socket' };
    return { ...candidateOf(chosen), source, value: shown, state: 'chosen' };
  });
  const last: Candidate = isDefault
    ? { ...candidateOf(chosen), source: 'the default socket', state: 'chosen' }
    : defaultRow(environment, endpoints, winner?.source ?? '');
  return [...rows, last];
}

function defaultRow(environment: DockerEnvironment, { others }: EngineEndpoints, winner: string): Candidate {
  const host = defaultHost(environment);
  const identity = identityOf(host, environment);
  const asked = others.find((other) => identityOf(other.host, environment) === identity);
  return {
    ...(asked ? candidateOf(asked) : { host }),
    source: 'the default socket',
    state: 'outranked',
    because: `${labelOf(winner)} comes first`,
  };
}

/** A source in a word: the path of the configuration is told where it stands itself. */
function labelOf(source = ''): string {
  return source.split(' ', 1)[0] ?? source;
}

function candidateOf({ from, host, provider, ping }: AskedEndpoint): Omit<Candidate, 'state'> {
  return {
    source: from,
    ...(host !== '' && { host: withoutPassword(host) }),
    ...(provider && { provider }),
    ping,
  };
}
