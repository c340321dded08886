/** Takes journals back: everything they name, or nothing at all. */
import { lstat, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FilePath } from '../source.ts';
import { codeOf } from './failure.ts';
import { oldBytes, type ReadableRecord, updateJournal } from './journal.ts';
import { type JournalEntry, sha256, type TextEdit } from './journal-model.ts';
import { forbidden, type Outside } from './plan.ts';
import { applyEdits } from './splice.ts';
import { land, permissions, temporaryBeside, type Write } from './write.ts';

/** Runs a command given as its arguments; `output` is fit to be shown. */
export type RunCommand = (
  argv: readonly string[],
  why: string,
) => Promise<{ readonly ok: boolean; readonly output: string }>;

export type Conflict = { readonly file: FilePath; readonly reason: string };

export type UndoneRun = { readonly argv: readonly string[]; readonly ok: boolean; readonly output: string };

export type Restored =
  | {
      readonly state: 'restored';
      /** Files that have their old bytes and permissions again. */
      readonly files: readonly FilePath[];
      /** Files that had been created and are gone again. */
      readonly removed: readonly FilePath[];
      /** The undoing commands that were run. Where one failed, the journal stays open and undo can be asked again. */
      readonly runs: readonly UndoneRun[];
      /** Commands that were run and have no way back. */
      readonly irreversible: readonly (readonly string[])[];
    }
  /** Something else changed these files since; nothing was restored. */
  | { readonly state: 'refused'; readonly conflicts: readonly Conflict[] }
  /** A file could not be written; the others were put back as they were found, except those in `left`. */
  | { readonly state: 'failed'; readonly reason: string; readonly left: readonly FilePath[] };

/**
 * Restores the state before the given journals, which belong to one workspace.
 *
 * A file that holds the bytes that a journal wrote gets its old bytes; one that has its old bytes already is fine; one
 * with anything else in it was edited since, and then nothing is restored. Undoing commands run last.
 *
 * @param records the newest first
 */
export async function restoreJournals(
  records: readonly ReadableRecord[],
  run: RunCommand,
  outside: Outside = [],
): Promise<Restored> {
  const places = await realPlaces(outside);
  const oldestFirst = [...records].reverse();
  const plans: Planned[] = [];
  const conflicts: Conflict[] = [];
  for (const past of pastsOf(oldestFirst)) {
    const planned = await planRestoration(past, places);
    if ('conflict' in planned) conflicts.push({ file: past.file, reason: planned.conflict });
    else plans.push(planned);
  }
  if (conflicts.length > 0) return { state: 'refused', conflicts };

  const landed = await land(plans.flatMap((plan) => plan.writes));
  if (!landed.ok) return { state: 'failed', reason: landed.reason, left: landed.left };

  const runs: UndoneRun[] = [];
  const irreversible: (readonly string[])[] = [];
  for (const record of records) {
    await removeLeftovers(record, places);
    const undone = await undoRuns(record, run);
    runs.push(...undone.runs);
    irreversible.push(...undone.irreversible);
  }
  return {
    state: 'restored',
    files: plans.flatMap((plan) => (plan.past.created ? [] : [plan.past.file])),
    removed: plans.flatMap((plan) => (plan.past.created ? [plan.past.file] : [])),
    runs,
    irreversible,
  };
}

/** What several journals did to one file, taken together. */
type Past = {
  readonly file: FilePath;
  readonly root: string;
  readonly target: FilePath;
  readonly created: boolean;
  readonly oldSha256: string | null;
  /** Reads the bytes before the first change of the content. */
  readonly old: (() => Promise<Buffer>) | null;
  readonly newSha256s: readonly string[];
  /** The permissions before the first change of them; null where they were never changed. */
  readonly oldMode: number | null;
  readonly newModes: readonly number[];
  readonly directories: readonly FilePath[];
  /** For a file outside of the root: by the hash of what a journal wrote, what takes that back. */
  readonly inverses: ReadonlyMap<string, readonly TextEdit[]>;
  /** Someone else edited it after one journal and before the next: the way back would lose that edit. */
  readonly broken: boolean;
};

function pastsOf(oldestFirst: readonly ReadableRecord[]): readonly Past[] {
  const pasts = new Map<FilePath, Past>();
  for (const record of oldestFirst) {
    for (const entry of record.journal.entries) {
      const earlier = pasts.get(entry.target);
      pasts.set(entry.target, earlier ? later(earlier, entry, record) : first(entry, record));
    }
  }
  return [...pasts.values()];
}

function first(entry: JournalEntry, record: ReadableRecord): Past {
  const { file, target, bytes, newMode, newSha256, inverse } = entry;
  return {
    file,
    root: record.journal.root,
    target,
    created: entry.oldMode === null,
    oldSha256: entry.oldSha256,
    old: bytes === null ? null : () => oldBytes(record, bytes),
    newSha256s: newSha256 === null ? [] : [newSha256],
    inverses: new Map(inverse && newSha256 !== null ? [[newSha256, inverse]] : []),
    oldMode: newMode === null ? null : entry.oldMode,
    newModes: newMode === null ? [] : [newMode],
    directories: entry.directories,
    broken: false,
  };
}

function later(past: Past, entry: JournalEntry, record: ReadableRecord): Past {
  const next = first(entry, record);
  const contentIsNew = past.newSha256s.length === 0 && !past.created;
  const isLinked =
    contentIsNew ||
    next.newSha256s.length === 0 ||
    next.oldSha256 === past.oldSha256 ||
    (next.oldSha256 !== null && past.newSha256s.includes(next.oldSha256));
  return {
    ...past,
    broken: past.broken || !isLinked,
    oldSha256: contentIsNew ? next.oldSha256 : past.oldSha256,
    old: contentIsNew ? next.old : past.old,
    newSha256s: [...past.newSha256s, ...next.newSha256s],
    inverses: new Map([...past.inverses, ...next.inverses]),
    oldMode: past.newModes.length === 0 ? next.oldMode : past.oldMode,
    newModes: [...past.newModes, ...next.newModes],
  };
}

type Planned = { readonly past: Past; readonly writes: readonly Write[] };

/** The real places of the files outside of the root that may be written. */
async function realPlaces(outside: Outside): Promise<Outside> {
  const places = await Promise.all(outside.map((file) => realpath(file).catch(() => file)));
  return [...new Set([...places, ...outside])];
}

async function planRestoration(
  past: Past,
  places: Outside,
): Promise<Planned | { readonly conflict: string }> {
  const isOutside = path.isAbsolute(past.target);
  const target = isOutside ? past.target : path.join(past.root, past.target);
  if (isOutside && !places.includes(target))
    return { conflict: 'it is not the configuration of Docker that is in use here (DOCKER_CONFIG)' };
  if (!isOutside && forbidden(past.target))
    return { conflict: 'the journal names a path that must not be written' };
  if (past.broken) return { conflict: 'it was edited while the fixes were being applied' };
  const found = await look(target);
  if ('conflict' in found) return found;
  if (found.kind === 'missing') {
    return past.created ? { past, writes: [] } : { conflict: 'it is gone' };
  }
  const common = { file: past.file, target, temporary: temporaryBeside(target) };
  const mode = modeToRestore(past, found.mode);
  if (mode === undefined) return { conflict: 'its permissions were changed since' };

  if (past.newSha256s.length === 0) {
    const writes: Write[] =
      mode === found.mode ? [] : [{ ...common, kind: 'chmod', modeBefore: found.mode, modeAfter: mode }];
    return { past, writes };
  }
  if (found.kind !== 'file') return { conflict: 'it is no plain file any more' };
  const before = await readFile(target);
  const hash = sha256(before);
  if (past.created) {
    if (!past.newSha256s.includes(hash)) return { conflict: 'it was edited since' };
    const directories = past.directories.map((directory) => path.join(past.root, directory));
    return { past, writes: [{ ...common, kind: 'remove', before, mode: found.mode, directories }] };
  }
  if (hash === past.oldSha256) {
    if (mode === found.mode) return { past, writes: [] };
    return { past, writes: [{ ...common, kind: 'chmod', modeBefore: found.mode, modeAfter: mode }] };
  }
  if (!past.newSha256s.includes(hash)) return { conflict: 'it was edited since' };
  const after = isOutside ? unedited(past, before) : await past.old?.().catch(() => undefined);
  if (!after || sha256(after) !== past.oldSha256)
    return { conflict: 'its old bytes in the journal are damaged' };
  return {
    past,
    writes: [{ ...common, kind: 'replace', before, after, modeBefore: found.mode, modeAfter: mode }],
  };
}

/** The old bytes, made out of the new ones; undefined where the journal does not lead back to them. */
function unedited(past: Past, bytes: Buffer): Buffer | undefined {
  let text = bytes.toString('utf8');
  for (let left = past.inverses.size; left >= 0; left--) {
    const hash = sha256(text);
    if (hash === past.oldSha256) return Buffer.from(text);
    const inverse = past.inverses.get(hash);
    if (!inverse?.every(({ start, end }) => start <= end && end <= text.length)) return undefined;
    text = applyEdits(text, inverse);
  }
  return undefined;
}

type Seen = { readonly kind: 'missing' } | { readonly kind: 'file' | 'other'; readonly mode: number };

async function look(target: string): Promise<Seen | { readonly conflict: string }> {
  try {
    const seen = await lstat(target);
    if ((await realpath(target)) !== target) return { conflict: 'it leads to another place now' };
    return { kind: seen.isFile() ? 'file' : 'other', mode: permissions(seen.mode) };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : { conflict: `it cannot be read (${code})` };
  }
}

/** Permissions that no fix changed stay as they are now; undefined where somebody else changed those that one did. */
function modeToRestore(past: Past, current: number): number | undefined {
  if (past.oldMode === null || current === past.oldMode) return current;
  return past.newModes.includes(current) ? past.oldMode : undefined;
}

async function undoRuns(
  record: ReadableRecord,
  run: RunCommand,
): Promise<{ runs: UndoneRun[]; irreversible: (readonly string[])[] }> {
  const steps = [...record.journal.runs];
  const runs: UndoneRun[] = [];
  const irreversible: (readonly string[])[] = [];
  for (const [index, step] of [...steps.entries()].reverse()) {
    if (step.state !== 'done' && step.state !== 'started') continue;
    if (!step.undo) {
      irreversible.push(step.argv);
      continue;
    }
    const { ok, output } = await runSafely(run, step.undo, `takes back: ${step.why}`);
    runs.push({ argv: step.undo, ok, output });
    if (ok) steps[index] = { ...step, state: 'undone' };
  }
  const state = runs.every((one) => one.ok) ? 'undone' : record.journal.state;
  await updateJournal(record, { ...record.journal, state, runs: steps });
  return { runs, irreversible };
}

/** The commands whose work stays, as the end of a sentence; empty where everything was taken back. */
export function stillDone(restored: Restored): string {
  if (restored.state !== 'restored') return '';
  const failedUndo = restored.runs.filter(({ ok }) => !ok).map(({ argv }) => `\`${argv.join(' ')}\` failed`);
  const noUndo = restored.irreversible.map((argv) => `\`${argv.join(' ')}\` cannot be taken back`);
  return [...failedUndo, ...noUndo].map((text) => `; ${text}`).join('');
}

/** Runs a command; a runner that throws counts as a command that failed. */
export async function runSafely(
  run: RunCommand,
  argv: readonly string[],
  why: string,
): Promise<{ readonly ok: boolean; readonly output: string }> {
  try {
    return await run(argv, why);
  } catch {
    return { ok: false, output: '' };
  }
}

/** Removes what a crash between writing and renaming left behind. */
async function removeLeftovers({ journal }: ReadableRecord, places: Outside): Promise<void> {
  if (journal.state !== 'applying') return;
  for (const { temporary } of journal.entries) {
    const isOutside = path.isAbsolute(temporary);
    const name = isOutside ? temporary : path.join(journal.root, temporary);
    if (!/^\.dockmedic-[0-9a-f]+\.tmp$/.test(path.basename(name))) continue;
    if (isOutside ? !places.some((one) => path.dirname(one) === path.dirname(name)) : forbidden(temporary))
      continue;
    const directory = path.dirname(name);
    const real = await realpath(directory).catch(() => undefined);
    if (real === directory) await rm(name, { force: true });
  }
}
