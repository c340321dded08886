/** `.dockerignore`: which one counts, and what it takes out of the build context. */
import path from 'node:path';
import type { Files } from '../facts.ts';
import type { FilePath, Source } from '../source.ts';
import { type Effort, matches, readGlob } from './glob.ts';

const { posix } = path;

export type IgnoreRules = {
  readonly rules: readonly IgnoreRule[];
  /** Lines for which Docker refuses the build: a lone `!`, a bracket that does not end. */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
  readonly effort: Effort & { total: number };
};

export type IgnoreRule = {
  /** Counted from 1. */
  readonly line: number;
  /** Cleaned: no `!`, no slash at either end, no `.` or empty parts. */
  readonly pattern: string;
  /** Written with `!`: takes paths back in. */
  readonly exception: boolean;
  readonly matches: (path: string, effort: Effort) => boolean;
};

/**
 * The ignore file that counts for a build: the one named after the Dockerfile and beside it, where there is one (even
 * an empty one); else `.dockerignore` at the root of the context (Docker docs, "Build context", .dockerignore files).
 *
 * @param dockerfile undefined for an inline Dockerfile, which has no ignore file of its own
 */
export function ignoreFileOf(
  files: Files,
  contextDirectory: FilePath,
  dockerfile: FilePath | undefined,
): FilePath | undefined {
  const own = dockerfile === undefined ? undefined : `${dockerfile}.dockerignore`;
  const common = posix.join(contextDirectory, '.dockerignore');
  return [own, common].find((file) => file !== undefined && files.stat(file)?.kind === 'file');
}

const parsed = new WeakMap<Source, IgnoreRules>();

/** The rules of an ignore file, fresh for one question; none where it cannot be read. Each file is parsed once. */
export function readIgnoreFile(files: Files, file: FilePath): IgnoreRules {
  const source = files.read(file);
  if ('failure' in source) return parseDockerignore('');
  const ignore = parsed.get(source) ?? parseDockerignore(source.text);
  parsed.set(source, ignore);
  const { effort } = ignore;
  const used = STEPS_AT_ONCE - Math.max(0, effort.left);
  effort.total -= used;
  effort.left = Math.min(STEPS_AT_ONCE, effort.total);
  return ignore;
}

/** Patterns of all rules together, in characters; what comes after them is left out. */
const LONGEST = 64 * 1024;

/** Steps of matching for one question (a third of a second), and for all of one file (three seconds). */
const STEPS_AT_ONCE = 20_000_000;
const STEPS_IN_ALL = 200_000_000;

/**
 * Parses an ignore file as moby/patternmatcher/ignorefile does: comments only where `#` is the first character of the
 * line, white space trimmed, a slash at the start without meaning.
 */
export function parseDockerignore(text: string): IgnoreRules {
  const rules: IgnoreRule[] = [];
  const faults: { line: number; message: string }[] = [];
  let room = LONGEST;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    if (raw.startsWith('#')) continue;
    const written = raw.trim();
    if (written === '') continue;
    const exception = written.startsWith('!');
    const pattern = clean(exception ? written.slice(1).trim() : written);
    if (pattern === '' || (exception && pattern === '/')) {
      faults.push({ line, message: 'An exception needs a pattern after the "!".' });
      continue;
    }
    room -= pattern.length;
    if (room < 0) break;
    if (readGlob(beginning(pattern), false))
      rules.push({ line, pattern, exception, matches: matcherOf(pattern, exception) });
    else faults.push({ line, message: 'The pattern is malformed: a bracket or a backslash is not ended.' });
  }
  return { rules, faults, effort: { left: STEPS_AT_ONCE, total: STEPS_IN_ALL } };
}

function clean(pattern: string): string {
  if (pattern === '') return '';
  const normal = posix.normalize(pattern);
  const short = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  return short.length > 1 && short.startsWith('/') ? short.slice(1) : short;
}

/** The part of a pattern whose form Docker checks: up to the first `*` that is not at the start (filepath.Match). */
function beginning(pattern: string): string {
  const start = /^\**/.exec(pattern)?.[0].length ?? 0;
  let inClass = false;
  for (let at = start; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '*' && !inClass) return pattern.slice(start, at);
  }
  return pattern.slice(start);
}

/**
 * What patternmatcher leaves to its regular expressions unescaped, so that it means something else there: `|`, `^`, `{2}`,
 * `\w`, `[[:alpha:]]` (checked with engine 28.5). Such a pattern is not followed.
 */
const UNESCAPED = /\||\{\d+(?:,\d*)?\}|(?<![[\\])\^|\\[A-Za-z0-9]|\[:/;

/**
 * Three short cuts of patternmatcher stand before its regular expressions, and one of them has a meaning of its own. A
 * pattern that is not followed leaves nothing out, and an exception takes everything back: nothing is claimed then.
 */
function matcherOf(pattern: string, exception: boolean): IgnoreRule['matches'] {
  if (!/[*?[\]\\]/.test(pattern)) return (path) => path === pattern;
  // `**foo` takes all that ends in foo, while `**fo*` has to follow a slash or stand at the start.
  const suffix = /^\*\*([^/*?[\]\\].*)$/.exec(pattern)?.[1];
  if (suffix !== undefined && !/[*?[\]\\]/.test(suffix)) return (path) => path.endsWith(suffix);
  const glob = readGlob(pattern, true);
  const isPrefix = /^[^*?[\]\\]+\*\*$/.test(pattern);
  if (!glob || (!isPrefix && UNESCAPED.test(pattern))) return () => exception;
  return (path, effort) => matches(glob, path, effort);
}

/** What the rules made of the directory above; where a rule matched a directory, it matches all within. */
type Above = { readonly matched: readonly boolean[]; readonly seen: readonly boolean[] };

/**
 * Whether a path is ignored: the line of the last pattern that ignores it, or undefined.
 *
 * As BuildKit's walk of the context does it, directory by directory: an exception counts for what it matches and what
 * lies below that, but `!foo` does not take back `foo/bar` that an earlier line names (checked with engine 28.5).
 *
 * @param file relative to the context, with forward slashes and without `.` and `..`
 * @returns undefined as well where patterns and paths are such that the answer would take too long
 */
export function ignoringLine(ignore: IgnoreRules, file: string): number | undefined {
  let above: Above | undefined;
  for (let end = file.indexOf('/'); ; end = file.indexOf('/', end + 1)) {
    const one = judge(ignore, end < 0 ? file : file.slice(0, end), above);
    if (ignore.effort.left < 0) return undefined;
    if (end < 0) return one.line;
    above = one;
  }
}

function judge({ rules, effort }: IgnoreRules, path: string, above: Above | undefined) {
  const matched: boolean[] = [];
  const seen: boolean[] = [];
  let ignored = false;
  let last = -1;
  for (const [at, rule] of rules.entries()) {
    // Rules that would change nothing are passed over, and then do not count as matched for what lies below.
    const counts = rule.exception === ignored;
    const fits = above?.matched[at] === true || (counts && rule.matches(path, effort));
    matched.push(fits);
    if (fits) ignored = !rule.exception;
    // For the line to show, all that ignore it count, and the last of them is named.
    seen.push(fits || above?.seen[at] === true || (!counts && !rule.exception && rule.matches(path, effort)));
    if (seen[at] === true && !rule.exception) last = at;
  }
  return { matched, seen, line: ignored ? rules[last]?.line : undefined };
}
