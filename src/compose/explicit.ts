/** The one project that was asked for: `-f`, `--project-directory`, COMPOSE_FILE. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { defaultPlan, type Plan } from './discover.ts';
import { dotEnvOf, type EnvFileValues, type Environment, readEnvFiles } from './environment.ts';
import { lookUp, type Variables } from './interpolate.ts';
import type { LoadProblem } from './model.ts';
import { directoryOf, nameOf, type Roots, resolvePath } from './paths.ts';

/** Why nothing could be loaded. */
export type LoadFailure =
  | {
      readonly kind: 'file-not-found';
      /** As it was given. */
      readonly written: string;
      readonly path: FilePath;
      readonly from: '-f' | 'COMPOSE_FILE';
    }
  | { readonly kind: 'env-file-not-found'; readonly written: string; readonly path: FilePath }
  | { readonly kind: 'no-compose-file'; readonly directory: FilePath };

export type Choice = {
  /** The directory of the call, root-relative: what `-f` and `--env-file` start at. */
  readonly directory: FilePath;
  readonly environment: Environment;
  readonly composeFiles: readonly string[];
  readonly projectDirectory?: string | undefined;
  readonly envFiles: readonly string[];
  /** `;` on Windows, else `:`; COMPOSE_PATH_SEPARATOR goes before it. */
  readonly pathSeparator: ':' | ';';
};

/** A project to be loaded, with what its files are read with. */
export type Chosen = Plan & {
  readonly directory: FilePath;
  readonly variables: Variables;
  /** Faults of env files. */
  readonly problems: readonly LoadProblem[];
};

/** The env files named by `--env-file` or COMPOSE_ENV_FILES, as paths; or the one that is not there. */
export function namedEnvFiles(files: Files, choice: Choice, roots: Roots): readonly FilePath[] | LoadFailure {
  const listed = choice.environment.COMPOSE_ENV_FILES ?? '';
  const named =
    choice.envFiles.length > 0 ? choice.envFiles : listed.split(',').filter((name) => name !== '');
  const paths: FilePath[] = [];
  for (const written of named) {
    const path = resolvePath(choice.directory, written, { ...roots, home: undefined });
    const kind = files.stat(path)?.kind;
    if (kind === undefined || kind === 'directory') return { kind: 'env-file-not-found', written, path };
    if (kind === 'file') paths.push(path);
  }
  return named.length > 0 && paths.length === 0 ? ['/dev/null'] : paths;
}

/**
 * The variables of a project.
 *
 * @param directories where a `.env` counts, the most important first; not asked where env files are named
 */
export function variablesOf(
  files: Files,
  environment: Environment,
  named: readonly FilePath[],
  directories: readonly FilePath[],
  problems: LoadProblem[],
): Variables {
  if (named.length > 0) {
    const paths = named.filter((path) => path !== '/dev/null');
    const { values, places } = readEnvFiles(files, paths, environment, problems);
    return { environment, envFile: values, places };
  }
  if (/^(?:1|t|true)$/i.test(environment.COMPOSE_DISABLE_ENV_FILE ?? '')) return { environment, envFile: {} };
  let envFile: EnvFileValues['values'] = {};
  let places: EnvFileValues['places'] = {};
  for (const directory of new Set(directories)) {
    const paths = dotEnvOf(files, directory);
    if (paths.length === 0) continue;
    const read = readEnvFiles(files, paths, { ...envFile, ...environment }, problems);
    envFile = { ...read.values, ...envFile };
    places = { ...read.places, ...places };
  }
  return { environment, envFile, places };
}

/** What was asked for; undefined where nothing was, so that the tree is to be searched. */
export function chooseExplicit(
  files: Files,
  choice: Choice,
  named: readonly FilePath[],
  roots: Roots,
): Chosen | LoadFailure | undefined {
  const here = { ...roots, home: undefined };
  const resolve = (written: string): FilePath => resolvePath(choice.directory, written, here);
  const [firstFile] = choice.composeFiles;
  const start =
    choice.projectDirectory ?? (firstFile === undefined ? undefined : directoryOf(resolve(firstFile)));
  const first =
    choice.projectDirectory !== undefined ? resolve(choice.projectDirectory) : (start ?? choice.directory);
  const before = variablesOf(files, choice.environment, named, [first], []);
  const fromVariable = choice.composeFiles.length > 0 ? [] : composeFileVariable(before, choice);
  const written = choice.composeFiles.length > 0 ? choice.composeFiles : fromVariable;
  if (written.length === 0) return chooseDirectory(files, choice, named, first);
  for (const file of written) {
    const path = resolve(file);
    if (files.stat(path)?.kind === 'file') continue;
    const from = choice.composeFiles.length > 0 ? '-f' : 'COMPOSE_FILE';
    return { kind: 'file-not-found', written: file, path, from };
  }
  const paths = [...new Set(written.map(resolve))];
  const directory = choice.projectDirectory === undefined ? directoryOf(paths[0] ?? '') : first;
  const how = choice.composeFiles.length > 0 ? 'as given' : 'as COMPOSE_FILE says';
  const taken = `${paths.map(nameOf).join(' + ')}, ${how}`;
  return finish(files, choice, named, { files: paths, taken }, [first, directory], directory);
}

function composeFileVariable(variables: Variables, choice: Choice): string[] {
  const value = lookUp(variables, 'COMPOSE_FILE')?.text ?? '';
  const separator = lookUp(variables, 'COMPOSE_PATH_SEPARATOR')?.text || choice.pathSeparator;
  return value.split(separator).filter((file) => file !== '');
}

/** `--project-directory` alone: the default file there. */
function chooseDirectory(
  files: Files,
  choice: Choice,
  named: readonly FilePath[],
  directory: FilePath,
): Chosen | LoadFailure | undefined {
  if (choice.projectDirectory === undefined) return undefined;
  const plan = defaultPlan(files, directory);
  if (!plan) return { kind: 'no-compose-file', directory };
  return finish(files, choice, named, plan, [directory], directory);
}

function finish(
  files: Files,
  choice: Choice,
  named: readonly FilePath[],
  plan: Plan,
  directories: readonly FilePath[],
  directory: FilePath,
): Chosen {
  const problems: LoadProblem[] = [];
  const variables = variablesOf(files, choice.environment, named, directories, problems);
  return { ...plan, directory, variables, problems };
}
