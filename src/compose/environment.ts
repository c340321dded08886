/** Where the values of variables come from: the shell, `.env` and the files named with `--env-file`. */
import type { Files } from '../facts.ts';
import type { FilePath, Place } from '../source.ts';
import { conflictsIn, firstSideOnly } from './conflict-markers.ts';
import { parseEnvFile } from './env-file.ts';
import type { Variables } from './interpolate.ts';
import type { LoadProblem } from './model.ts';

export type Environment = Variables['environment'];

/** What env files say, and where. */
export type EnvFileValues = {
  readonly values: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, Place>>;
};

/**
 * Reads env files, the later over the earlier, with the surroundings over all of them. A file that cannot be read
 * or parsed becomes a problem, and what was read of it counts.
 */
export function readEnvFiles(
  files: Files,
  paths: readonly FilePath[],
  environment: Environment,
  problems: LoadProblem[],
): EnvFileValues {
  const values: Record<string, string> = Object.create(null);
  const places: Record<string, Place> = Object.create(null);
  for (const path of paths) {
    const source = files.read(path);
    if ('failure' in source) {
      const at = { file: path, start: 0, end: 0 };
      const unread =
        source.failure === 'denied' ? 'denied' : source.because.includes('NUL') ? 'binary' : 'other';
      problems.push({ kind: 'env-file', at, message: source.because, unread });
      continue;
    }
    const conflicts = conflictsIn(source.text, path);
    if (conflicts.length > 0) problems.push({ kind: 'conflict-markers', file: path, conflicts });
    const text = firstSideOnly(source, conflicts);
    const content = parseEnvFile({ file: path, text }, { environment, envFile: values });
    Object.assign(values, content.values);
    Object.assign(places, content.places);
    if (content.fault) problems.push({ kind: 'env-file', ...content.fault });
  }
  return { values, places };
}

/** The `.env` file of a directory, if there is one. */
export function dotEnvOf(files: Files, directory: FilePath): readonly FilePath[] {
  const path = directory === '.' ? '.env' : `${directory === '/' ? '' : directory}/.env`;
  return files.stat(path)?.kind === 'file' ? [path] : [];
}
