/** Where we are: the root, its files, its history, and the compose projects in it. */
import { DEFAULT_NAMES } from '../compose/discover.ts';
import type { LoadFailure } from '../compose/explicit.ts';
import { loadProjects } from '../compose/load.ts';
import type { Project } from '../compose/model.ts';
import type { DockerEnvironment } from '../docker/environment.ts';
import type { Files, History } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { createFiles } from './files.ts';
import { createHistory } from './history.ts';

/** What the person said of which files to take; all paths root-relative. Empty lists mean: find them. */
export type Selection = {
  readonly files: readonly FilePath[];
  readonly projectDirectory?: FilePath;
  readonly envFiles: readonly FilePath[];
  readonly profiles: readonly string[];
};

export type Workspace = {
  readonly projects: readonly Project[];
  readonly files: Files;
  readonly history: History;
};

/** Thrown where there is nothing to look at; its message is one sentence for a person. */
export class NoProject extends Error {
  override readonly name = 'NoProject';
}

/** How long git may take, in milliseconds; it is asked only when a path is missing. */
const HISTORY_MS = 5_000;

/**
 * Reads the workspace below `root` (an absolute path) anew: nothing is kept from one call to the next.
 *
 * @throws NoProject where there is no compose file, or one that was asked for is not there
 */
export function openWorkspace(root: string, selection: Selection, environment: DockerEnvironment): Workspace {
  const files = createFiles(root);
  const { projects, failure } = loadProjects({
    files,
    root,
    home: environment.home,
    environment: environment.env,
    composeFiles: selection.files,
    projectDirectory: selection.projectDirectory,
    envFiles: selection.envFiles,
    profiles: selection.profiles,
    pathSeparator: environment.platform === 'win32' ? ';' : ':',
  });
  if (failure) throw new NoProject(sentenceOf(failure, root));
  return { projects, files, history: createHistory(root, environment.env, HISTORY_MS) };
}

function sentenceOf(failure: LoadFailure, root: string): string {
  switch (failure.kind) {
    case 'file-not-found':
      return `${failure.from} names the compose file "${failure.written}", which does not exist.`;
    case 'env-file-not-found':
      return `--env-file names "${failure.written}", which does not exist.`;
    case 'no-compose-file':
      return `there is no compose file in ${root} or below it: Compose looks for ${DEFAULT_NAMES.join(', ')}.`;
  }
}
