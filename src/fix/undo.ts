/** `dockmedic undo`: takes back what the last run changed. */
import { listJournals, type ReadableRecord } from './journal.ts';
import type { Outside } from './plan.ts';
import { type Restored, type RunCommand, restoreJournals } from './restore.ts';
import { realRoot } from './target.ts';

export type Undone =
  | { readonly state: 'nothing' }
  /** The newest journal cannot be understood; an older one would not fit the files any more. */
  | { readonly state: 'damaged'; readonly directory: string }
  | (Restored & {
      /** When the run was that is taken back, ISO 8601, UTC. */
      readonly at: string;
      readonly fixes: readonly { readonly finding: string; readonly title: string }[];
    });

/**
 * Takes back the newest run that still stands, with all its rounds, or nothing at all: a file that was edited since
 * is named and stops the whole. A run that was cut short by a crash is taken back in the same way.
 */
export async function undoLast(
  root: string,
  stateDirectory: string,
  run: RunCommand,
  outside: Outside = [],
): Promise<Undone> {
  const real = await realRoot(root);
  const open = (await listJournals(real, stateDirectory)).filter(
    ({ journal }) => journal?.state !== 'undone',
  );
  const newest = open[0];
  if (!newest) return { state: 'nothing' };
  if (newest.journal === null || newest.journal.root !== real) {
    return { state: 'damaged', directory: newest.directory };
  }
  const { group, at } = newest.journal;
  const records = open.filter((one): one is ReadableRecord => one.journal?.group === group);
  const restored = await restoreJournals(records, run, outside);
  return { ...restored, at, fixes: records.flatMap(({ journal }) => journal.fixes) };
}
