/**
 * No fault is told under two names: over every case of every rule, and over the small projects of test/corpus, all rules
 * are run, and no two findings stand on one value unless one follows from the other or both have one cause. The healthy
 * projects are looked at in the same way where they are diagnosed.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.ts';
import { diagnose } from '../../src/diagnose.ts';
import type { Selection } from '../../src/workspace/workspace.ts';
import { disposeCases, factsOf, openCase } from '../support/cases.ts';
import { optionsOf, readCorpus, writeCase } from '../support/corpus.ts';
import { lookAtDirectory } from '../support/look.ts';
import { overlaps } from '../support/overlaps.ts';

const here = import.meta.dirname;
const below = mkdtempSync(path.join(os.tmpdir(), 'dockmedic-one-name-'));

afterAll(async () => {
  rmSync(below, { recursive: true, force: true });
  await disposeCases();
});

describe.each(rules.map(({ id }) => id))('%s', (id) => {
  it.each(readdirSync(path.join(here, id)).sort())('%s', async (name) => {
    const diagnosis = await diagnose(rules, factsOf(await openCase(path.join(here, id, name))));
    expect(diagnosis.crashes).toEqual([]);
    expect(overlaps(diagnosis)).toEqual([]);
  });
});

const corpus = await readCorpus();

// What is not there at all is no project.
const NO_PROJECT = ['environment-env-file-flag-missing', 'merge-missing-file', 'yaml-no-services'];

it.each(corpus.filter(({ name }) => !NO_PROJECT.includes(name)).map((one) => [one.name, one] as const))(
  '%s',
  async (_, one) => {
    const { composeFiles: files, projectDirectory, envFiles, profiles } = optionsOf(one.args ?? []);
    const selection: Selection = {
      files,
      envFiles,
      profiles,
      ...(projectDirectory ? { projectDirectory } : {}),
    };
    const root = await writeCase(below, one);
    const diagnosis = await lookAtDirectory(root, one.env, selection);
    expect(diagnosis.crashes).toEqual([]);
    expect(overlaps(diagnosis)).toEqual([]);
  },
);
