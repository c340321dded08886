/**
 * The journal: what has to be known to take a change back, on the disk before the change begins. It lies in the
 * user's state directory, never in the workspace, and only its owner can read it: old bytes may hold secrets.
 *
 *     <state directory>/dockmedic/<hash of the root's real path>/000001/journal.json
 *                                                                      0.bytes
 */
import { mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CannotWrite, codeOf } from './failure.ts';
import { type Journal, parseJournal, sha256 } from './journal-model.ts';
import { isWithin, realRoot } from './target.ts';
import { syncDirectory, temporaryBeside, writeNew } from './write.ts';

/** A journal that lies on the disk; null where its file is there and cannot be understood. */
export type JournalRecord = {
  /** `000001`, counting up for each workspace. */
  readonly sequence: string;
  /** Absolute. */
  readonly directory: string;
  readonly journal: Journal | null;
};

export type ReadableRecord = JournalRecord & { readonly journal: Journal };

/** Runs of dockmedic whose journals are kept for each workspace. */
const KEPT_RUNS = 20;

/** How often a sequence number is tried again when another dockmedic takes it at the same moment. */
const TRIES = 100;

/** The journals of a workspace, the newest first. Empty where there are none or they cannot be read. */
export async function listJournals(root: string, stateDirectory: string): Promise<readonly JournalRecord[]> {
  const home = homeOf(await realRoot(root), stateDirectory);
  const records: JournalRecord[] = [];
  for (const sequence of (await sequencesIn(home)).reverse()) {
    const directory = path.join(home, sequence);
    const text = await readFile(path.join(directory, 'journal.json'), 'utf8').catch((error: unknown) => {
      // The journal is written last: without one, nothing was changed.
      if (codeOf(error) === 'ENOENT') return undefined;
      return '';
    });
    if (text !== undefined) records.push({ sequence, directory, journal: parseJournal(text) ?? null });
  }
  return records;
}

/**
 * Writes a new journal and the old bytes that it names, and returns when all of it is on the disk. Journals of all but
 * the last twenty runs are removed.
 *
 * @param bytes old contents by the names that the journal's entries use
 * @throws CannotWrite where the state directory lies in the workspace; errors of the file system otherwise
 */
export async function openJournal(
  stateDirectory: string,
  journal: Journal,
  bytes: ReadonlyMap<string, Buffer>,
): Promise<ReadableRecord> {
  if (isWithin(journal.root, await realEvenIfMissing(path.resolve(stateDirectory)))) {
    throw new CannotWrite(
      'the state directory for the undo journal lies inside of the workspace; set XDG_STATE_HOME to a place outside of it',
    );
  }
  const home = homeOf(journal.root, stateDirectory);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { sequence, directory } = await takeSequence(home);
  for (const [name, content] of bytes) await writeNew(path.join(directory, name), content, 0o600);
  await writeJournal(directory, journal);
  await syncDirectory(home);
  await prune(home);
  return { sequence, directory, journal };
}

/** Replaces what a journal says, in one go; the old bytes go once they are of no more use. */
export async function updateJournal(record: ReadableRecord, journal: Journal): Promise<ReadableRecord> {
  await writeJournal(record.directory, journal);
  if (journal.state === 'undone') {
    for (const { bytes } of journal.entries) {
      if (bytes !== null) await rm(path.join(record.directory, bytes), { force: true });
    }
  }
  return { ...record, journal };
}

/** The old bytes that an entry names. */
export async function oldBytes(record: JournalRecord, name: string): Promise<Buffer> {
  return readFile(path.join(record.directory, name));
}

function homeOf(root: string, stateDirectory: string): string {
  return path.join(path.resolve(stateDirectory), 'dockmedic', sha256(root).slice(0, 16));
}

async function writeJournal(directory: string, journal: Journal): Promise<void> {
  const name = path.join(directory, 'journal.json');
  const temporary = temporaryBeside(name);
  await writeNew(temporary, Buffer.from(`${JSON.stringify(journal, null, 2)}\n`), 0o600);
  await rename(temporary, name);
  await syncDirectory(directory);
}

async function sequencesIn(home: string): Promise<string[]> {
  const names = await readdir(home).catch(() => []);
  return names.filter((name) => /^\d{6,}$/.test(name)).sort((a, b) => Number(a) - Number(b));
}

async function takeSequence(home: string): Promise<{ sequence: string; directory: string }> {
  const last = Number((await sequencesIn(home)).at(-1) ?? 0);
  for (let next = last + 1; next <= last + TRIES; next++) {
    const sequence = String(next).padStart(6, '0');
    const directory = path.join(home, sequence);
    try {
      await mkdir(directory, { mode: 0o700 });
      return { sequence, directory };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new CannotWrite('no place for a new undo journal could be found');
}

/** Keeps every journal of the last runs, so that undo can always take back a whole run. */
async function prune(home: string): Promise<void> {
  const sequences = (await sequencesIn(home)).reverse();
  const groups = new Set<string>();
  for (const [index, sequence] of sequences.entries()) {
    const text = await readFile(path.join(home, sequence, 'journal.json'), 'utf8').catch(() => '');
    groups.add(parseJournal(text)?.group ?? sequence);
    if (groups.size <= KEPT_RUNS) continue;
    for (const old of sequences.slice(index))
      await rm(path.join(home, old), { recursive: true, force: true });
    return;
  }
}

/** The real path of a name of which the last parts may not exist yet. */
async function realEvenIfMissing(name: string): Promise<string> {
  try {
    return await realpath(name);
  } catch (error) {
    const parent = path.dirname(name);
    if (codeOf(error) !== 'ENOENT' || parent === name) throw error;
    return path.join(await realEvenIfMissing(parent), path.basename(name));
  }
}
