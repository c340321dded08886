/**
 * The context store of the docker CLI: `contexts/meta/<id>/meta.json` and `contexts/tls/<id>/docker/*.pem` below
 * Docker's configuration directory, where `<id>` is the SHA-256 of the name (docker/cli, `cli/context/store`).
 * The context `default` is never stored: it is the environment's own choice.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, member, readJson } from './json.ts';
import type { EndpointTls } from './model.ts';

/** A stored context. */
export type DockerContext = {
  readonly name: string;
  /** Where its engine answers; undefined where the context names none and Docker takes the platform's default. */
  readonly host?: string;
  readonly description?: string;
  readonly tls?: EndpointTls;
  /** Why Docker cannot use it; ends the sentence "the context … cannot be used: …". */
  readonly fault?: string;
};

const largestMetaBytes = 1024 * 1024;
const contextsAtMost = 500;

/** The directory name that stands for a context. */
export function contextId(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Every stored context that can be read, by name; `default` is not among them. Never throws. */
export function listContexts(directory: string): readonly DockerContext[] {
  const meta = join(directory, 'contexts', 'meta');
  let ids: string[];
  try {
    ids = readdirSync(meta).slice(0, contextsAtMost);
  } catch {
    return [];
  }
  const found: DockerContext[] = [];
  for (const id of ids) {
    const context = readMeta(directory, id);
    // Docker finds a context by the hash of its name alone: one that lies elsewhere can be listed, not used.
    if (context && contextId(context.name) === id) found.push(context);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The context of a name, as Docker would look it up; undefined where there is none. Never throws. */
export function findContext(directory: string, name: string): DockerContext | undefined {
  const found = readMeta(directory, contextId(name), name);
  return found && { ...found, name };
}

/** `named` is the name to report where the file itself cannot be read; without it such a file is passed over. */
function readMeta(directory: string, id: string, named?: string): DockerContext | undefined {
  const file = join(directory, 'contexts', 'meta', id, 'meta.json');
  const broken = (fault: string): DockerContext | undefined =>
    named === undefined ? undefined : { name: named, fault };
  let text: string;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return broken(`${file} is not a regular file`);
    if (stat.size > largestMetaBytes) return broken(`${file} is larger than ${largestMetaBytes} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : broken(`${file} cannot be read (${code})`);
  }
  const json = readJson(text);
  if (!json.ok)
    return broken(`${file} is not valid JSON at line ${json.line}, column ${json.column}: ${json.because}`);
  if (!isObject(json.value)) return broken(`${file} holds no JSON object`);
  const name = named ?? member(json.value, 'Name');
  if (typeof name !== 'string' || name === '') return undefined;
  return contextOf(directory, id, name, json.value, file);
}

function contextOf(
  directory: string,
  id: string,
  name: string,
  meta: Readonly<Record<string, unknown>>,
  file: string,
): DockerContext {
  const about = member(meta, 'Metadata');
  const description = isObject(about) ? member(about, 'Description') : undefined;
  const told = typeof description === 'string' && description !== '' ? { description } : {};
  const endpoints = member(meta, 'Endpoints');
  // Keys of this map are no struct fields, so here Go does mind the case.
  const endpoint = isObject(endpoints) ? endpoints.docker : undefined;
  if (!isObject(endpoint)) return { name, ...told, fault: `${file} names no docker endpoint` };
  const host = member(endpoint, 'Host');
  if (host !== undefined && host !== null && typeof host !== 'string') {
    return { name, ...told, fault: `the host in ${file} is not a string` };
  }
  const tls = tlsOf(directory, id, name, member(endpoint, 'SkipTLSVerify') === true);
  return { name, ...told, ...(host && { host }), ...(tls && { tls }) };
}

function tlsOf(directory: string, id: string, name: string, skipVerify: boolean): EndpointTls | undefined {
  const folder = join(directory, 'contexts', 'tls', id, 'docker');
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    files = [];
  }
  const has = (file: string) => files.includes(file);
  const [ca, cert, key] = [has('ca.pem'), has('cert.pem'), has('key.pem')];
  if (!ca && !cert && !key && !skipVerify) return undefined;
  return {
    ...(ca && { ca: join(folder, 'ca.pem') }),
    ...(cert && { cert: join(folder, 'cert.pem') }),
    ...(key && { key: join(folder, 'key.pem') }),
    verify: !skipVerify,
    from: `context "${name}"`,
  };
}
