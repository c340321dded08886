/** Where the values of variables come from: the shell, `.env` and the files named with `--env-file`. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { parseEnvFile } from './env-file.ts';
import type { Variables } from './interpolate.ts';
import type { LoadProblem } from './model.ts';

export type Environment = Variables['environment'];

/**
 * Reads env files, the later over the earlier, with the surroundings over all of them. A file that cannot be read
 * or parsed becomes a problem, and what was read of it counts.
 */
export function readEnvFiles(
  files: Files,
  paths: readonly FilePath[],
  environment: Environment,
  problems: LoadProblem[],
): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const path of paths) {
    const source = files.read(path);
    if ('failure' in source) {
      const at = { file: path, start: 0, end: 0 };
      problems.push({ kind: 'interpolation', at, message: `the env file cannot be read: ${source.because}` });
      continue;
    }
    const content = parseEnvFile(source, { environment, envFile: values });
    Object.assign(values, content.values);
    if (content.fault) problems.push({ kind: 'interpolation', ...content.fault });
  }
  return values;
}

/** The `.env` file of a directory, if there is one. */
export function dotEnvOf(files: Files, directory: FilePath): readonly FilePath[] {
  const path = directory === '.' ? '.env' : `${directory === '/' ? '' : directory}/.env`;
  return files.stat(path)?.kind === 'file' ? [path] : [];
}
