/** Where a file of the workspace really lies: links are followed, and never out of the root. */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { FilePath } from '../source.ts';
import { codeOf, explain } from './failure.ts';
import { forbidden, type Outside } from './plan.ts';

/** The real, absolute path of the root: links in it are followed, so that paths can be compared. */
export async function realRoot(root: string): Promise<string> {
  return realpath(path.resolve(root));
}

/** Whether an absolute path is the directory or lies below it. Both have to be real paths. */
export function isWithin(directory: string, file: string): boolean {
  const relative = path.relative(directory, file);
  return (
    relative === '' ||
    !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
  );
}

/** An absolute path as the workspace names it. */
export function nameIn(root: string, target: string): FilePath {
  return path.relative(root, target).split(path.sep).join('/');
}

export type Located = { readonly target: string } | { readonly reason: string };

/**
 * The real place of something that exists: where a link leads, if it leads to a place inside of the root.
 *
 * @param root a real path
 */
export async function locateExisting(root: string, file: FilePath, outside: Outside = []): Promise<Located> {
  const reason = forbidden(file, outside);
  if (reason) return { reason };
  try {
    // Who keeps it elsewhere, behind a link, has chosen that place.
    if (outside.includes(file)) return { target: await realpath(file) };
    const target = await realpath(path.join(root, file));
    return allowed(root, file, target);
  } catch (error) {
    return { reason: codeOf(error) === 'ENOENT' ? `${file} no longer exists` : explain(file, error) };
  }
}

export type LocatedNew =
  | { readonly target: string; readonly directories: readonly string[] }
  | { readonly reason: string };

/**
 * The real place of a file that is to be made, and the directories that have to be made for it, outermost first.
 *
 * @param root a real path
 */
export async function locateNew(root: string, file: FilePath): Promise<LocatedNew> {
  const reason = forbidden(file);
  if (reason) return { reason };
  try {
    if (await isThere(path.join(root, file))) return { reason: `${file} exists by now` };
    const missing: string[] = [];
    let parent = path.dirname(path.join(root, file));
    while (parent !== root && !(await isThere(parent))) {
      missing.unshift(path.basename(parent));
      parent = path.dirname(parent);
    }
    const base = await realpath(parent);
    const target = path.join(base, ...missing, path.basename(file));
    const located = allowed(root, file, target);
    if ('reason' in located) return located;
    return {
      target,
      directories: missing.map((_, index) => path.join(base, ...missing.slice(0, index + 1))),
    };
  } catch (error) {
    return { reason: explain(file, error) };
  }
}

function allowed(root: string, file: FilePath, target: string): Located {
  if (!isWithin(root, target)) return { reason: `${file} leads out of the workspace through a link` };
  const reason = forbidden(nameIn(root, target));
  return reason ? { reason } : { target };
}

/** Whether anything has this name, a link that leads nowhere included. */
async function isThere(name: string): Promise<boolean> {
  try {
    await lstat(name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
