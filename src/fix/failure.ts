/** What the file system says, in words. */

/** Thrown inside the fix engine where a write must not go on; its message is a sentence for the reader. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';
}

/** The code of a file system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use, or mounted as a single file',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something of that name exists',
  EISDIR: 'it is a directory',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no directory',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** A sentence without its full stop: which file, and what stood in the way. */
export function explain(file: string, error: unknown): string {
  if (error instanceof CannotWrite) return error.message;
  const code = codeOf(error);
  return `${file} cannot be written: ${(code && REASONS[code]) ?? code ?? 'an unknown failure'}`;
}
