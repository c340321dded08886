/** What a journal says: enough to take back everything that was done, on its own. */
import { createHash } from 'node:crypto';
import type { FilePath } from '../source.ts';

/** One file that is changed, as it was and as it will be. Hashes are SHA-256 in hexadecimal. */
export type JournalEntry = {
  /** As the fix names it. */
  readonly file: FilePath;
  /** Where it really lies (links followed), relative to the root of the journal, with forward slashes. */
  readonly target: FilePath;
  /** The name of the file beside the journal that holds the old bytes; null where the content stays or was not there. */
  readonly bytes: string | null;
  /** Null where the file did not exist, or where only its permissions change. */
  readonly oldSha256: string | null;
  /** Null where only the permissions change. */
  readonly newSha256: string | null;
  /** Permission bits; null where the file did not exist. */
  readonly oldMode: number | null;
  /** Permission bits; null where they stay. */
  readonly newMode: number | null;
  /** The temporary file of the change, relative to the root: left behind by a crash, removed by undo. */
  readonly temporary: FilePath;
  /** Directories that are made for it, outermost first, relative to the root. */
  readonly directories: readonly FilePath[];
  /**
   * For a file outside of the workspace, instead of its old bytes, which hold logins: what makes the old text of the new
   * one. `target` and `temporary` are absolute then.
   */
  readonly inverse?: readonly TextEdit[];
};

/** Offsets count UTF-16 code units; `end` is exclusive. */
export type TextEdit = { readonly start: number; readonly end: number; readonly text: string };

/** `started` and not `done` is what a crash leaves: whether the command did its work is not known then. */
export type RunState = 'pending' | 'started' | 'done' | 'undone';

export type JournalRun = {
  readonly argv: readonly string[];
  readonly undo: readonly string[] | null;
  readonly why: string;
  readonly state: RunState;
};

export type Journal = {
  readonly version: 1;
  /** The real path of the workspace. */
  readonly root: string;
  /** The version of dockmedic that wrote it. */
  readonly dockmedic: string;
  /** When, ISO 8601, UTC. */
  readonly at: string;
  /** Journals of one run of dockmedic share this; undo takes them back together. */
  readonly group: string;
  readonly state: 'applying' | 'applied' | 'undone';
  readonly fixes: readonly { readonly finding: string; readonly title: string }[];
  readonly entries: readonly JournalEntry[];
  readonly runs: readonly JournalRun[];
};

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads a journal; undefined where the text is none that this version understands. */
export function parseJournal(text: string): Journal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJournal(value) ? value : undefined;
}

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === 'string';
const isMode: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0o7777;
const isOffset: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const fields = new Map(Object.entries(value));
    return Object.entries(checks).every(([name, check]) => check(fields.get(name)));
  };

const checkJournal = shape({
  version: (value) => value === 1,
  root: isString,
  dockmedic: isString,
  at: isString,
  group: isString,
  state: oneOf('applying', 'applied', 'undone'),
  fixes: listOf(shape({ finding: isString, title: isString })),
  entries: listOf(
    shape({
      file: isString,
      target: isString,
      // A name of our own making: a path would let a journal point anywhere.
      bytes: orNull((value) => typeof value === 'string' && /^\d+\.bytes$/.test(value)),
      oldSha256: orNull(isString),
      newSha256: orNull(isString),
      oldMode: orNull(isMode),
      newMode: orNull(isMode),
      temporary: isString,
      directories: listOf(isString),
      inverse: (value) =>
        value === undefined || listOf(shape({ start: isOffset, end: isOffset, text: isString }))(value),
    }),
  ),
  runs: listOf(
    shape({
      argv: listOf(isString),
      undo: orNull(listOf(isString)),
      why: isString,
      state: oneOf('pending', 'started', 'done', 'undone'),
    }),
  ),
});

function isJournal(value: unknown): value is Journal {
  return checkJournal(value);
}
