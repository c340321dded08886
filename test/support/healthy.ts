/**
 * The healthy projects of `test/healthy`: nothing may be called an error there, and Compose takes every one of them.
 *
 *     <name>/project/   the files
 *     <name>/how.yaml   how the project is used (all optional): calls, environment, what only a network could tell
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { rules } from '../../rules/index.ts';
import { createFacts } from '../../src/create-facts.ts';
import { type Diagnosis, diagnose } from '../../src/diagnose.ts';
import { realDisk } from '../../src/docker/environment.ts';
import type { FileStat, Files } from '../../src/facts.ts';
import { isAbsolute } from '../../src/paths.ts';
import { openWorkspace, type Selection } from '../../src/workspace/workspace.ts';

type How = {
  /** Calls of `docker compose` that its people make, as arguments; checked on top of what is found by itself. */
  readonly calls?: readonly (readonly string[])[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Why Compose cannot be asked without a network. */
  readonly remote?: string;
};

export type Healthy = {
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly calls: readonly (readonly string[])[];
  readonly remote?: string;
};

const directory = path.resolve(import.meta.dirname, '../healthy');
const examples = path.resolve(import.meta.dirname, '../../examples');

/** Every healthy project, by name; the healthy example is one of them. */
export const healthyProjects: readonly Healthy[] = [
  { name: 'example', root: path.join(examples, 'healthy'), environment: {}, calls: [] },
  ...readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => read(name)),
].sort((a, b) => (a.name < b.name ? -1 : 1));

function read(name: string): Healthy {
  const file = path.join(directory, name, 'how.yaml');
  const how: How = existsSync(file) ? (parse(readFileSync(file, 'utf8')) ?? {}) : {};
  return {
    name,
    root: path.join(directory, name, 'project'),
    environment: how.environment ?? {},
    calls: how.calls ?? [],
    ...(how.remote ? { remote: how.remote } : {}),
  };
}

/** The whole diagnosis with every rule, as a plain run would make it where there is neither engine nor registry. */
export async function diagnoseHealthy(one: Healthy, call: readonly string[] = []): Promise<Diagnosis> {
  const environment = {
    env: { PATH: process.env.PATH, HOME: '/home/ana', ...one.environment },
    home: '/home/ana',
    platform: 'linux',
    uid: 1000,
    disk: realDisk,
  };
  const workspace = openWorkspace(one.root, selectionOf(call), environment);
  // Whatever this machine has outside of the project, the tests must say the same on every one.
  const stat: Files['stat'] = (file) => (isAbsolute(file) ? HOST.get(file) : workspace.files.stat(file));
  const facts = createFacts({
    ...workspace,
    root: one.root,
    files: { ...workspace.files, stat },
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 10_000,
  });
  // The end of a release's support must not make these tests say something else one day.
  return diagnose(rules, { ...facts, today: '2026-11-22' });
}

/** What every Linux has. */
const HOST: ReadonlyMap<string, FileStat> = new Map<string, FileStat>([
  ...['/', '/proc', '/sys', '/dev', '/etc'].map(
    (name) => [name, { kind: 'directory', size: 0, mode: 0o755 }] as const,
  ),
  ...['/etc/localtime', '/etc/timezone', '/etc/machine-id', '/etc/passwd', '/etc/group'].map(
    (name) => [name, { kind: 'file', size: 100, mode: 0o644 }] as const,
  ),
]);

function selectionOf(call: readonly string[]): Selection {
  const values = (flag: string) => call.flatMap((word, at) => (call[at - 1] === flag ? [word] : []));
  const [projectDirectory] = values('--project-directory');
  return {
    files: values('-f'),
    envFiles: values('--env-file'),
    profiles: values('--profile'),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
  };
}

/** What was found, a line each: no severity but its own, and no offsets that an edit elsewhere would change. */
export function lines(diagnosis: Diagnosis): string[] {
  return diagnosis.findings.map(({ severity, rule, at, message }) =>
    [severity, rule, at?.file, message].filter((part) => part !== undefined).join(' | '),
  );
}
