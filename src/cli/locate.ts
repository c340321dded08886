/** Which directory and which files a call is about. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_NAMES, discoverPlans } from '../compose/discover.ts';
import { createFiles } from '../workspace/files.ts';
import type { Selection } from '../workspace/workspace.ts';
import { UsageError } from './usage-error.ts';

/** What a call says about its place. */
export type WhereFlags = {
  readonly file?: readonly string[];
  readonly projectDirectory?: string;
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
};

/** The root and the files of a call: the directory (or a compose file in it) and the flags that Compose has too. */
export function locate(directory: string, flags: WhereFlags): { root: string; selection: Selection } {
  const given = path.resolve(directory);
  const stat = statSync(given, { throwIfNoEntry: false });
  if (!stat) throw new UsageError(`there is no directory "${directory}" here.`);
  const root = stat.isDirectory() ? settle(given, flags) : path.dirname(given);
  // A compose file instead of a directory is clear enough: `dockmedic compose.test.yaml`.
  const files = [...(stat.isDirectory() ? [] : [given]), ...(flags.file ?? [])];
  const below = (file: string) =>
    file === '-' ? file : path.relative(root, path.resolve(file)).split(path.sep).join('/') || '.';
  if (files.includes('-'))
    throw new UsageError('-f - (standard input) is not supported: places need a file.');
  return {
    root,
    selection: {
      files: files.map(below),
      ...(flags.projectDirectory === undefined ? {} : { projectDirectory: below(flags.projectDirectory) }),
      envFiles: (flags.envFile ?? []).map(below),
      profiles: flags.profile ?? [],
    },
  };
}

/** Like Compose, looks in the directories above where there is nothing here and nothing was asked for. */
function settle(directory: string, flags: WhereFlags): string {
  const isAsked = flags.file || flags.projectDirectory !== undefined || process.env.COMPOSE_FILE;
  const hasDefault = DEFAULT_NAMES.some((name) => existsSync(path.join(directory, name)));
  if (isAsked || hasDefault || hasComposeFile(directory)) return directory;
  let above = path.dirname(directory);
  while (above !== path.dirname(above)) {
    if (DEFAULT_NAMES.some((name) => existsSync(path.join(above, name)))) {
      process.stderr.write(`dockmedic: there is no compose file here; taking ${above}, as Compose does\n`);
      return above;
    }
    above = path.dirname(above);
  }
  return directory;
}

function hasComposeFile(directory: string): boolean {
  return discoverPlans(createFiles(directory)).plans.length > 0;
}
