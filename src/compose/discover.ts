/** Which compose projects there are in a workspace when nobody said which: the files found, and how they go together. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { type Candidate, classify, isForeign } from './classify.ts';
import { directoryOf, nameOf } from './paths.ts';

/** The names that Compose looks for, best first (Docker docs, "The Compose file"). */
export const DEFAULT_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** The names of override files, best first. Any of them goes with any default file. */
export const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

/** Files that make one project, in the order of `-f`. */
export type Plan = { readonly files: readonly FilePath[]; readonly taken: string };

/** A file that looks like compose and is in no project. */
export type LeftOut = { readonly file: FilePath; readonly because: string };

/** The default file of a directory and its override file; undefined where Compose would find none there. */
export function defaultPlan(files: Files, directory: FilePath): Plan | undefined {
  const path = (name: string): FilePath =>
    directory === '.' ? name : `${directory === '/' ? '' : directory}/${name}`;
  const there = (names: readonly string[]): FilePath | undefined =>
    names.map(path).find((file) => files.stat(file)?.kind === 'file');
  const main = there(DEFAULT_NAMES);
  if (main === undefined) return undefined;
  const override = there(OVERRIDE_NAMES);
  if (override === undefined) return { files: [main], taken: nameOf(main) };
  return { files: [main, override], taken: `${nameOf(main)}, with its override file` };
}

/** Every project in the tree, the nearest to the root first. */
export function discoverPlans(files: Files): {
  readonly plans: readonly Plan[];
  readonly leftOut: readonly LeftOut[];
} {
  const byDirectory = new Map<FilePath, Candidate[]>();
  for (const file of files.index().files) {
    if (!/compose[^/]*\.ya?ml$/i.test(nameOf(file))) continue;
    const directory = directoryOf(file);
    const candidates = byDirectory.get(directory) ?? [];
    candidates.push(classify(files, file));
    byDirectory.set(directory, candidates);
  }
  const directories = [...byDirectory.keys()].sort((a, b) => depth(a) - depth(b) || compare(a, b));
  const plans: Plan[] = [];
  const leftOut: LeftOut[] = [];
  for (const directory of directories) planDirectory(files, directory, byDirectory, plans, leftOut);
  return { plans, leftOut };
}

function depth(directory: FilePath): number {
  return directory === '.' ? 0 : directory.split('/').length;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function planDirectory(
  files: Files,
  directory: FilePath,
  byDirectory: ReadonlyMap<FilePath, readonly Candidate[]>,
  plans: Plan[],
  leftOut: LeftOut[],
): void {
  const main = defaultPlan(files, directory);
  if (main && !main.files.every((file) => isForeign(files, file)))
    plans.push(overTheOneAbove(files, main, directory, byDirectory));
  const others = (byDirectory.get(directory) ?? []).filter(({ file }) => !main?.files.includes(file));
  for (const candidate of others.sort((a, b) => compare(a.file, b.file))) {
    const name = nameOf(candidate.file);
    if (candidate.kind === 'other') continue;
    if (main && (OVERRIDE_NAMES as readonly string[]).includes(name)) {
      leftOut.push({
        file: candidate.file,
        because: `Compose takes ${nameOf(main.files[1] ?? '')} as the override file`,
      });
      continue;
    }
    const base = baseFor(files, candidate, directory, byDirectory);
    if (candidate.kind === 'stand-alone' && base === undefined) {
      plans.push({ files: [candidate.file], taken: `${name}, stand-alone` });
    } else {
      if (base === undefined)
        leftOut.push({
          file: candidate.file,
          because: 'it completes another file, and which one is not clear',
        });
      else
        plans.push({
          files: [base, candidate.file],
          taken: `${name}, a fragment over ${told(base, directory)}`,
        });
    }
  }
}

/** A default file that only completes the default file above it: that of a dev container, by VS Code's template. */
function overTheOneAbove(
  files: Files,
  main: Plan,
  directory: FilePath,
  byDirectory: ReadonlyMap<FilePath, readonly Candidate[]>,
): Plan {
  const [file, override] = main.files;
  const own = byDirectory.get(directory)?.find((one) => one.file === file);
  if (own?.kind !== 'fragment' || override !== undefined) return main;
  for (let above = directory; above !== '.' && above !== '/'; ) {
    above = directoryOf(above);
    const base = defaultPlan(files, above)?.files[0];
    const candidate = byDirectory.get(above)?.find((one) => one.file === base);
    if (!candidate) continue;
    if (!containsAll(candidate, own.incomplete)) return main;
    return { files: [candidate.file, own.file], taken: `${own.file}, a fragment over ${candidate.file}` };
  }
  return main;
}

/** A base in the same directory by its name, one further up by its path. */
function told(base: FilePath, directory: FilePath): string {
  return directoryOf(base) === directory ? nameOf(base) : base;
}

/**
 * The file that a fragment goes over: the default file of its directory, else the only stand-alone file beside it,
 * else the default file of the nearest directory above. One that has all that the fragment lacks is preferred; what
 * lacks only volumes, networks or other services goes over such a one or stands alone.
 */
function baseFor(
  files: Files,
  fragment: Candidate,
  directory: FilePath,
  byDirectory: ReadonlyMap<FilePath, readonly Candidate[]>,
): FilePath | undefined {
  const { incomplete, lacks, kind } = fragment;
  if (kind === 'stand-alone' && lacks.length === 0) return undefined;
  const fits = (one: Candidate): boolean => [...incomplete, ...lacks].every((name) => one.defines.has(name));
  const here = byDirectory.get(directory) ?? [];
  const mainFile = defaultPlan(files, directory)?.files[0];
  const main = here.find(({ file }) => file === mainFile);
  const siblings = here.filter((one) => one.kind === 'stand-alone' && one !== main && one !== fragment);
  if (main && fits(main)) return main.file;
  const fitting = siblings.filter(fits);
  if (fitting.length === 1) return fitting[0]?.file;
  if (kind === 'fragment') {
    const [only, ...more] = main ? [main] : siblings;
    if (only && more.length === 0) return extendsOver(fragment, only, siblings) ? only.file : undefined;
  }
  const completes = kind === 'fragment' ? (one: Candidate) => containsAll(one, incomplete) : fits;
  for (let above = directory; above !== '.' && above !== '/'; ) {
    above = directoryOf(above);
    const file = defaultPlan(files, above)?.files[0];
    const candidate = byDirectory.get(above)?.find((one) => one.file === file);
    if (candidate) return completes(candidate) ? file : undefined;
  }
  return undefined;
}

/** Whether a fragment goes over a file that lacks some of its services: it shares others, and nobody else has those. */
function extendsOver(fragment: Candidate, base: Candidate, siblings: readonly Candidate[]): boolean {
  const missing = fragment.incomplete.filter((name) => !base.defines.has(name));
  if (missing.length === fragment.incomplete.length) return false;
  return missing.length === 0 || !siblings.some((one) => containsAll(one, missing));
}

function containsAll(one: Candidate, names: readonly string[]): boolean {
  return names.every((name) => one.defines.has(name));
}
