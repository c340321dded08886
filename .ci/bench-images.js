/** How long 200 images of one registry take that answers after 50 ms, and how many requests it sees at once. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const IMAGES = 200;
const LATENCY_MS = 50;
const BOUND_MS = 3_000;
/** What `src/registry/registries.ts` says. */
const AT_ONCE = 16;

const INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: ['amd64', 'arm64'].map((architecture) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${'0'.repeat(64)}`,
    size: 2,
    platform: { os: 'linux', architecture },
  })),
});

/** How often it is tried: another load on the machine is no fault of the program. The bound on requests holds each time. */
const TRIES = 3;

/** @returns whether everything was within its bounds */
export async function benchImages({ bin }) {
  for (let left = TRIES; ; left--) {
    const { ms, requests, most } = await once(bin);
    const within = ms <= BOUND_MS;
    const verdict = within && most <= AT_ONCE ? 'within' : 'ABOVE';
    console.log(
      `\n${IMAGES} images of a registry with ${LATENCY_MS} ms: ${ms.toFixed(0)} ms (bound ${BOUND_MS}), ${requests} requests, at most ${most} at once (bound ${AT_ONCE}): ${verdict}`,
    );
    if (most > AT_ONCE) return false;
    if (within || left === 1) return within;
  }
}

async function once(bin) {
  const seen = { requests: 0, under: 0, most: 0 };
  const server = http.createServer((request, response) => {
    seen.requests++;
    seen.under++;
    seen.most = Math.max(seen.most, seen.under);
    setTimeout(() => {
      seen.under--;
      response.writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' });
      response.end(request.method === 'HEAD' ? undefined : INDEX);
    }, LATENCY_MS);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = mkdtempSync(path.join(os.tmpdir(), 'dockmedic-bench-'));
  try {
    const host = `127.0.0.1:${server.address().port}`;
    // With a platform, each takes two requests, whether an engine answers here or not.
    const services = Array.from(
      { length: IMAGES },
      (_, i) => `  s${i}:\n    image: ${host}/app${i}:1\n    platform: linux/arm64\n`,
    );
    writeFileSync(path.join(directory, 'compose.yaml'), `services:\n${services.join('')}`);
    const ms = await timed(
      [bin, directory, '--no-engine', '--only', 'registry', '--format', 'json'],
      directory,
    );
    return { ms, ...seen };
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
}

function timed(args, home) {
  const started = performance.now();
  const env = { ...process.env, CI: '1', DOCKER_CONFIG: path.join(home, '.docker') };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore', env });
    child.on('error', reject);
    child.on('exit', (status) => {
      if (status === 0) resolve(performance.now() - started);
      else reject(new Error(`${args.join(' ')} ended with ${status}`));
    });
  });
}
