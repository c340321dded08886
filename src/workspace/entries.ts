/** Directories as they are listed on long walks: not memoised, links not followed. */
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../source.ts';

export type Entry = {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** In bytes; 0 for what is no file. */
  readonly size: number;
};

/** What a directory holds; empty where it cannot be read. */
export type Entries = (directory: FilePath) => readonly Entry[];

/** @param root the workspace, absolute */
export function entriesBelow(root: string): Entries {
  return (directory) => {
    const absolute = path.resolve(root, directory);
    try {
      return readdirSync(absolute, { withFileTypes: true }).map((entry): Entry => {
        if (entry.isDirectory()) return { name: entry.name, kind: 'directory', size: 0 };
        if (!entry.isFile()) return { name: entry.name, kind: 'other', size: 0 };
        const seen = lstatSync(path.join(absolute, entry.name), { throwIfNoEntry: false });
        return { name: entry.name, kind: 'file', size: seen?.size ?? 0 };
      });
    } catch {
      return [];
    }
  };
}
