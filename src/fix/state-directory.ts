/** Where a program keeps what it has to remember of a user's runs. Pure: environment and platform are handed in. */
import path from 'node:path';

export type Machine = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory, absolute. */
  readonly home: string;
};

/**
 * The user's state directory; dockmedic keeps its journals in `dockmedic/` below it. `XDG_STATE_HOME` counts
 * everywhere and must be absolute (XDG Base Directory Specification: a relative path is to be ignored).
 */
export function stateDirectoryOf({ platform, env, home }: Machine): string {
  const { isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  const chosen = env.XDG_STATE_HOME;
  if (chosen && isAbsolute(chosen)) return chosen;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform !== 'win32') return join(home, '.local', 'state');
  const local = env.LOCALAPPDATA;
  return local && isAbsolute(local) ? local : join(home, 'AppData', 'Local');
}
