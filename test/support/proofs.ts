/**
 * How the faults of test/rules show with the real Compose, as `real` in a `case.yaml` says it:
 *
 *     real: { run: config, says: undefined network backed }                  the command fails with these words
 *     real: { run: config, says: [undefined network a, undefined volume b] }  each place alone, in the order of the mend
 *     real: { run: start, says: { api: permission denied } }                 each service alone
 *     real: { not: "Compose only warns of it" }                              why it cannot fail here
 *
 * It is mended by the safe fixes, by the unsafe ones too (`fix: unsafe`), and by the files in `mended/`, which are what a
 * person would write.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { diffArrays } from 'diff';
import { parse } from 'yaml';
import type { Rule } from '../../src/rule.ts';
import { type Case, mend, openCase } from './cases.ts';

export type Fails = {
  /** What is run: see `COMMANDS`. */
  readonly run: keyof typeof COMMANDS;
  /** Part of what Docker says. `null` in a list: that place alone is taken as it is. */
  readonly says: string | readonly (string | null)[] | Readonly<Record<string, string>>;
  readonly fix?: 'unsafe';
  /** Options of `docker compose` itself. */
  readonly with?: readonly string[];
  /** Why the mended project cannot be shown to work. */
  readonly unmended?: string;
};

export type Shown = Fails | { readonly not: string };

/** The commands that faults show in, from the cheapest on. All but `config` need an engine. */
export const COMMANDS = {
  config: ['config', '--quiet'],
  build: ['build'],
  /** For what the cache does not ask for again: a secret. */
  afresh: ['build', '--no-cache'],
  up: ['up', '--detach', '--build'],
  /** Until every container has ended; a service that fails makes it fail. */
  start: ['up', '--build', '--abort-on-container-failure'],
  healthy: ['up', '--detach', '--build', '--wait'],
} as const;

export type FailingCase = {
  readonly rule: string;
  readonly name: string;
  /** Absolute. */
  readonly place: string;
  readonly said: string;
  readonly real?: Shown;
};

const directory = path.resolve(import.meta.dirname, '../rules');

/** Every case of a rule that has something to say. */
export function failingCases(rule: string): FailingCase[] {
  const here = path.join(directory, rule);
  return readdirSync(here)
    .sort()
    .map((name) => {
      const place = path.join(here, name);
      const settings = path.join(place, 'case.yaml');
      const real = existsSync(settings) ? parse(readFileSync(settings, 'utf8'))?.real : undefined;
      return { rule, name, place, said: readFileSync(path.join(place, 'said.txt'), 'utf8'), real };
    })
    .filter(({ said }) => said !== '');
}

/** Opens a case and mends it as its `real` says. */
export async function openMended({ place }: FailingCase, rule: Rule, { fix }: Fails): Promise<Case> {
  const opened = await openCase(place);
  await mend(opened, rule, { unsafe: fix === 'unsafe', runs: true });
  const mended = path.join(place, 'mended');
  if (existsSync(mended)) await cp(mended, opened.root, { recursive: true });
  // What Docker said of the broken project, where the case knows it, is no longer so.
  const { compose, buildVerdict, ...settings } = opened.settings;
  return { ...opened, settings };
}

/** Puts one place of a mended copy back to what it was. */
export type Unmend = (root: string) => Promise<void>;

/**
 * The places where two directories differ, in the order of files and lines: a file that is there in one alone, an
 * executable bit, lines that stand together. As many lines for as many are places of their own.
 */
export async function differences(broken: string, mended: string): Promise<Unmend[]> {
  const names = [...new Set([...(await filesIn(broken)), ...(await filesIn(mended))])].sort();
  const found = await Promise.all(
    names.map(async (name): Promise<Unmend[]> => {
      const [old, made] = [path.join(broken, name), path.join(mended, name)];
      if (!existsSync(old)) return [(root) => remove(root, broken, name)];
      if (!existsSync(made)) return [(root) => put(old, path.join(root, name))];
      const [before, after] = [(await lstat(old)).mode, (await lstat(made)).mode];
      const modes: Unmend[] = before === after ? [] : [(root) => chmod(path.join(root, name), before)];
      const texts = textsBetween(await readFile(old, 'latin1'), await readFile(made, 'latin1'));
      return [
        ...modes,
        ...texts.map(
          (text): Unmend =>
            (root) =>
              writeFile(path.join(root, name), text, 'latin1'),
        ),
      ];
    }),
  );
  return found.flat();
}

/** The second text with one of its differences put back, for each of them. */
function textsBetween(before: string, after: string): string[] {
  const parts = diffArrays(before.split(/(?<=\n)/), after.split(/(?<=\n)/));
  const pieces: { readonly was?: string; readonly is: string }[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at];
    if (!part?.added && !part?.removed) {
      pieces.push({ is: part?.value.join('') ?? '' });
      continue;
    }
    const next = parts[at + 1];
    const paired = next && part.added !== next.added && (next.added || next.removed);
    if (paired) at += 1;
    const [gone, come] = part.removed ? [part, paired ? next : undefined] : [paired ? next : undefined, part];
    const [was, is] = [gone?.value ?? [], come?.value ?? []];
    if (was.length === is.length)
      pieces.push(...was.map((line, index) => ({ was: line, is: is[index] ?? '' })));
    else pieces.push({ was: was.join(''), is: is.join('') });
  }
  return pieces.flatMap(({ was }, index) =>
    was === undefined ? [] : [pieces.map((piece, other) => (other === index ? was : piece.is)).join('')],
  );
}

/** With the directories that only held it. */
async function remove(root: string, broken: string, name: string): Promise<void> {
  await rm(path.join(root, name));
  const directory = path.dirname(name);
  if (existsSync(path.join(broken, directory)) || (await readdir(path.join(root, directory))).length > 0)
    return;
  await rm(path.join(root, directory), { recursive: true });
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await cp(from, to);
}

async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith(`.git${path.sep}`));
}
