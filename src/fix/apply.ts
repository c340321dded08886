/** Applies a plan: journal first, then file by file, then permissions and commands; all of it or nothing. */
import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { FilePath } from '../source.ts';
import { type FileChange, runsOf } from './changes.ts';
import { explain } from './failure.ts';
import { openJournal, type ReadableRecord, updateJournal } from './journal.ts';
import type { Journal } from './journal-model.ts';
import type { Outside, Plan, PlannedFix, RefusedFix } from './plan.ts';
import { preparePlan } from './prepare.ts';
import { type Restored, type RunCommand, restoreJournals, runSafely, stillDone } from './restore.ts';
import { realRoot } from './target.ts';
import { land } from './write.ts';

export type ApplyOptions = {
  readonly root: string;
  /** See `stateDirectoryOf`. */
  readonly stateDirectory: string;
  /** The version of dockmedic, for the journal. */
  readonly version: string;
  readonly run: RunCommand;
  /** Journals of one group are undone together; without it, this one stands alone. */
  readonly group?: string;
  readonly outside?: Outside;
};

export type Applied = {
  readonly state: 'applied';
  /** The fixes that landed; empty where all were refused, and then there is no journal. */
  readonly fixes: readonly PlannedFix[];
  /** Fixes of the plan that were left out, because a file does not have the bytes any more that were read. */
  readonly refused: readonly RefusedFix[];
  readonly changes: readonly FileChange[];
  /** The sequence of the journal. */
  readonly journal: string | null;
  /** Takes everything back, as undo would. */
  readonly restore: () => Promise<Restored>;
};

export type ApplyFailure = {
  readonly state: 'failed';
  /** A sentence without its full stop. */
  readonly reason: string;
  readonly refused: readonly RefusedFix[];
  /** Files that could not be put back; empty where everything is as it was. */
  readonly left: readonly FilePath[];
};

/**
 * Writes the accepted fixes of a plan. Each file is compared with the bytes that were planned on, replaced in one
 * step by a rename, and keeps its permissions and owner (extended attributes and hard links are not carried over).
 * A link is followed as far as it stays in the root. Where a write or a command fails, what was done is taken back.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<Applied | ApplyFailure> {
  const root = await realRoot(options.root);
  const { outside = [] } = options;
  const prepared = await preparePlan(plan, root, outside);
  const { fixes, refused, changes } = prepared;
  const failed = (reason: string, left: readonly FilePath[] = []): ApplyFailure => {
    return { state: 'failed', reason, refused, left };
  };
  if (fixes.length === 0) {
    return { state: 'applied', fixes, refused, changes, journal: null, restore: async () => NOTHING };
  }

  let record: ReadableRecord;
  try {
    record = await openJournal(options.stateDirectory, journalOf(prepared, root, options), prepared.bytes);
  } catch (error) {
    return failed(explain('the undo journal', error));
  }

  const landed = await land(prepared.writes);
  if (!landed.ok) {
    // What could not be put back is what undo is asked for later: then the journal stays open.
    if (landed.left.length === 0) await updateJournal(record, { ...record.journal, state: 'undone' });
    return failed(landed.reason, landed.left);
  }

  const ran = await runAll(record, options.run);
  record = ran.record;
  if (ran.failure !== undefined) {
    const restored = await restoreJournals([record], options.run, outside);
    return failed(`${ran.failure}${stillDone(restored)}`, leftBy(restored));
  }
  record = await updateJournal(record, { ...record.journal, state: 'applied' });
  const done = record;
  return {
    state: 'applied',
    fixes,
    refused,
    changes,
    journal: done.sequence,
    restore: () => restoreJournals([done], options.run, outside),
  };
}

const NOTHING: Restored = { state: 'restored', files: [], removed: [], runs: [], irreversible: [] };

function journalOf(
  prepared: Awaited<ReturnType<typeof preparePlan>>,
  root: string,
  options: ApplyOptions,
): Journal {
  const runs = runsOf(prepared.fixes.map(({ fix }) => fix));
  return {
    version: 1,
    root,
    dockmedic: options.version,
    at: new Date().toISOString(),
    group: options.group ?? randomUUID(),
    state: 'applying',
    fixes: prepared.fixes.map(({ finding, title }) => ({ finding, title })),
    entries: prepared.entries,
    runs: runs.map(({ argv, undo, why }) => ({ argv, undo: undo ?? null, why, state: 'pending' })),
  };
}

/** Runs the commands of a journal in order, up to the first that fails; each is noted before it starts. */
async function runAll(
  record: ReadableRecord,
  run: RunCommand,
): Promise<{ readonly record: ReadableRecord; readonly failure?: string }> {
  let current = record;
  for (const [index, step] of record.journal.runs.entries()) {
    current = await noteRun(current, index, 'started');
    const { ok, output } = await runSafely(run, step.argv, step.why);
    if (!ok) {
      // A command that says it failed has, as far as anyone can know, done nothing that its undo could take back.
      current = await noteRun(current, index, 'pending');
      const said = firstLine(output);
      return { record: current, failure: `\`${step.argv.join(' ')}\` did not succeed${said && `: ${said}`}` };
    }
    current = await noteRun(current, index, 'done');
  }
  return { record: current };
}

async function noteRun(
  record: ReadableRecord,
  index: number,
  state: 'pending' | 'started' | 'done',
): Promise<ReadableRecord> {
  const runs = record.journal.runs.map((step, at) => (at === index ? { ...step, state } : step));
  return updateJournal(record, { ...record.journal, runs });
}

/** The first line of what a command said, without the characters that steer a terminal. */
function firstLine(output: string): string {
  const plain = stripVTControlCharacters(output)
    .replace(/[^\S\r\n]/g, ' ')
    .replace(/[^\P{Cc}\r\n]/gu, '');
  const line = plain.split(/[\r\n]+/).find((text) => text.trim() !== '') ?? '';
  return line.trim().slice(0, 200);
}

function leftBy(restored: Restored): readonly FilePath[] {
  if (restored.state === 'restored') return [];
  return restored.state === 'refused' ? restored.conflicts.map(({ file }) => file) : restored.left;
}
