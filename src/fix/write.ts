/**
 * Changes to real files, each atomic: a reader sees the old bytes or the new ones, never half of them. A list of
 * writes lands whole or is taken back.
 */
import { randomBytes } from 'node:crypto';
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import path from 'node:path';
import type { FilePath } from '../source.ts';
import { CannotWrite, codeOf, explain } from './failure.ts';

type Common = {
  /** The name for messages. */
  readonly file: FilePath;
  /** The real, absolute path. */
  readonly target: string;
  /** The absolute path that the new bytes are written to first; in the target's directory. */
  readonly temporary: string;
};

/** One change of one file. It says what it expects to find, so that it can be refused and taken back. */
export type Write =
  | (Common & {
      readonly kind: 'replace';
      readonly before: Buffer;
      readonly after: Buffer;
      readonly modeBefore: number;
      readonly modeAfter: number;
    })
  | (Common & {
      readonly kind: 'create';
      readonly after: Buffer;
      /** Exact permission bits; null leaves them to the umask of the process. */
      readonly mode: number | null;
      /** Directories to make first, outermost first. */
      readonly directories: readonly string[];
    })
  | (Common & {
      readonly kind: 'remove';
      readonly before: Buffer;
      readonly mode: number;
      /** Directories to remove afterwards where they are empty, outermost first. */
      readonly directories: readonly string[];
    })
  | (Common & { readonly kind: 'chmod'; readonly modeBefore: number; readonly modeAfter: number });

export type Landed =
  | { readonly ok: true }
  /** `left` names the files that could not be taken back. */
  | { readonly ok: false; readonly reason: string; readonly left: readonly FilePath[] };

/** Does all writes in order, or, where one fails, takes back those that were done. */
export async function land(writes: readonly Write[]): Promise<Landed> {
  const done: Write[] = [];
  for (const write of writes) {
    try {
      await perform(write);
      done.push(write);
    } catch (error) {
      return { ok: false, reason: explain(write.file, error), left: await takeBack(done) };
    }
  }
  return { ok: true };
}

/** Takes writes back, the last one first, as far as that is possible; names the files that stay changed. */
async function takeBack(done: readonly Write[]): Promise<readonly FilePath[]> {
  const left: FilePath[] = [];
  for (const write of [...done].reverse()) {
    try {
      await perform(invert(write));
    } catch {
      left.push(write.file);
    }
  }
  return left;
}

/** A name for a temporary file beside its target; random, so that nothing can lie in wait there. */
export function temporaryBeside(target: string): string {
  return path.join(path.dirname(target), `.dockmedic-${randomBytes(8).toString('hex')}.tmp`);
}

/** The permission bits of a mode. */
export function permissions(mode: number): number {
  return mode & 0o7777;
}

function invert(write: Write): Write {
  switch (write.kind) {
    case 'replace':
      return {
        ...write,
        before: write.after,
        after: write.before,
        modeBefore: write.modeAfter,
        modeAfter: write.modeBefore,
      };
    case 'create':
      return { ...write, kind: 'remove', before: write.after, mode: write.mode ?? 0o644 };
    case 'remove':
      return { ...write, kind: 'create', after: write.before };
    case 'chmod':
      return { ...write, modeBefore: write.modeAfter, modeAfter: write.modeBefore };
  }
}

async function perform(write: Write): Promise<void> {
  switch (write.kind) {
    case 'replace':
      return replace(write);
    case 'create':
      return create(write);
    case 'remove':
      return remove(write);
    case 'chmod':
      return changeMode(write);
  }
}

async function replace(write: Extract<Write, { kind: 'replace' }>): Promise<void> {
  const { file, target, temporary, before, after, modeAfter } = write;
  const owner = await stat(target);
  if (!(await readFile(target)).equals(before)) {
    throw new CannotWrite(`${file} was changed by someone else in the meantime`);
  }
  try {
    await writeNew(temporary, after, 0o600, async (handle) => {
      await keepOwner(handle, owner, file);
      await handle.chmod(modeAfter);
    });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(target));
}

async function create(write: Extract<Write, { kind: 'create' }>): Promise<void> {
  const { file, target, temporary, after, mode, directories } = write;
  for (const directory of directories) await ensureDirectory(directory);
  try {
    await writeNew(temporary, after, mode ?? 0o666, async (handle) => {
      if (mode !== null) await handle.chmod(mode);
    });
    await putInPlace(temporary, target, file);
  } catch (error) {
    await rm(temporary, { force: true });
    await removeEmpty(directories);
    throw error;
  }
  await syncDirectory(path.dirname(target));
}

/** Gives a new file its name without ever replacing something that took the name in the meantime. */
async function putInPlace(temporary: string, target: string, file: FilePath): Promise<void> {
  const linked = await link(temporary, target).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw new CannotWrite(`${file} exists by now`);
      // Some file systems (FAT, some network shares) have no hard links; there, look and then rename.
      return false;
    },
  );
  if (linked) return rm(temporary, { force: true });
  const taken = await lstat(target).then(
    () => true,
    () => false,
  );
  if (taken) throw new CannotWrite(`${file} exists by now`);
  await rename(temporary, target);
}

async function remove(write: Extract<Write, { kind: 'remove' }>): Promise<void> {
  if (!(await readFile(write.target)).equals(write.before)) {
    throw new CannotWrite(`${write.file} was changed by someone else in the meantime`);
  }
  await unlink(write.target);
  await syncDirectory(path.dirname(write.target));
  await removeEmpty(write.directories);
}

async function changeMode(write: Extract<Write, { kind: 'chmod' }>): Promise<void> {
  if (permissions((await stat(write.target)).mode) !== write.modeBefore) {
    throw new CannotWrite(`the permissions of ${write.file} were changed by someone else in the meantime`);
  }
  await chmod(write.target, write.modeAfter);
}

/**
 * Writes bytes to a file that must not exist yet, and returns when they are on the disk.
 *
 * @param prepare is given the open file before its bytes are flushed
 */
export async function writeNew(
  name: string,
  bytes: Buffer,
  mode: number,
  prepare: (handle: FileHandle) => Promise<void> = async () => {},
): Promise<void> {
  const handle = await open(name, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await prepare(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a change of names in a directory last through a power cut, where the system can do that. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems cannot flush a directory; the rename itself has happened.
  }
}

async function keepOwner(
  handle: FileHandle,
  owner: { uid: number; gid: number },
  file: FilePath,
): Promise<void> {
  const own = await handle.stat();
  if (own.uid === owner.uid && own.gid === owner.gid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch {
    throw new CannotWrite(`${file} belongs to another user, and its owner could not be kept`);
  }
}

async function ensureDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const directory of [...directories].reverse()) {
    // Something else may have been put there since: then it stays.
    await rmdir(directory).catch(() => {});
  }
}
