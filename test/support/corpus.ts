/** Small compose projects, kept as lists in `test/corpus/*.yaml`, and what Compose and dockmedic each make of them. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { rules } from '../../rules/index.ts';
import { loadProjects } from '../../src/compose/load.ts';
import { normalise } from '../../src/compose/normalise.ts';
import { toPlain } from '../../src/compose/resolved.ts';
import { createFacts } from '../../src/create-facts.ts';
import { diagnose } from '../../src/diagnose.ts';
import { realDisk } from '../../src/docker/environment.ts';
import { layerOf } from '../../src/rule.ts';
import { createFiles } from '../../src/workspace/files.ts';

export type CorpusCase = {
  /** Unique; also the name of its directory, and so of the project. */
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** `-f`, `--profile`, `--env-file`, `--project-directory` and `-p`, each followed by its value. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export type Verdict = {
  readonly accepted: boolean;
  /** Why not. */
  readonly because: readonly string[];
  readonly model?: unknown;
};

const corpus = path.resolve(import.meta.dirname, '../corpus');

export async function readCorpus(): Promise<readonly CorpusCase[]> {
  const names = (await readdir(corpus))
    .filter((name) => name.endsWith('.yaml') && name !== 'known.yaml')
    .sort();
  const cases: CorpusCase[] = [];
  for (const name of names) {
    const theme = path.basename(name, '.yaml');
    const listed = parse(await readFile(path.join(corpus, name), 'utf8')) as CorpusCase[];
    for (const one of listed) cases.push({ ...one, name: `${theme}-${one.name}` });
  }
  return cases;
}

/** The file of known differences. */
export const known = path.join(corpus, 'known.yaml');

/** Known differences: the name of a case, and why it differs. */
export async function readKnown(): Promise<Readonly<Record<string, string>>> {
  return (parse(await readFile(known, 'utf8')) ?? {}) as Record<string, string>;
}

/** Writes the files of a case below a directory; returns its root. */
export async function writeCase(below: string, { name, files }: CorpusCase): Promise<string> {
  const root = path.join(below, name);
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  return root;
}

function environmentOf({ env = {} }: CorpusCase, home: string): Record<string, string> {
  return { HOME: home, PATH: '/usr/bin:/bin', ...env };
}

/** What `docker compose config` says. */
export function askCompose(
  argv: readonly [string, ...string[]],
  one: CorpusCase,
  root: string,
  home: string,
): Promise<Verdict> {
  const [file, ...before] = argv;
  const args = [...before, ...(one.args ?? []), 'config', '--format', 'json'];
  const options = { cwd: root, env: environmentOf(one, home), maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      const because = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('time='));
      if (error) resolve({ accepted: false, because });
      else
        resolve({ accepted: true, because: [], model: comparable(JSON.parse(stdout.replaceAll('$$', '$'))) });
    });
  });
}

/** Rules that say what a build or a start would trip over, which `config` does not look at. */
const BEYOND_CONFIG = new Set([
  'compose/bind-source-not-found',
  'compose/build-context-not-found',
  'compose/config-file-not-found',
  'compose/dockerfile-not-found',
  'compose/secret-file-not-found',
]);

/** What dockmedic says. */
export async function askDockmedic(one: CorpusCase, root: string, home: string): Promise<Verdict> {
  const env = environmentOf(one, home);
  const files = createFiles(root);
  const roots = { root, home };
  const { projects, failure } = loadProjects({
    files,
    ...roots,
    environment: env,
    ...optionsOf(one.args ?? []),
  });
  if (failure) return { accepted: false, because: [failure.kind] };
  const project = projects.find(({ directory }) => directory === '.') ?? projects[0];
  if (!project) return { accepted: false, because: ['no project'] };
  const environment = { env, home, platform: 'linux', uid: 0, disk: realDisk } as const;
  const facts = createFacts({
    root: '/',
    projects: [project],
    files,
    history: { renames: async () => [], removal: async () => undefined },
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 10_000,
  });
  const { findings, crashes } = await diagnose(rules, facts, {
    skips: (rule) => layerOf(rule) !== 'compose' || BEYOND_CONFIG.has(rule.id),
  });
  if (crashes.length > 0) throw new Error(`${one.name}: ${crashes[0]?.rule} crashed: ${crashes[0]?.error}`);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const because = errors.map(({ rule, message }) => `${rule}: ${message}`);
  const { document, faults } = normalise(project, files, roots);
  const unread = faults.map(({ message }) => `model: ${message}`);
  return {
    accepted: because.length === 0,
    because: [...because, ...unread],
    model: comparable(toPlain(document)),
  };
}

/** The options of a call of Compose. */
export function optionsOf(args: readonly string[]) {
  const all = (flag: string) => args.flatMap((arg, i) => (arg === flag ? [args[i + 1] ?? ''] : []));
  const [projectDirectory] = all('--project-directory');
  const [projectName] = all('-p');
  return {
    composeFiles: all('-f'),
    projectDirectory,
    projectName,
    envFiles: all('--env-file'),
    profiles: all('--profile'),
  };
}

/** A model without what Compose leaves to chance (the order of SSH keys) or does not print (models, as of 2.40). */
function comparable(model: unknown): unknown {
  const { models: _, ...rest } = model as Record<string, unknown>;
  return sorted(rest, '');
}

function sorted(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, key));
    return key === 'ssh' ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item, name)]));
}

/** The first places where two models differ, in words. */
export function differences(ours: unknown, theirs: unknown, at = ''): readonly string[] {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return [];
  if (isContainer(ours) && isContainer(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...names].flatMap((name) => differences(ours[name], theirs[name], `${at}.${name}`));
  }
  return [`${at.slice(1)}: dockmedic ${JSON.stringify(ours)}, Compose ${JSON.stringify(theirs)}`];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Runs over all items, a few at once. */
export async function overAll<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
