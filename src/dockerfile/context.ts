/** The build context: what a source of COPY or ADD finds in it. */
import path from 'node:path';
import type { ContextMatch, Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { type IgnoreRules, ignoreFileOf, ignoringLine, readIgnoreFile } from './dockerignore.ts';
import { hasWildcard, matches, readGlob } from './glob.ts';

const { posix } = path;

/** Directory entries looked at for one source. Where they do not suffice, the source counts as found. */
const MOST_ENTRIES = 20_000;

export type SourceMatch =
  | Exclude<ContextMatch, { readonly found: true }>
  | {
      readonly found: true;
      /**
       * Set for a pattern that takes nothing. BuildKit goes on without a file then, as long as the directory before
       * the first wildcard gets into the context by way of any COPY.
       */
      readonly nothing?: Nothing;
    };

export type Nothing =
  | { readonly why: 'missing' }
  | { readonly why: 'ignored'; readonly ignoreFile: FilePath; readonly line: number };

/**
 * Resolves a source of COPY or ADD inside a build context, as BuildKit does (checked with engine 28.5).
 *
 * - The path counts from the root of the context: `/a`, `./a` and `../a` are all `a`.
 * - Names are compared letter by letter, also on a disk that does not.
 * - Wildcards are Go's filepath.Match: `*`, `?`, `[a-z]` within one name; `**` is a `*`.
 * - Links are followed, with one limit: a link that leads out of the context, or to an ignored file, counts as found.
 *
 * @param contextDirectory the directory of the context
 * @param dockerfile the Dockerfile, for its own ignore file; undefined for an inline one
 * @param pattern the source, variables replaced
 */
export function matchInContext(
  files: Files,
  contextDirectory: FilePath,
  dockerfile: FilePath | undefined,
  pattern: string,
): SourceMatch {
  const wanted = posix.join('/', pattern).replace(/^\/|\/$/g, '');
  if (wanted === '') return { found: true };
  const context = openContext(files, contextDirectory, dockerfile);
  const match = hasWildcard(wanted) ? matchPattern(context, wanted) : matchPath(context, wanted);
  if (match.found || match.why !== 'missing' || hasWildcard(pattern)) return match;
  // BuildKit cuts the way out off; whoever wrote it means a file above the context.
  const leaves = posix.normalize(pattern).startsWith('../');
  return leaves && files.stat(posix.join(contextDirectory, pattern))
    ? { found: false, why: 'outside' }
    : match;
}

type Context = {
  readonly files: Files;
  readonly root: FilePath;
  /** The ignore file that counts, if any. */
  readonly ignore: (IgnoreRules & { readonly file: FilePath }) | undefined;
  /** What is left of MOST_ENTRIES. */
  budget: number;
};

function openContext(files: Files, root: FilePath, dockerfile: FilePath | undefined): Context {
  const file = ignoreFileOf(files, root, dockerfile);
  const ignore = file === undefined ? undefined : { ...readIgnoreFile(files, file), file };
  return { files, root, ignore, budget: MOST_ENTRIES };
}

function matchPath(context: Context, wanted: string): SourceMatch {
  if (!exists(context, wanted)) return { found: false, why: 'missing' };
  const ignored = ignoring(context, wanted);
  return ignored ? { found: false, ...ignored } : { found: true };
}

function exists({ files, root }: Context, wanted: string): boolean {
  let directory = root;
  for (const name of wanted.split('/')) {
    const names = files.list(directory);
    const file = posix.join(directory, name);
    // A directory that may be entered but not listed shows no names.
    if (!names.includes(name) && !(names.length === 0 && files.stat(file))) return false;
    directory = file;
  }
  // A link may lead nowhere.
  return files.stat(directory) !== undefined;
}

/** What keeps a path out of the context. A directory gets in by way of anything in it that an exception takes back. */
function ignoring(context: Context, wanted: string): (Nothing & { readonly why: 'ignored' }) | undefined {
  const { ignore, files, root } = context;
  if (!ignore) return undefined;
  const line = ignoringLine(ignore, wanted);
  if (line === undefined) return undefined;
  if (
    ignore.rules.some((rule) => rule.exception) &&
    files.stat(posix.join(root, wanted))?.kind === 'directory'
  ) {
    if (holdsSomething(context, ignore, wanted)) return undefined;
  }
  return { why: 'ignored', ignoreFile: ignore.file, line };
}

/** Whether anything below an ignored directory is not ignored; true as well where there is too much to look at. */
function holdsSomething(context: Context, ignore: IgnoreRules, directory: string): boolean {
  const { files, root } = context;
  // Level by level: a link that leads back up would make it go ever deeper.
  const open = [directory];
  for (const at of open) {
    for (const name of files.list(posix.join(root, at))) {
      if (context.budget-- <= 0) return true;
      const inside = `${at}/${name}`;
      if (ignoringLine(ignore, inside) === undefined) return true;
      if (files.stat(posix.join(root, inside))?.kind === 'directory') open.push(inside);
    }
  }
  return false;
}

function matchPattern(context: Context, wanted: string): SourceMatch {
  const names = wanted.split('/');
  const globs = names.map((name) => readGlob(name, false));
  if (globs.includes(undefined)) return { found: false, why: 'missing' };
  const fixed = names.findIndex(hasWildcard);
  const before = names.slice(0, fixed).join('/');
  if (before !== '') {
    const match = matchPath(context, before);
    if (!match.found) return match;
  }
  const found = candidates(context, before, names.slice(fixed));
  if (found === 'too-many') return { found: true };
  let nothing: Nothing = { why: 'missing' };
  for (const candidate of found) {
    const ignored = ignoring(context, candidate);
    if (!ignored) return { found: true };
    if (nothing.why === 'missing') nothing = ignored;
  }
  return { found: true, nothing };
}

/** The paths that fit, level by level: only directories that fit so far are listed. */
function candidates(
  context: Context,
  start: string,
  names: readonly string[],
): readonly string[] | 'too-many' {
  const { files, root } = context;
  let level: readonly string[] = [start];
  for (const name of names) {
    const glob = readGlob(name, false);
    const next: string[] = [];
    for (const directory of level) {
      for (const entry of files.list(posix.join(root, directory))) {
        if (context.budget-- <= 0) return 'too-many';
        if (glob && matches(glob, entry)) next.push(directory === '' ? entry : `${directory}/${entry}`);
      }
    }
    level = next;
  }
  return level.filter((found) => files.stat(posix.join(root, found)) !== undefined);
}
