/** A real distribution registry on a free loopback port, and images to put into it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Why no registry can be started here; undefined where one can. */
export function registryMissing(): string | undefined {
  const missing = ['docker-registry', 'htpasswd'].filter((program) => !isOnPath(program));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export type TestRegistry = {
  /** `127.0.0.1:40123`: the host part of a reference. */
  readonly host: string;
  readonly url: string;
  readonly login?: { readonly username: string; readonly password: string };
  stop(): Promise<void>;
};

export type TestRegistryOptions = {
  /** Basic auth with this one login. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** PEM files; plain HTTP without them. */
  readonly tls?: { readonly certificate: string; readonly key: string };
};

/** Starts Debian's `docker-registry` with a storage of its own; `stop` ends it and removes what it stored. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const directory = mkdtempSync(path.join(tmpdir(), 'dockmedic-registry-'));
  const { auth, tls } = options;
  const config: Record<string, unknown> = {
    version: '0.1',
    log: { level: 'info', formatter: 'json' },
    storage: { filesystem: { rootdirectory: path.join(directory, 'data') } },
    http: { addr: '127.0.0.1:0', ...(tls ? { tls } : {}) },
  };
  if (auth) {
    const file = path.join(directory, 'htpasswd');
    const line = execFileSync('htpasswd', ['-Bbn', auth.username, auth.password], { encoding: 'utf8' });
    writeFileSync(file, line);
    config.auth = { htpasswd: { realm: 'dockmedic tests', path: file } };
  }
  const file = path.join(directory, 'config.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const host = await listeningOn(child);
    return { host, url: `${tls ? 'https' : 'http'}://${host}`, ...(auth ? { login: auth } : {}), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The registry chooses a free port by itself and writes it to its log. */
function listeningOn(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      log += text;
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (host !== undefined) resolve(host);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}: ${log}`)));
  });
}

export type TestImage = {
  readonly repository: string;
  readonly tag: string;
  /** `linux/amd64`, `linux/arm/v7`, … One platform gives a single manifest unless `index` is set. */
  readonly platforms: readonly string[];
  readonly index?: boolean;
};

export type TestArtefact = {
  readonly repository: string;
  readonly tag: string;
  /** That of its configuration: what it is. */
  readonly mediaType: string;
};

const OCI = 'application/vnd.oci.image';

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A layer that holds no file: the end mark of a tar archive. */
const EMPTY_TAR = Buffer.alloc(1024);

type Pusher = {
  blob(mediaType: string, bytes: Uint8Array): Promise<Descriptor>;
  /** Under a tag, or, without one, by its digest. */
  manifest(name: string | undefined, manifest: { mediaType: string }): Promise<Descriptor>;
};

function pushTo(registry: TestRegistry, repository: string): Pusher {
  const base = `${registry.url}/v2/${repository}`;
  const { login } = registry;
  const authorization =
    login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const headers: Record<string, string> = authorization ? { authorization } : {};

  async function request(method: string, url: string, type: string, body: Uint8Array): Promise<Response> {
    const response = await fetch(url, { method, headers: { ...headers, 'content-type': type }, body });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  }

  async function pushBlob(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const start = await request(
      'POST',
      `${base}/blobs/uploads/`,
      'application/octet-stream',
      new Uint8Array(),
    );
    const url = new URL(start.headers.get('location') ?? '', base);
    url.searchParams.set('digest', digest);
    await request('PUT', url.href, 'application/octet-stream', bytes);
    return { mediaType, digest, size: bytes.length };
  }

  async function pushManifest(
    name: string | undefined,
    manifest: { mediaType: string },
  ): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const digest = digestOf(bytes);
    await request('PUT', `${base}/manifests/${name ?? digest}`, manifest.mediaType, bytes);
    return { mediaType: manifest.mediaType, digest, size: bytes.length };
  }
  return { blob: pushBlob, manifest: pushManifest };
}

/** Pushes something that is no image. */
export async function pushArtefact(registry: TestRegistry, artefact: TestArtefact): Promise<void> {
  const { repository, tag, mediaType } = artefact;
  const push = pushTo(registry, repository);
  const config = await push.blob(mediaType, Buffer.from('{"name":"chart"}'));
  const layer = await push.blob('application/octet-stream', Buffer.from('a chart'));
  const manifest = { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers: [layer] };
  await push.manifest(tag, manifest);
}

/** Pushes a tiny image over the distribution API to a plain HTTP registry; gives the digest of its manifest. */
export async function pushImage(registry: TestRegistry, image: TestImage): Promise<string> {
  const { repository, tag, platforms } = image;
  const { blob: pushBlob, manifest: pushManifest } = pushTo(registry, repository);

  const isIndex = image.index ?? platforms.length !== 1;
  const layer = await pushBlob(`${OCI}.layer.v1.tar+gzip`, gzipSync(EMPTY_TAR));
  const entries: (Descriptor & { platform: object })[] = [];
  for (const text of platforms) {
    const [os, architecture, variant] = text.split('/');
    const platform = { architecture, os, ...(variant === undefined ? {} : { variant }) };
    const rootfs = { type: 'layers', diff_ids: [digestOf(EMPTY_TAR)] };
    const config = await pushBlob(
      `${OCI}.config.v1+json`,
      Buffer.from(JSON.stringify({ ...platform, config: {}, rootfs })),
    );
    const manifest = { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers: [layer] };
    const pushed = await pushManifest(isIndex ? undefined : tag, manifest);
    if (!isIndex) return pushed.digest;
    entries.push({ ...pushed, platform });
  }
  const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests: entries };
  return (await pushManifest(tag, index)).digest;
}
