/** Which compose projects there are in a workspace when nobody said which: the files found, and how they go together. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import type { MapNode } from './model.ts';
import { type ParsedFile, parseFile } from './parse.ts';
import { directoryOf, nameOf } from './paths.ts';
import { mapAt } from './tree.ts';

/** The names that Compose looks for, best first (Docker docs, "The Compose file"). */
export const DEFAULT_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** The names of override files, best first. Any of them goes with any default file. */
const OVERRIDE_NAMES = [
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

type Kind =
  /** Each of its services has an image or a build, or takes them from elsewhere. */
  | 'stand-alone'
  | 'fragment'
  /** Its name matches and that is all. */
  | 'other';

type Candidate = {
  readonly file: FilePath;
  readonly kind: Kind;
  readonly services: ReadonlySet<string>;
  /** The services that another file has to complete. */
  readonly incomplete: readonly string[];
};

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
  if (main && !isForeign(files, main)) plans.push(main);
  const others = (byDirectory.get(directory) ?? []).filter(({ file }) => !main?.files.includes(file));
  for (const candidate of others.sort((a, b) => compare(a.file, b.file))) {
    const name = nameOf(candidate.file);
    if (candidate.kind === 'other') continue;
    if (main && (OVERRIDE_NAMES as readonly string[]).includes(name)) {
      leftOut.push({
        file: candidate.file,
        because: `Compose takes ${nameOf(main.files[1] ?? '')} as the override file`,
      });
    } else if (candidate.kind === 'stand-alone') {
      plans.push({ files: [candidate.file], taken: `${name}, stand-alone` });
    } else {
      const base = baseFor(files, candidate, directory, byDirectory);
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

/** A base in the same directory by its name, one further up by its path. */
function told(base: FilePath, directory: FilePath): string {
  return directoryOf(base) === directory ? nameOf(base) : base;
}

/**
 * The file that a fragment goes over: the default file of its directory, else the only stand-alone file beside it,
 * else the default file of the nearest directory above. One that has the services the fragment leaves incomplete is
 * preferred.
 */
function baseFor(
  files: Files,
  fragment: Candidate,
  directory: FilePath,
  byDirectory: ReadonlyMap<FilePath, readonly Candidate[]>,
): FilePath | undefined {
  const completes = (candidate: Candidate): boolean =>
    fragment.incomplete.every((service) => candidate.services.has(service));
  const here = byDirectory.get(directory) ?? [];
  const main = defaultPlan(files, directory)?.files[0];
  const siblings = here.filter(
    ({ file, kind }) => kind === 'stand-alone' && file !== main && file !== fragment.file,
  );
  const mainCandidate = here.find(({ file }) => file === main);
  if (mainCandidate && completes(mainCandidate)) return main;
  const fitting = siblings.filter(completes);
  if (fitting.length === 1) return fitting[0]?.file;
  if (main !== undefined) return main;
  if (siblings.length === 1) return siblings[0]?.file;
  for (let above = directory; above !== '.' && above !== '/'; ) {
    above = directoryOf(above);
    const file = defaultPlan(files, above)?.files[0];
    const candidate = byDirectory.get(above)?.find((one) => one.file === file);
    if (candidate) return completes(candidate) ? file : undefined;
  }
  return undefined;
}

/** Files with a default name that are something else altogether, such as the workflow `compose.yml` of a CI. */
function isForeign(files: Files, plan: Plan): boolean {
  return plan.files.every((file) => {
    const source = files.read(file);
    if ('failure' in source) return false;
    const parsed = parseFile(source);
    return parsed.documents.length > 0 && !looksLikeCompose(parsed, source.text);
  });
}

function classify(files: Files, file: FilePath): Candidate {
  const source = files.read(file);
  const none = { file, services: new Set<string>(), incomplete: [] };
  if ('failure' in source) return { ...none, kind: 'other' };
  const parsed = parseFile(source);
  if (!looksLikeCompose(parsed, source.text)) return { ...none, kind: 'other' };
  const services = parsed.documents.flatMap((root) => [...(mapAt(root, 'services')?.entries ?? [])]);
  const complete = new Set(
    services.flatMap(([name, { value }]) => (value.kind === 'map' && isComplete(value) ? [name] : [])),
  );
  const names = new Set(services.map(([name]) => name));
  const incomplete = [...names].filter((name) => !complete.has(name));
  // What cannot be parsed is checked by itself: its fault is one of its own.
  const broken = parsed.problems.some((problem) => problem.kind === 'invalid-yaml');
  const kind = incomplete.length === 0 || broken ? 'stand-alone' : 'fragment';
  return { file, kind, services: names, incomplete };
}

function isComplete(service: MapNode): boolean {
  return ['image', 'build', 'extends', 'provider'].some((key) => service.entries.has(key));
}

function looksLikeCompose(parsed: ParsedFile, text: string): boolean {
  if (parsed.documents.some((root) => root.entries.has('services') || root.entries.has('include')))
    return true;
  return parsed.problems.length > 0 && /^(?:services|include)[ \t]*:/m.test(text);
}
