/**
 * Where a missing path may have gone: by git's history, by letter case, by a slip of the pen, by its name elsewhere.
 * Candidates are only suspicions; each is tried by whoever asks before it is offered.
 */
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { Facts, FileIndex, Rename } from '../facts.ts';
import { ancestorsOf, isOutside } from '../paths.ts';
import type { FilePath } from '../source.ts';

const { posix } = path;

/** How a candidate was come by, strongest first. */
const REASONS = [
  'renamed',
  'directory-moved',
  'case',
  'repeats-context',
  'same-kind',
  'variant',
  'typo',
  'same-name',
] as const;

export type Candidate = {
  readonly path: FilePath;
  readonly reason: (typeof REASONS)[number];
  /** What speaks for it, as a clause that a reader can check. */
  readonly evidence: string;
};

/** Candidates at most: a name that lies in more places than this says nothing. */
const MOST = 20;

/** A name's part this short differs from others by one letter too easily (`api`, `app`). In characters. */
const SHORTEST_FOR_TYPO = 5;

/** Everything that a missing file or directory may be now, strongest first, each path once. */
export async function candidatesFor(
  facts: Facts,
  missing: FilePath,
  kind: 'file' | 'directory',
): Promise<readonly Candidate[]> {
  const index = facts.files.index();
  const present = kind === 'file' ? index.files : directoriesOf(index);
  const renames = await facts.history.renames();
  const found: Candidate[] = [
    ...(kind === 'file' ? renamed(missing, renames) : []),
    ...movedDirectories(missing, kind, renames),
    ...similar(missing, present),
    ...(kind === 'file' ? index.byName(posix.basename(missing)) : namedLike(missing, present))
      .filter((file) => posix.basename(file) === posix.basename(missing))
      .slice(0, MOST)
      .map((file) => ({
        path: file,
        reason: 'same-name' as const,
        evidence: `${file} has the same name`,
      })),
  ];
  const best = new Map<FilePath, Candidate>();
  for (const candidate of found.sort((a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason))) {
    if (candidate.path === missing || best.has(candidate.path) || isOutside(candidate.path)) continue;
    if (facts.files.stat(candidate.path)?.kind === kind) best.set(candidate.path, candidate);
  }
  return [...best.values()].slice(0, MOST);
}

/** Whether a candidate's origin alone is proof enough: more than a likeness of names. */
export function isStrong(candidate: Candidate): boolean {
  return (
    candidate.reason === 'renamed' ||
    candidate.reason === 'directory-moved' ||
    candidate.reason === 'case' ||
    candidate.reason === 'repeats-context'
  );
}

/** Follows a file through git's renames, which come newest first. */
function renamed(missing: FilePath, renames: readonly Rename[]): Candidate[] {
  let at = missing;
  let last: Rename | undefined;
  for (const rename of [...renames].reverse()) {
    if (rename.from !== at) continue;
    at = rename.to;
    last = rename;
  }
  if (!last) return [];
  const evidence = `git renamed ${missing} to ${at} in ${last.commit.id} (${last.commit.date})`;
  return [{ path: at, reason: 'renamed', evidence }];
}

/** Directories above the missing path whose other files git saw moving elsewhere. */
function movedDirectories(
  missing: FilePath,
  kind: 'file' | 'directory',
  renames: readonly Rename[],
): Candidate[] {
  const above = (kind === 'directory' ? [missing, ...ancestorsOf(missing)] : ancestorsOf(missing)).filter(
    (dir) => dir !== '.',
  );
  const found: Candidate[] = [];
  for (const directory of above) {
    const moves = new Map<FilePath, { count: number; commit: Rename['commit'] }>();
    for (const rename of renames) {
      if (!rename.from.startsWith(`${directory}/`)) continue;
      const rest = rename.from.slice(directory.length);
      if (!rename.to.endsWith(rest)) continue;
      const to = rename.to.slice(0, -rest.length);
      if (to === '' || to === directory) continue;
      const known = moves.get(to);
      if (known) known.count++;
      else moves.set(to, { count: 1, commit: rename.commit });
    }
    for (const [to, { count, commit }] of moves) {
      const files = count === 1 ? 'a file' : `${count} files`;
      found.push({
        path: `${to}${missing.slice(directory.length)}`,
        reason: 'directory-moved',
        evidence: `git moved ${files} from ${directory}/ to ${to}/ in ${commit.id} (${commit.date})`,
      });
    }
  }
  return found;
}

/** Paths that differ in letter case alone, or by one slip in one of their parts. */
function similar(missing: FilePath, present: readonly FilePath[]): Candidate[] {
  const lower = missing.toLowerCase();
  const found: Candidate[] = [];
  for (const file of present) {
    if (Math.abs(file.length - missing.length) > 1) continue;
    if (file.toLowerCase() === lower) {
      found.push({ path: file, reason: 'case', evidence: `${file} differs in letter case alone` });
    } else if (isTypo(missing, file)) {
      found.push({ path: file, reason: 'typo', evidence: `${file} is one letter away` });
    }
  }
  return found;
}

function isTypo(missing: FilePath, file: FilePath): boolean {
  const wrong = missing.split('/');
  const right = file.split('/');
  if (wrong.length !== right.length) return false;
  const different = wrong.flatMap((part, i) =>
    part === right[i] ? [] : [[part, right[i] as string] as const],
  );
  const [pair] = different;
  if (different.length !== 1 || !pair) return false;
  // Look at the words between dots: `api.Dockerfile` and `app.Dockerfile` are two names, not one and a slip.
  const wrongWords = pair[0].split('.');
  const rightWords = pair[1].split('.');
  if (wrongWords.length !== rightWords.length) return distance(pair[0], pair[1]) === 1 && pair[0].length > 8;
  const words = wrongWords.flatMap((word, i) =>
    word === rightWords[i] ? [] : [[word, rightWords[i] as string] as const],
  );
  const [word] = words;
  if (words.length !== 1 || !word) return false;
  return (
    word[0].length >= SHORTEST_FOR_TYPO && (distance(word[0], word[1]) === 1 || isSwapped(word[0], word[1]))
  );
}

/** Two neighbouring letters in the wrong order. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const i = [...a].findIndex((letter, at) => letter !== b[at]);
  return i >= 0 && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

const directories = new WeakMap<FileIndex, readonly FilePath[]>();

/** Every directory that holds a file, directly or not. */
function directoriesOf(index: FileIndex): readonly FilePath[] {
  let known = directories.get(index);
  if (!known) {
    known = [...new Set(index.files.flatMap((file) => ancestorsOf(file)))]
      .filter((dir) => dir !== '.')
      .sort();
    directories.set(index, known);
  }
  return known;
}

function namedLike(missing: FilePath, present: readonly FilePath[]): readonly FilePath[] {
  return present.filter((directory) => posix.basename(directory) === posix.basename(missing));
}
