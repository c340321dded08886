/**
 * Image references, read as Docker reads them: the grammar is that of the distribution project's `reference`
 * package, including what it does to the short names that people write (`alpine` is `docker.io/library/alpine:latest`).
 */

/** A reference in full. At least one of `tag` and `digest` is there; where both are, Docker asks by the digest. */
export type Reference = {
  /** The registry as the reference names it: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly host: string;
  /** The repository on that registry: `library/alpine`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
};

/** A text that is no image reference; `invalid` is one sentence without its full stop. */
export type InvalidReference = { readonly invalid: string };

/** The name under which references, reports and people know Docker Hub. */
export const DOCKER_HUB = 'docker.io';
/** An older name of Docker Hub, which Docker still takes for the same. */
const DOCKER_HUB_ALIAS = 'index.docker.io';
const OFFICIAL = 'library/';

/** The bound that Docker puts on a repository's name, in characters. */
const LONGEST_PATH = 255;
/** No valid reference with a host name of DNS's length comes near it; it bounds the work on hostile input. */
const LONGEST_TEXT = 1024;

const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::(\d+))?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** The algorithms that Docker knows, with the length of their checksums in hexadecimal digits. */
const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** True where the first part of a name is a registry and no namespace: the rule of Docker's name normalisation. */
function isHost(first: string): boolean {
  return first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first;
}

function splitHost(text: string): { readonly host: string; readonly rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, slash);
  if (slash < 0 || !isHost(first)) return { host: DOCKER_HUB, rest: text };
  return { host: first === DOCKER_HUB_ALIAS ? DOCKER_HUB : first, rest: text.slice(slash + 1) };
}

/** The sentences name no part of the text: it may hold the value of an environment variable. */
function faultOfText(text: string): string | undefined {
  if (text === '') return 'the image reference is empty';
  if (text.length > LONGEST_TEXT) return `the image reference is ${text.length} characters long`;
  if (/[\s\u0000-\u001f\u007f]/.test(text))
    return 'the image reference contains a blank or a control character';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return 'the image reference starts with a protocol, as in https://, which Docker does not take';
  }
  if (/^[a-f0-9]{64}$/.test(text)) return 'the image reference is an image ID, not a name';
  return undefined;
}

function faultOfHost(host: string): string | undefined {
  const match = HOST.exec(host);
  if (!match) return 'what stands before the first slash of the image reference is not a registry host';
  if (match[1] !== undefined && Number(match[1]) > 65535)
    return 'the port of the registry host is above 65535';
  return undefined;
}

function faultOfPath(path: string): string | undefined {
  if (path.toLowerCase() !== path) return 'the repository name is not in lower case';
  if (path.length > LONGEST_PATH) {
    return `the repository name is ${path.length} characters long, and Docker takes ${LONGEST_PATH}`;
  }
  if (!path.split('/').every((part) => PATH_PART.test(part))) return 'the repository name is not well formed';
  return undefined;
}

function faultOfTag(tag: string): string | undefined {
  if (tag === '') return 'the image reference has a colon and no tag after it';
  if (!TAG.test(tag)) return 'the tag of the image reference is not well formed';
  return undefined;
}

function faultOfDigest(digest: string): string | undefined {
  const colon = digest.indexOf(':');
  const length = DIGEST_LENGTHS.get(digest.slice(0, Math.max(0, colon)));
  if (length === undefined) return 'the digest of the image reference is of no kind that Docker knows';
  const checksum = digest.slice(colon + 1);
  if (checksum.length === length && /^[a-f0-9]+$/.test(checksum)) return undefined;
  return `the digest of the image reference is not ${length} lower-case hexadecimal digits`;
}

/** Reads an image reference; a text that Docker would refuse gives `invalid` with the reason. */
export function parseReference(text: string): Reference | InvalidReference {
  const faulty = faultOfText(text);
  if (faulty) return { invalid: faulty };

  const { host, rest } = splitHost(text);
  const at = rest.indexOf('@');
  const nameAndTag = at < 0 ? rest : rest.slice(0, at);
  const digest = at < 0 ? undefined : rest.slice(at + 1);
  const colon = nameAndTag.indexOf(':');
  const name = colon < 0 ? nameAndTag : nameAndTag.slice(0, colon);
  const tag = colon < 0 ? undefined : nameAndTag.slice(colon + 1);
  if (name === '') return { invalid: 'the image reference names no repository' };

  const path = host === DOCKER_HUB && !name.includes('/') ? OFFICIAL + name : name;
  const invalid =
    faultOfHost(host) ??
    faultOfPath(path) ??
    (tag === undefined ? undefined : faultOfTag(tag)) ??
    (digest === undefined ? undefined : faultOfDigest(digest));
  if (invalid) return { invalid };

  if (digest !== undefined) return { host, path, ...(tag === undefined ? {} : { tag }), digest };
  return { host, path, tag: tag ?? 'latest' };
}

/**
 * The reference as Docker shows it: without `docker.io/` and, for official images, without `library/`, as far as that
 * still names the same image (`docker.io/a.a/b` does not: `a.a` would be a host).
 */
export function familiar(reference: Reference): string {
  const { host, path, tag, digest } = reference;
  const official = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length) < 0;
  const short = official ? path.slice(OFFICIAL.length) : path;
  const isHost = /^(?:localhost|[^/]*[.:][^/]*)\//.test(short);
  const name = host === DOCKER_HUB && !isHost ? short : `${host}/${path}`;
  return name + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

/** The reference with all that short names leave out: `docker.io/library/alpine:latest`. */
export function fullName({ host, path, tag, digest }: Reference): string {
  return `${host}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
