/** How much of a build context is sent: BuildKit asks for what COPY and ADD name, and the ignore file takes out of it. */
import path from 'node:path';
import type { ContextSize, Facts, Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import type { Entries } from '../workspace/entries.ts';
import { type IgnoreRules, ignoreFileOf, ignoringLine, readIgnoreFile } from './dockerignore.ts';
import { hasWildcard } from './glob.ts';

const { posix } = path;

/** Files and directories looked at for one context, and for all contexts of a run. */
const MOST_ENTRIES = 20_000;
const MOST_IN_ALL = 100_000;

/** Directories that tools make anew, or that only git needs. */
const HEAVY = new Set([
  ...[
    '.git',
    'node_modules',
    'bower_components',
    '.venv',
    'venv',
    '__pycache__',
    '.tox',
    '.mypy_cache',
    '.pytest_cache',
  ],
  ...[
    '.gradle',
    '.terraform',
    '.next',
    '.nuxt',
    '.cache',
    '.turbo',
    '.parcel-cache',
    'coverage',
    'target',
    '.idea',
  ],
]);

/** Measures contexts within one common bound; the same question is answered once. */
export function createMeasure(files: Files, entries: Entries): Facts['contextSize'] {
  const known = new Map<string, ContextSize>();
  const budget = { left: MOST_IN_ALL };
  return (context, dockerfile, sources) => {
    const ignoreFile = ignoreFileOf(files, context, dockerfile);
    const key = JSON.stringify([context, ignoreFile, ...sources]);
    const measured = known.get(key) ?? measure({ files, entries, budget }, context, ignoreFile, sources);
    known.set(key, measured);
    return measured;
  };
}

type Tree = { readonly files: Files; readonly entries: Entries; readonly budget: { left: number } };

function measure(
  { files, entries, budget }: Tree,
  context: FilePath,
  ignoreFile: FilePath | undefined,
  sources: readonly string[],
): ContextSize {
  const ignore = ignoreFile === undefined ? undefined : readIgnoreFile(files, ignoreFile);
  const heavy = new Map<string, number>();
  const seen = new Set<string>();
  let bytes = 0;
  let count = 0;
  let left = Math.min(MOST_ENTRIES, budget.left);
  const before = left;
  const open: { readonly path: string; readonly within?: string }[] = [];
  for (const source of sources) {
    const wanted = posix.join('/', source).replace(/^\/|\/$/g, '');
    // What is named by itself is wanted, whatever it is called.
    const directory = hasWildcard(wanted) ? posix.dirname(wanted).replace(/^\.$/, '') : wanted;
    if (hasWildcard(directory)) continue;
    const stat = files.stat(posix.join(context, directory));
    if (stat?.kind === 'directory') open.push({ path: directory });
    else if (stat?.kind === 'file' && !isIgnored(ignore, directory) && !seen.has(directory)) {
      seen.add(directory);
      bytes += stat.size;
      count++;
    }
  }
  for (const at of open) {
    if (seen.has(at.path)) continue;
    seen.add(at.path);
    for (const entry of entries(posix.join(context, at.path))) {
      if (left-- <= 0) break;
      const inside = at.path === '' ? entry.name : `${at.path}/${entry.name}`;
      if (entry.kind === 'other' || isIgnored(ignore, inside, entry.kind === 'directory')) continue;
      if (entry.kind === 'directory') {
        const within = at.within ?? (HEAVY.has(entry.name) ? inside : undefined);
        open.push({ path: inside, ...(within === undefined ? {} : { within }) });
      } else if (!seen.has(inside)) {
        seen.add(inside);
        bytes += entry.size;
        count++;
        if (at.within !== undefined) heavy.set(at.within, (heavy.get(at.within) ?? 0) + entry.size);
      }
    }
    if (left < 0) break;
  }
  budget.left -= before - Math.max(0, left);
  return {
    bytes,
    files: count,
    complete: left >= 0,
    heavy: [...heavy]
      .map(([directory, size]) => ({ path: directory, bytes: size }))
      .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)),
  };
}

/** A directory is entered all the same where an exception may take something in it back. */
function isIgnored(ignore: IgnoreRules | undefined, file: string, directory = false): boolean {
  if (!ignore || ignoringLine(ignore, file) === undefined) return false;
  return !(directory && ignore.rules.some((rule) => rule.exception));
}
