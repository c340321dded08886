/** Paths as compose files write them, worked out without touching a disk. */
import type { FilePath } from '../source.ts';

/** Where the workspace and the home directory are; needed for absolute paths and `~`. */
export type Roots = {
  /** The workspace root, absolute, with forward slashes. */
  readonly root: string;
  readonly home?: string | undefined;
};

const DRIVE = /^[A-Za-z]:/;

/** True for `/x`, `C:\x`, `C:/x` and UNC paths or named pipes (`\\…`). */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || path.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(path);
}

/** The directory part of a path: `.` for a file at the root of the workspace. */
export function directoryOf(file: FilePath): FilePath {
  const slash = file.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : file.slice(0, slash);
}

/** The last part of a path. */
export function nameOf(file: FilePath): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Without `.`, `..` where it can be resolved, and doubled slashes. The empty path is `.`. */
export function normalise(path: string): FilePath {
  const drive = DRIVE.exec(path)?.[0] ?? '';
  const unc = drive === '' && path.startsWith('//') && path[2] !== '/' ? '/' : '';
  const rest = path.slice(drive.length);
  const rooted = rest.startsWith('/');
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push('..');
  }
  const joined = parts.join('/');
  if (rooted) return `${drive}${unc}/${joined}`;
  return drive + joined || '.';
}

/**
 * What a written path stands for: `~` is the home directory (as Compose has it, whatever follows it), a relative
 * path starts at `base`, and an absolute path inside the workspace is told relative to its root.
 */
export function resolvePath(base: FilePath, written: string, roots: Roots): FilePath {
  if (written.startsWith('~') && roots.home !== undefined) {
    return relativeToRoot(`${slashes(roots.home)}/${written.slice(1)}`, roots);
  }
  if (isAbsolute(written))
    return relativeToRoot(DRIVE.test(written) ? slashes(written) : slashesOf(written), roots);
  // A doubled slash at the start would be that of a Windows share.
  return relativeToRoot(
    `${base === '/' ? '' : base}/${DRIVE.test(base) ? slashes(written) : written}`,
    roots,
  );
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Backslashes are separators only in paths that are plainly of Windows. */
function slashesOf(path: string): string {
  return path.startsWith('\\\\') ? slashes(path) : path;
}

function relativeToRoot(path: string, roots: Roots): FilePath {
  const clean = normalise(path);
  const root = normalise(slashes(roots.root));
  if (!isAbsolute(clean)) {
    if (clean !== '..' && !clean.startsWith('../')) return clean;
    // Up out of the root and down into it again: `../shop/api` seen from `shop`.
    const absolute = normalise(`${root}/${clean}`);
    return insideRoot(absolute, root) ?? clean;
  }
  return insideRoot(clean, root) ?? clean;
}

function insideRoot(absolute: string, root: string): FilePath | undefined {
  const fold = DRIVE.test(root) ? (text: string) => text.toLowerCase() : (text: string) => text;
  if (fold(absolute) === fold(root)) return '.';
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return fold(absolute).startsWith(fold(prefix)) ? absolute.slice(prefix.length) : undefined;
}
