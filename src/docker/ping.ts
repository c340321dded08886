/** Asks an endpoint whether an engine answers there, and says precisely what happened where none does. */
import type { DockerEnvironment } from './environment.ts';
import { addressOf, withoutPassword } from './host.ts';
import { isObject } from './json.ts';
import type { Endpoint, Ping } from './model.ts';
import {
  type Down,
  down,
  explain,
  explainSilence,
  lookAt,
  printable,
  quoted,
  serverOf,
} from './ping-failure.ts';
import { type Connection, connect, UnexpectedStatus } from './transport.ts';

export type PingOptions = {
  /** In milliseconds, for everything: looking, connecting, both answers. 2000 unless told, as the docker CLI's own. */
  readonly timeoutMs?: number;
  /** The same where the way leads over ssh, which logs in first. As `timeoutMs` unless told. */
  readonly sshTimeoutMs?: number;
};

const answerBytes = 1024 * 1024;
const pingTimeoutMs = 2000;

/** Never throws, never takes longer than its time limit, and leaves no connection behind. */
export async function ping(
  endpoint: Endpoint,
  environment: DockerEnvironment,
  options: PingOptions = {},
): Promise<Ping> {
  const address = addressOf(endpoint.host);
  if (address.kind === 'invalid') {
    const seen =
      endpoint.host === ''
        ? 'there is no address to ask'
        : `${withoutPassword(endpoint.host)}: ${address.because}`;
    return down('failed', seen);
  }
  const ordinary = options.timeoutMs ?? pingTimeoutMs;
  const timeoutMs = address.kind === 'ssh' ? (options.sshTimeoutMs ?? ordinary) : ordinary;
  const end = Date.now() + timeoutMs;
  let connection: Connection | undefined;
  let over = false;
  const ask = async (): Promise<Ping> => {
    if (address.kind === 'socket') {
      const obstacle = await lookAt(address.path, environment);
      if (obstacle) return obstacle;
    }
    try {
      connection = await connect(endpoint, answerBytes, { environment, seconds: timeoutMs / 1_000 });
      // The limit may have passed while dockerode was loading; then nobody would close this one.
      if (over) connection.close();
      return await askEngine(connection);
    } catch (error) {
      return explain(error, endpoint, environment, connection?.trace, end - Date.now());
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Down>((resolve) => {
    timer = setTimeout(() => resolve(explainSilence(endpoint, connection?.trace, timeoutMs)), timeoutMs);
  });
  try {
    const answer = await Promise.race([ask(), limit]);
    return address.kind === 'socket' ? await withHolder(answer, address.path, environment) : answer;
  } finally {
    over = true;
    clearTimeout(timer);
    connection?.close();
  }
}

/** Who it is that takes connections on a socket and sends nothing; read from memory, so it costs no time to speak of. */
async function withHolder(answer: Ping, path: string, { disk, platform }: DockerEnvironment): Promise<Ping> {
  if (platform !== 'linux' || answer.answer === 'up' || answer.detail?.kind !== 'silence') return answer;
  const { holderOf } = await import('./socket-holder.ts');
  const holder = await holderOf(disk.realPath(path) ?? path);
  return holder ? { ...answer, detail: { ...answer.detail, holder } } : answer;
}

/**
 * `/_ping` of any engine is the text `OK`, and its `Api-Version` header comes from the engine itself. `/version` only
 * adds detail: proxies that guard a socket may refuse it, and the engine is up all the same.
 */
async function askEngine({ docker, trace }: Connection): Promise<Ping> {
  const answer: unknown = await docker.ping();
  if (typeof answer !== 'string' || answer.trim() !== 'OK') {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return down('bad-answer', `/_ping answered ${quoted(text)}, where an engine answers "OK"`, {
      kind: 'answer',
      status: 200,
      ofEngine: false,
      text: printable(text),
      ...serverOf(trace),
    });
  }
  const ofPing = trace.apiVersion;
  const version: unknown = await docker.version().catch((error: unknown) => {
    if (error instanceof UnexpectedStatus) return {};
    throw error;
  });
  const told = isObject(version) ? version : {};
  const platform = isObject(told.Platform) ? told.Platform : {};
  const apiVersion = textOf(told.ApiVersion) ?? ofPing;
  // Something that says OK to everything, such as a health endpoint, is still no engine.
  if (apiVersion === undefined)
    return down('bad-answer', '/_ping answered "OK" and no API version, so this is no Docker engine', {
      kind: 'answer',
      status: 200,
      ofEngine: false,
      ...serverOf(trace),
    });
  const serverVersion = textOf(told.Version);
  const os = textOf(told.Os);
  const product = textOf(platform.Name) || firstComponent(told.Components);
  return {
    answer: 'up',
    apiVersion,
    ...(serverVersion && { serverVersion }),
    ...(os && { os }),
    ...(product && { product }),
  };
}

/** Podman leaves the platform's name out and calls itself by its first component; a plain `Engine` says nothing. */
function firstComponent(components: unknown): string | undefined {
  const first: unknown = Array.isArray(components) ? components[0] : undefined;
  const name = isObject(first) ? textOf(first.Name) : undefined;
  return name === 'Engine' ? undefined : name;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? printable(value) : undefined;
}
