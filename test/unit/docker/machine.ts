/** Machines for the tests: this one with a home of its own, and others as data. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextId } from '../../../src/docker/contexts.ts';
import { type Disk, type DockerEnvironment, realDisk } from '../../../src/docker/environment.ts';

export type Home = { readonly path: string; remove(): void };

/** A new, empty directory; short, because the path of a socket ends at 107 bytes. */
export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'dm-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** This machine, with a home directory and variables of the test's own. */
export function thisMachine(home: string, env: Record<string, string> = {}): DockerEnvironment {
  const uid = process.getuid?.();
  return { env, home, platform: process.platform, uid, disk: realDisk };
}

/** A machine that exists as data alone: its files, links by name, and texts. */
export function machine(
  platform: string,
  given: {
    home?: string;
    uid?: number;
    env?: Record<string, string>;
    files?: readonly string[];
    links?: Readonly<Record<string, string>>;
    texts?: Readonly<Record<string, string>>;
  } = {},
): DockerEnvironment {
  const home =
    given.home ??
    (platform === 'darwin' ? '/Users/mia' : platform === 'win32' ? 'C:\\Users\\mia' : '/home/mia');
  const links = given.links ?? {};
  const texts = given.texts ?? {};
  const files = [...(given.files ?? []), ...Object.keys(texts)];
  const below = (directory: string) =>
    files.filter((f) => f.startsWith(`${directory}/`) || f.startsWith(`${directory}\\`));
  const there = (path: string) => files.includes(path) || below(path).length > 0;
  const disk: Disk = {
    exists: (path) => there(links[path] ?? path),
    isExecutable: (path) => files.includes(links[path] ?? path),
    list: (directory) =>
      [...new Set(below(directory).map((f) => f.slice(directory.length + 1).split(/[\\/]/)[0] ?? ''))].sort(),
    realPath: (path) => (there(links[path] ?? path) ? (links[path] ?? path) : undefined),
    read: (path) => texts[path],
  };
  // A DOCKER_CONFIG that is not there keeps the machine that runs the tests out of them.
  const env = { DOCKER_CONFIG: '/nonexistent/docker', ...given.env };
  return { env, home, platform, uid: platform === 'win32' ? undefined : (given.uid ?? 1000), disk };
}

/** Stores a context as `docker context create` does. */
export function storeContext(
  docker: string,
  name: string,
  meta: unknown,
  tls: Readonly<Record<string, string>> = {},
): void {
  const folder = join(docker, 'contexts', 'meta', contextId(name));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta));
  for (const [file, text] of Object.entries(tls)) {
    const folder = join(docker, 'contexts', 'tls', contextId(name), 'docker');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

export function contextMeta(name: string, host?: string, more: object = {}): unknown {
  return {
    Name: name,
    Metadata: {},
    Endpoints: { docker: { ...(host && { Host: host }), SkipTLSVerify: false, ...more } },
  };
}

/** An HTTP server on a unix socket, or on a port of 127.0.0.1 where `at` is 0. */
export async function serve(
  at: string | 0,
  listener: RequestListener,
): Promise<{ server: Server; port: number; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (at === 0) server.listen(0, '127.0.0.1', resolve);
    else server.listen(at, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { server, port, close };
}

export const versionAnswer = {
  Platform: { Name: 'Docker Engine - Community' },
  Version: '28.5.2',
  ApiVersion: '1.51',
  Os: 'linux',
  Arch: 'arm64',
};

/** Enough of an engine: `/_ping`, `/version`, `/images/json`. */
export function engineAnswers(images: unknown = []): RequestListener {
  return (request, response) => {
    response.setHeader('Api-Version', '1.51');
    if (request.url === '/_ping') return void response.setHeader('content-type', 'text/plain').end('OK');
    if (request.url === '/version') return void response.end(JSON.stringify(versionAnswer));
    if (request.url?.startsWith('/images/json')) return void response.end(JSON.stringify(images));
    response.statusCode = 404;
    response.end(JSON.stringify({ message: 'page not found' }));
  };
}
