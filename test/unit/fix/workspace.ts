/** Real files for the tests of the fix engine: a workspace and a state directory beside it. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Applied, ApplyFailure } from '../../../src/fix/apply.ts';
import { applyPlan } from '../../../src/fix/apply.ts';
import { type Candidate, type Plan, planFixes, type Read } from '../../../src/fix/plan.ts';
import type { RunCommand } from '../../../src/fix/restore.ts';
import type { Fix, Step } from '../../../src/rule.ts';

export type Workspace = {
  readonly root: string;
  readonly state: string;
  /** Reads afresh each time, as a new diagnosis does. */
  readonly read: Read;
  existing(file: string): boolean;
  path(file: string): string;
  text(file: string): string;
  mode(file: string): number;
  plan(...fixes: readonly Fix[]): Plan;
  apply(plan: Plan, run?: RunCommand, group?: string): Promise<Applied | ApplyFailure>;
};

export async function workspace(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const base = await realpath(await mkdtemp(path.join(tmpdir(), 'dockmedic-fix-')));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  return workspaceIn(base, files);
}

/** The same in a directory that the caller removes; for tests that need many. */
export async function workspaceIn(base: string, files: Readonly<Record<string, string>>): Promise<Workspace> {
  const root = path.join(base, 'shop');
  const state = path.join(base, 'state');
  await mkdir(root);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  const at = (file: string) => path.join(root, file);
  const read: Read = (file) => {
    if (!existsSync(at(file))) return { failure: 'missing', because: 'no such file' };
    if (!statSync(at(file)).isFile()) return { failure: 'not-a-file', because: 'it is a directory' };
    return { file, text: readFileSync(at(file), 'utf8') };
  };
  const existing = (file: string) => existsSync(at(file));
  return {
    root,
    state,
    read,
    existing,
    path: at,
    text: (file) => readFileSync(at(file), 'utf8'),
    mode: (file) => statSync(at(file)).mode & 0o7777,
    plan: (...fixes) =>
      planFixes(
        fixes.map((fix, index): Candidate => ({ finding: `f${index + 1}`, fix })),
        read,
        existing,
      ),
    apply: (plan, run = noCommands, group) =>
      applyPlan(plan, { root, stateDirectory: state, version: '0.0.0', run, ...(group ? { group } : {}) }),
  };
}

export const noCommands: RunCommand = async (argv) => {
  throw new Error(`no command was expected here: ${argv.join(' ')}`);
};

/** Replaces the only occurrence of a text. */
export function replacing(source: { file: string; text: string }, old: string, text: string): Step {
  const start = source.text.indexOf(old);
  if (start < 0) throw new Error(`${source.file} has no “${old}”`);
  return { kind: 'edit', at: { file: source.file, start, end: start + old.length }, text };
}

/** A safe fix that replaces one text in a file of the workspace. */
export function replacement(place: Workspace, file: string, old: string, text: string): Fix {
  return {
    title: `${old} → ${text}`,
    safety: 'safe',
    steps: [replacing({ file, text: place.text(file) }, old, text)],
  };
}

export function fixOf(...steps: readonly Step[]): Fix {
  return { title: 'mend it', safety: 'safe', steps };
}

/** Every name below a directory with its content, permissions and kind: equal for equal trees. */
export function treeOf(directory: string, below = ''): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(path.join(directory, below)).sort()) {
    const relative = path.join(below, name);
    const full = path.join(directory, relative);
    const seen = lstatSync(full);
    const mode = (seen.mode & 0o7777).toString(8);
    if (seen.isDirectory())
      Object.assign(tree, { [relative]: `directory ${mode}` }, treeOf(directory, relative));
    else if (seen.isSymbolicLink()) tree[relative] = 'link';
    else tree[relative] = `${mode} ${readFileSync(full).toString('hex')}`;
  }
  return tree;
}
