/** The tree as facts: read-only, memoised, bounded. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fdir } from 'fdir';
import type { FileIndex, FileStat, Files, ReadFailure } from '../facts.ts';
import type { FilePath, Source } from '../source.ts';

/** Compose files and Dockerfiles are written by people; one above this is a mistake or an attack. In bytes. */
const LARGEST_FILE = 8 * 1024 * 1024;

/** Files that the index holds at most; a tree with more is said to be truncated. */
const LARGEST_INDEX = 200_000;

/** Directories that hold what tools put there: never the place of a project's own compose file or Dockerfile. */
const LEFT_OUT = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'bower_components',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.terraform',
  '.gradle',
  '.pnpm-store',
  '.yarn',
]);

/** Reads the tree below `root` (an absolute path). Nothing is looked up before it is asked for. */
export function createFiles(root: string): Files {
  const stats = new Map<FilePath, FileStat | undefined>();
  const texts = new Map<FilePath, Source | ReadFailure>();
  const lists = new Map<FilePath, readonly string[]>();
  let index: FileIndex | undefined;

  const stat = (file: FilePath) => memo(stats, file, () => statFile(path.resolve(root, file)));
  return {
    stat,
    read: (file) => memo(texts, file, () => readSource(file, path.resolve(root, file), stat(file))),
    list: (directory) => memo(lists, directory, () => listDirectory(path.resolve(root, directory))),
    index: () => {
      index ??= indexTree(root);
      return index;
    },
  };
}

function memo<T>(known: Map<string, T>, key: string, find: () => T): T {
  if (known.has(key)) return known.get(key) as T;
  const value = find();
  known.set(key, value);
  return value;
}

function statFile(absolute: string): FileStat | undefined {
  try {
    const seen = statSync(absolute);
    const kind = seen.isFile() ? 'file' : seen.isDirectory() ? 'directory' : 'other';
    return { kind, size: seen.size, mode: seen.mode & 0o7777 };
  } catch (error) {
    // A path that we may not look at is there for all we know; saying "missing" would be a guess.
    if (codeOf(error) === 'EACCES') return { kind: 'other', size: 0, mode: 0 };
    return undefined;
  }
}

function readSource(file: FilePath, absolute: string, seen: FileStat | undefined): Source | ReadFailure {
  if (!seen) return { failure: 'missing', because: 'no such file' };
  // Reading a pipe or a device could wait for ever.
  if (seen.kind !== 'file') {
    return seen.kind === 'directory'
      ? { failure: 'not-a-file', because: 'it is a directory' }
      : { failure: 'not-a-file', because: 'it is no regular file, or may not be looked at' };
  }
  if (seen.size > LARGEST_FILE) {
    const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
    return {
      failure: 'too-large',
      because: `it has ${megabytes(seen.size)}, and dockmedic reads files of up to ${megabytes(LARGEST_FILE)}`,
    };
  }
  try {
    const bytes = readFileSync(absolute);
    if (bytes.includes(0)) return { failure: 'not-text', because: 'it holds binary data (a NUL byte)' };
    return { file, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM') return { failure: 'denied', because: 'permission denied' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return { failure: 'not-text', because: 'it is not valid UTF-8' };
    }
    return { failure: 'failed', because: code ?? 'it could not be read' };
  }
}

function listDirectory(absolute: string): readonly string[] {
  try {
    return readdirSync(absolute).sort();
  } catch {
    return [];
  }
}

function indexTree(root: string): FileIndex {
  const crawled = new fdir()
    .withRelativePaths()
    .withMaxFiles(LARGEST_INDEX)
    .exclude((name) => LEFT_OUT.has(name))
    .crawl(root)
    .sync();
  const files = crawled.map((file) => (path.sep === '/' ? file : file.split(path.sep).join('/'))).sort();
  const byName = new Map<string, FilePath[]>();
  for (const file of files) {
    const name = path.posix.basename(file).toLowerCase();
    const known = byName.get(name);
    if (known) known.push(file);
    else byName.set(name, [file]);
  }
  return {
    files,
    truncated: files.length >= LARGEST_INDEX,
    byName: (name) => byName.get(name.toLowerCase()) ?? [],
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
