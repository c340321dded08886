/** Where programs are looked for. */
import path from 'node:path';

/**
 * PATH without its relative directories (an empty one is the current directory): they would let a workspace bring its
 * own `docker`, `git` or `ssh`, and a look at it run them.
 */
export function withoutRelative(searchPath: string): string {
  return searchPath
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .join(path.delimiter);
}
