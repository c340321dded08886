/** Arithmetic on `FilePath`s: root-relative with forward slashes, or absolute. Pure; no disk is asked. */
import path from 'node:path';
import type { FilePath } from './source.ts';

const { posix } = path;

/** Whether a path stands outside the tree of the root. */
export function isOutside(file: FilePath): boolean {
  return file === '..' || file.startsWith('../') || isAbsolute(file);
}

/** Absolute on POSIX or Windows (`/srv/x`, `C:/x`, `C:\x`). */
export function isAbsolute(file: string): boolean {
  return file.startsWith('/') || file.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(file);
}

/** `file` as seen from `directory`; undefined where one of them lies outside the root, whose name we do not use. */
export function relativeTo(directory: FilePath, file: FilePath): string | undefined {
  if (isOutside(directory) || isOutside(file)) return undefined;
  return posix.relative(posix.join('/', directory), posix.join('/', file)) || '.';
}

/** The directories above a file, nearest first, ending with `.` (the root). */
export function ancestorsOf(file: FilePath): FilePath[] {
  const all: FilePath[] = [];
  let at = posix.dirname(file);
  while (at !== '.' && at !== '/' && at !== '..') {
    all.push(at);
    at = posix.dirname(at);
  }
  return [...all, '.'];
}
