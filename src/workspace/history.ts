/** What git remembers of paths. Asked only when a path is missing; every failure is an empty answer. */
import type { Commit, History, Rename } from '../facts.ts';
import type { FilePath } from '../source.ts';

/** Commits looked back at most; older renames are no help and cost time. */
const LARGEST_HISTORY = 5_000;

/**
 * The repository is untrusted input: nothing that its configuration names may be run (signature checkers, file
 * system monitors, external diffs, transports of partial clones), and nothing may be written.
 */
const HARMLESS = [
  '--no-pager',
  '--no-optional-locks',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'log.showSignature=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.allow=never',
  '-c',
  'core.quotePath=false',
  '-c',
  'log.mailmap=false',
];

type Log = { renames: readonly Rename[]; removals: ReadonlyMap<FilePath, Commit> };

/** Git's memory of the tree below `root` (an absolute path). `timeoutMs` bounds the one call that is made. */
export function createHistory(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): History {
  let log: Promise<Log> | undefined;
  const read = () => {
    log ??= readLog(root, environment, timeoutMs).catch(() => ({ renames: [], removals: new Map() }));
    return log;
  };
  return {
    renames: async () => (await read()).renames,
    removal: async (file) => (await read()).removals.get(file),
  };
}

async function readLog(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): Promise<Log> {
  const { execa } = await import('execa');
  const { stdout } = await execa(
    'git',
    [
      ...HARMLESS,
      'log',
      `--max-count=${LARGEST_HISTORY}`,
      '--relative',
      '--no-ext-diff',
      '--no-textconv',
      '--no-color',
      '--find-renames',
      '--diff-filter=RD',
      '--name-status',
      '-z',
      '--date=short',
      '--format=%x01%h %cd',
      '--',
      '.',
    ],
    {
      cwd: root,
      timeout: timeoutMs,
      maxBuffer: 32 * 1024 * 1024,
      stdin: 'ignore',
      env: { ...environment, LC_ALL: 'C', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' },
      extendEnv: false,
    },
  );
  return parseLog(stdout);
}

/** Reads `git log --name-status -z --format=%x01%h %cd`; newest first, as git prints it. */
export function parseLog(text: string): Log {
  const renames: Rename[] = [];
  const removals = new Map<FilePath, Commit>();
  let commit: Commit = { id: '', date: '' };
  const fields = text.split('\0');
  for (let i = 0; i < fields.length; i++) {
    const field = (fields[i] as string).replace(/^\n+/, '');
    if (field.startsWith('\x01')) {
      const [id = '', date = ''] = field.slice(1).trim().split(' ');
      commit = { id, date };
    } else if (/^R\d*$/.test(field)) {
      const from = fields[++i];
      const to = fields[++i];
      if (from !== undefined && to !== undefined) renames.push({ from, to, commit });
    } else if (field === 'D') {
      const file = fields[++i];
      if (file !== undefined && !removals.has(file)) removals.set(file, commit);
    }
  }
  return { renames, removals };
}
