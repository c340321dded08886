/** The machine and the person's environment, read here and nowhere else, and handed on as data. */
import os from 'node:os';
import { type DockerEnvironment, realDisk } from '../docker/environment.ts';
import { stateDirectoryOf } from '../fix/state-directory.ts';
import type { Look } from '../reporters/text.ts';

export type Machine = {
  readonly docker: DockerEnvironment;
  /** Where journals are kept. */
  readonly stateDirectory: string;
};

export function thisMachine(): Machine {
  const { env, platform } = process;
  const groups =
    process.getgroups && process.getegid ? [...process.getgroups(), process.getegid()] : undefined;
  const home = env.HOME || env.USERPROFILE || os.homedir();
  return {
    docker: { env, home, platform, uid: process.getuid?.(), groups, disk: realDisk },
    stateDirectory: stateDirectoryOf({ platform, env, home }),
  };
}

/** How text on stdout is to look. What colours it is loaded only where colour is wanted. */
export async function lookOfStdout(colour: boolean | undefined): Promise<Look> {
  const isWanted = wantsColour(colour, process.stdout);
  return {
    paint: isWanted ? (await import('../reporters/paint.ts')).colours() : undefined,
    unicode: hasUnicode(),
    columns: process.stdout.columns ?? 110,
  };
}

/** Whether to colour what goes to a stream: flag, then NO_COLOR, then FORCE_COLOR, then the terminal. */
export function wantsColour(flag: boolean | undefined, stream: NodeJS.WriteStream): boolean {
  if (flag !== undefined) return flag;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** Whether a terminal of this environment can be expected to show `✓` and `│`. */
export function hasUnicode(): boolean {
  const { env, platform } = process;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.CI);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (env.TERM === 'linux') return false;
  // A pipe or a container often has no locale at all; files and logs are read as UTF-8 nowadays.
  return locale === '' || /utf-?8/i.test(locale) || !/^(C|POSIX)$/.test(locale);
}
