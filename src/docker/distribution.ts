/**
 * Has an engine look an image up at its registry: `GET /distribution/<name>/json` (Engine API), which asks as `docker
 * pull` does, with the mirrors, proxies and certificates of the engine, and pulls nothing.
 */
import type { Endpoint } from './model.ts';
import { type Connection, connect, UnexpectedStatus } from './transport.ts';

/** What the engine answered, raw: `message` is its own text, which may hold words of a registry. Never show it. */
export type Distribution =
  | { readonly status: number; readonly body: unknown; readonly message: string }
  | { readonly because: string; readonly timedOut: boolean };

/** In bytes; an index of a hundred platforms is some 10 KiB. */
const answerBytes = 1024 * 1024;

/** The login of a registry as the Engine API takes it. Secret. */
export type EngineLogin = {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
  readonly serveraddress: string;
};

/**
 * Asks within `timeoutMs` milliseconds; never throws. `login` leaves this process: the caller sees to it that the
 * endpoint is on this machine.
 */
export async function askDistribution(
  endpoint: Endpoint,
  reference: string,
  login: EngineLogin | undefined,
  timeoutMs: number,
): Promise<Distribution> {
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const ask = async (): Promise<Distribution> => {
    try {
      connection = await connect(endpoint, answerBytes);
      if (over) connection.close();
      const options = login === undefined ? {} : { authconfig: login };
      const body: unknown = await connection.docker.getImage(reference).distribution(options);
      return { status: 200, body, message: '' };
    } catch (error) {
      if (error instanceof UnexpectedStatus) {
        return { status: error.status, body: undefined, message: messageOf(error.body) };
      }
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      return { because: `the engine did not answer${code}`, timedOut: false };
    }
  };
  const limit = new Promise<Distribution>((resolve) => {
    const because = `the engine gave no answer about it within ${Math.round(timeoutMs / 100) / 10} s`;
    timer = setTimeout(() => resolve({ because, timedOut: true }), timeoutMs);
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    over = true;
    clearTimeout(timer);
    connection?.close();
  }
}

function messageOf(body: string): string {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
      return json.message.slice(0, 4_000);
  } catch {
    // Not JSON: no engine wrote it.
  }
  return '';
}
