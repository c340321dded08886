/** How a path is really written on a disk that does not tell letter case apart. */
import { posix } from 'node:path';
import type { Files } from '../facts.ts';
import { isOutside } from '../paths.ts';
import type { FilePath } from '../source.ts';

/**
 * The path with every part as its directory lists it, where that differs from the given one in letter case alone;
 * undefined where it is right, is not there, or cannot be told.
 */
export function otherCase(files: Files, path: FilePath): FilePath | undefined {
  if (path === '.' || isOutside(path)) return undefined;
  let real = '.';
  for (const part of path.split('/')) {
    const names = files.list(real);
    const folded = part.normalize('NFC').toLowerCase();
    const same = names.includes(part)
      ? part
      : (names.find((name) => name.normalize('NFC') === part.normalize('NFC')) ??
        names.find((name) => name.normalize('NFC').toLowerCase() === folded));
    if (same === undefined) return undefined;
    // Composed and decomposed letters are another matter.
    real = posix.join(real, same.normalize('NFC') === part.normalize('NFC') ? part : same);
  }
  return real === path ? undefined : real;
}
