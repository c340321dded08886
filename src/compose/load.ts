/** The way into this directory: a workspace's files in, its compose projects out. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { mergeFiles } from './assemble.ts';
import { findDates } from './dates.ts';
import { DEFAULT_NAMES, discoverPlans, type LeftOut, OVERRIDE_NAMES, type Plan } from './discover.ts';
import type { Environment } from './environment.ts';
import {
  type Choice,
  type Chosen,
  chooseExplicit,
  type LoadFailure,
  namedEnvFiles,
  variablesOf,
} from './explicit.ts';
import { lookUp, type Variables } from './interpolate.ts';
import { settled } from './merge.ts';
import type { LoadProblem, Project } from './model.ts';
import { directoryOf, nameOf, type Roots } from './paths.ts';
import { projectName } from './project-name.ts';
import { readFileResources, readServices } from './read.ts';
import { type Reading, startReading } from './reading.ts';
import { findBlanksInNames } from './variable-names.ts';

export type LoadOptions = {
  readonly files: Files;
  /** The workspace root, absolute. */
  readonly root: string;
  /** The directory of the call, root-relative; the root where left out. */
  readonly directory?: FilePath | undefined;
  /** The home directory, for `~`. */
  readonly home?: string | undefined;
  /** The environment of the process. */
  readonly environment: Environment;
  /** `-f`, as given. */
  readonly composeFiles?: readonly string[] | undefined;
  /** `--project-directory`, as given. */
  readonly projectDirectory?: string | undefined;
  /** `--env-file`, as given. */
  readonly envFiles?: readonly string[] | undefined;
  /** `--profile`; COMPOSE_PROFILES where there is none. */
  readonly profiles?: readonly string[] | undefined;
  /** `--project-name`; COMPOSE_PROJECT_NAME where there is none. */
  readonly projectName?: string | undefined;
  /** What separates the files of COMPOSE_FILE where nothing else is said: `;` on Windows. */
  readonly pathSeparator?: ':' | ';' | undefined;
};

export type LoadResult = {
  readonly projects: readonly Project[];
  /** Why there is no project, where that is so. */
  readonly failure?: LoadFailure;
  /** Files that look like compose files and belong to no project. */
  readonly leftOut: readonly LeftOut[];
};

/**
 * Loads the compose projects of a workspace: the one asked for with `-f`, `--project-directory` or COMPOSE_FILE, else
 * every one in the tree. Faults of files become problems of their project; nothing is thrown and nothing executed.
 */
export function loadProjects(options: LoadOptions): LoadResult {
  const { files } = options;
  const roots: Roots = { root: options.root, home: options.home };
  const choice: Choice = {
    directory: options.directory ?? '.',
    environment: options.environment,
    composeFiles: options.composeFiles ?? [],
    projectDirectory: options.projectDirectory,
    envFiles: options.envFiles ?? [],
    pathSeparator: options.pathSeparator ?? ':',
  };
  const named = namedEnvFiles(files, choice, roots);
  if ('kind' in named) return { projects: [], failure: named, leftOut: [] };
  const chosen = chooseExplicit(files, choice, named, roots);
  if (chosen && 'kind' in chosen) return { projects: [], failure: chosen, leftOut: [] };
  if (chosen) return { projects: [loadProject(chosen, options, roots).project], leftOut: [] };
  const { plans, leftOut } = discoverPlans(files);
  const loaded = plans.map((plan) => loadProject(choose(plan, options, named), options, roots));
  if (loaded.length === 0) {
    return { projects: [], failure: { kind: 'no-compose-file', directory: choice.directory }, leftOut };
  }
  return { projects: withoutPulledIn(loaded).map(({ project }) => project), leftOut };
}

function choose(plan: Plan, options: LoadOptions, named: readonly FilePath[]): Chosen {
  const directory = directoryOf(plan.files[0] ?? '');
  const problems: LoadProblem[] = [];
  const variables = variablesOf(options.files, options.environment, named, [directory], problems);
  return { ...plan, directory, variables, problems };
}

type Loaded = { readonly project: Project; readonly alsoRead: Reading['alsoRead'] };

function loadProject(chosen: Chosen, options: LoadOptions, roots: Roots): Loaded {
  const reading = startReading(options.files, roots);
  reading.problems.push(...chosen.problems);
  const { name, fault: nameFault } = projectName(chosen, options, roots);
  // Compose sets this variable itself, so that files can use it.
  const environment = { ...chosen.variables.environment, COMPOSE_PROJECT_NAME: name };
  const variables: Variables = { ...chosen.variables, environment };
  const merged = mergeFiles(reading, chosen.files, { variables, base: chosen.directory });
  const document = settled(merged);
  findDates(document, reading.problems);
  findBlanksInNames(document, textOf(options.files), reading.problems);
  const read = {
    roots,
    baseOf: (service: string) => reading.serviceBases.get(service) ?? chosen.directory,
    profiles: chosenProfiles(options, chosen.variables),
    isFile: (path: FilePath) => options.files.stat(path)?.kind === 'file',
    variables,
  };
  const services = readServices(document, read);
  const secrets = readFileResources(document, 'secrets', read);
  const configs = readFileResources(document, 'configs', read);
  const project: Project = {
    id: chosen.files.join('+'),
    name,
    ...(nameFault && { nameFault }),
    directory: chosen.directory,
    files: chosen.files,
    alsoRead: [...reading.alsoRead.keys()].filter((file) => !chosen.files.includes(file)),
    pulledIn: reading.pulledIn,
    taken: chosen.taken,
    document,
    services,
    secrets,
    configs,
    problems: distinct(withoutEchoes(reading.problems)),
    variables,
    ...(reading.remote.length > 0 && { remote: reading.remote }),
    envFileNames: Object.keys(chosen.variables.envFile),
  };
  return { project, alsoRead: reading.alsoRead };
}

function textOf(files: Files) {
  return (file: FilePath) => {
    const source = files.read(file);
    return 'text' in source ? source : undefined;
  };
}

/** What is left of a file with a syntax error may look odd: that is the error again, not a fault of its own. */
function withoutEchoes(problems: readonly LoadProblem[]): readonly LoadProblem[] {
  const broken = new Set(
    problems.flatMap((one) =>
      one.kind === 'invalid-yaml' || one.kind === 'conflict-markers' ? [one.file] : [],
    ),
  );
  return problems.filter((one) => !isOfValue(one) || !broken.has(one.at.file));
}

/** A file that is read in several ways has its faults once, and so has a value that is wrong in more than one way. */
function distinct(problems: readonly LoadProblem[]): readonly LoadProblem[] {
  const seen = new Map<string, LoadProblem>();
  for (const problem of problems) {
    const key = isOfValue(problem) ? `${problem.at.file}:${problem.at.start}` : JSON.stringify(problem);
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()];
}

/** Whether a problem is one that what is wrong elsewhere can bring about. */
function isOfValue(
  problem: LoadProblem,
): problem is Extract<LoadProblem, { kind: 'wrong-type' | 'unknown-key' }> {
  return problem.kind === 'wrong-type' || problem.kind === 'unknown-key';
}

function chosenProfiles(options: LoadOptions, variables: Variables): ReadonlySet<string> {
  if (options.profiles && options.profiles.length > 0) return new Set(options.profiles);
  const listed = lookUp(variables, 'COMPOSE_PROFILES')?.text ?? '';
  return new Set(
    listed
      .split(',')
      .map((profile) => profile.trim())
      .filter((profile) => profile !== ''),
  );
}

/**
 * Without the projects that others pull in whole: they are checked there. A default file stays when only `extends`
 * names it, or a file beside it: people run it by itself.
 */
function withoutPulledIn(loaded: readonly Loaded[]): readonly Loaded[] {
  const byFile = new Map<FilePath, Loaded[]>();
  for (const one of loaded) {
    for (const file of one.project.files) {
      const known = byFile.get(file);
      if (known) known.push(one);
      else byFile.set(file, [one]);
    }
  }
  const pulledBy = (other: Loaded): Loaded[] =>
    [...other.alsoRead.keys()].flatMap((file) => byFile.get(file) ?? []).filter((one) => pulls(other, one));
  const pulled = new Set(loaded.flatMap(pulledBy));
  const kept = new Set(loaded.filter((one) => !pulled.has(one)));
  const reached = new Set<Loaded>();
  const reach = (from: Iterable<Loaded>): void => {
    const open = [...from];
    for (let at = open.pop(); at; at = open.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      open.push(...pulledBy(at));
    }
  };
  reach(kept);
  // Files that pull each other in: the first of them stands for all.
  for (const one of loaded) {
    if (reached.has(one)) continue;
    kept.add(one);
    reach([one]);
  }
  return loaded.filter((one) => kept.has(one));
}

function pulls(other: Loaded, one: Loaded): boolean {
  if (other === one) return false;
  const { files } = one.project;
  const last = files.at(-1) ?? '';
  // A fragment that others extend is no layer over the base: it is the base.
  const fragment = files.length > 1 && !(OVERRIDE_NAMES as readonly string[]).includes(nameOf(last));
  return (fragment ? [last] : files).every((file) => pullsFile(other, one, file));
}

function pullsFile(other: Loaded, one: Loaded, file: FilePath): boolean {
  const how = other.alsoRead.get(file);
  if (how === undefined) return false;
  if (!(DEFAULT_NAMES as readonly string[]).includes(nameOf(file))) return true;
  return how === 'include' && other.project.directory !== one.project.directory;
}
