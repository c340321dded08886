/** What an engine was told about registries: mirrors, insecure ones, proxies. From `GET /info` (Engine API). */
import { isObject } from './json.ts';
import type { Endpoint } from './model.ts';
import { type Connection, connect } from './transport.ts';

export type RegistrySettings = {
  /** Asked for images of Docker Hub, in this order, before Hub itself; without logins. */
  readonly mirrors: readonly string[];
  /** Hosts (`registry.test:5000`) and networks (`127.0.0.0/8`) of registries that need no valid certificate. */
  readonly insecure: readonly string[];
  /** The proxies of the engine, which are not those of this process; without logins. */
  readonly proxies: { readonly http?: string; readonly https?: string; readonly none?: string };
  /** `Docker Desktop`, `Debian GNU/Linux 12 (bookworm)`. */
  readonly system?: string;
};

/** In bytes; an engine with many plugins tells some 20 KiB. */
const answerBytes = 4 * 1024 * 1024;
const listedAtMost = 100;

/** Reads a `GET /info` answer; undefined where it is none. Logins in addresses are left out. */
export function registrySettingsOf(info: unknown): RegistrySettings | undefined {
  if (!isObject(info) || !isObject(info.RegistryConfig)) return undefined;
  const { Mirrors, InsecureRegistryCIDRs, IndexConfigs } = info.RegistryConfig;
  const indexes = isObject(IndexConfigs) ? Object.entries(IndexConfigs) : [];
  const insecure = indexes.flatMap(([name, index]) =>
    isObject(index) && index.Secure === false ? [name] : [],
  );
  const http = textOf(info.HttpProxy);
  const https = textOf(info.HttpsProxy);
  const none = textOf(info.NoProxy);
  const system = textOf(info.OperatingSystem);
  return {
    mirrors: strings(Mirrors).map(withoutLogin),
    insecure: [...insecure.slice(0, listedAtMost), ...strings(InsecureRegistryCIDRs)],
    proxies: {
      ...(http && { http: withoutLogin(http) }),
      ...(https && { https: withoutLogin(https) }),
      ...(none && { none }),
    },
    ...(system && { system }),
  };
}

/** Asks an engine that answers, within `timeoutMs` milliseconds; never throws. */
export async function askRegistrySettings(
  endpoint: Endpoint,
  timeoutMs: number,
): Promise<RegistrySettings | { readonly because: string }> {
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const ask = async () => {
    try {
      connection = await connect(endpoint, answerBytes);
      if (over) connection.close();
      const info: unknown = await connection.docker.info();
      return registrySettingsOf(info) ?? { because: 'the engine does not tell its settings of registries' };
    } catch (error) {
      const told = error instanceof Error ? error.message : 'unknown error';
      return { because: `the engine did not tell its settings (${told})` };
    }
  };
  const limit = new Promise<{ because: string }>((resolve) => {
    const because = `the engine did not tell its settings within ${timeoutMs / 1000} s`;
    timer = setTimeout(() => resolve({ because }), timeoutMs);
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    over = true;
    clearTimeout(timer);
    connection?.close();
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 2_000 ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, listedAtMost).flatMap((item) => textOf(item) ?? []);
}

/** The engine masks most logins itself; whatever stands before the `@` goes. */
function withoutLogin(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i, '$1');
}
