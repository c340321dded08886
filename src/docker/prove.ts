/** Whether an engine that answers could run a container, too. */
import type { DockerEnvironment } from './environment.ts';
import { localImages } from './images.ts';
import { isObject } from './json.ts';
import type { Endpoint } from './model.ts';
import { gatherProviderFacts } from './provider-facts.ts';
import { type Connection, connect } from './transport.ts';

export type Proof = {
  readonly ok: boolean;
  /** What was tried and what came of it; a sentence without its full stop. */
  readonly seen: string;
};

/** Small images whose `true` does nothing. One is taken where it is there already; none is ever pulled. */
const SMALL = ['busybox', 'alpine', 'alpine:3.22', 'alpine:3.19', 'debian', 'ubuntu'] as const;
const runMs = 30_000;
const infoMs = 10_000;

/**
 * Runs a container that does nothing and is removed again, without a network, where one of a few well-known images is
 * there; else takes the engine's own word on its state (`docker info`). Never throws.
 */
export async function proveContainers(host: string, environment: DockerEnvironment): Promise<Proof> {
  const endpoint: Endpoint = { host, from: 'the started engine' };
  const images = await localImages(endpoint, environment, { timeoutMs: infoMs });
  const image = 'because' in images ? undefined : SMALL.find((name) => images.has(name));
  const docker = gatherProviderFacts(environment).executables.docker?.path;
  if (image !== undefined && docker !== undefined) return runOnce(docker, host, image, environment);
  return askInfo(endpoint, environment);
}

async function runOnce(
  docker: string,
  host: string,
  image: string,
  environment: DockerEnvironment,
): Promise<Proof> {
  const { execa } = await import('execa');
  const { DOCKER_CONTEXT: _, DOCKER_HOST: __, ...env } = environment.env;
  const options = ['--rm', '--pull', 'never', '--network', 'none', '--entrypoint', 'true'];
  const result = await execa(docker, ['--host', host, 'run', ...options, image], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    timeout: runMs,
    forceKillAfterDelay: 1_000,
    maxBuffer: 64 * 1024,
    windowsHide: true,
  });
  if (result.exitCode === 0) return { ok: true, seen: `a container of ${image} ran, and was removed` };
  const said = String(result.stderr ?? '')
    .replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .trim()
    .slice(0, 200);
  const how = result.timedOut ? `did not end within ${runMs / 1_000} s` : `did not run: ${said}`;
  return { ok: false, seen: `the engine answers, and a container of ${image} ${how}` };
}

async function askInfo(endpoint: Endpoint, environment: DockerEnvironment): Promise<Proof> {
  let connection: Connection | undefined;
  const timer = setTimeout(() => connection?.close(), infoMs);
  try {
    connection = await connect(endpoint, 4 * 1024 * 1024, { environment, seconds: infoMs / 1_000 });
    const info: unknown = await connection.docker.info();
    const runtime = isObject(info) ? info.DefaultRuntime : undefined;
    const named = typeof runtime === 'string' && runtime !== '' ? ` (runtime ${runtime.slice(0, 40)})` : '';
    return {
      ok: true,
      seen: `docker info has its state${named}; no container was tried, as no small image is there`,
    };
  } catch {
    return { ok: false, seen: `the engine answers a ping, and not docker info within ${infoMs / 1_000} s` };
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}
