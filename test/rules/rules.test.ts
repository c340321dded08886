/**
 * Runs every case below this folder: a small project, and what must be said of it.
 *
 *     <layer>/<rule>/<case>/project/   the project
 *     <layer>/<rule>/<case>/case.yaml  how to look at it (all optional): environment, history, live facts
 *     <layer>/<rule>/<case>/said.txt   what the rule must say; empty for a healthy case
 *     <layer>/<rule>/<case>/fixed/     the files that the safe fixes change, as they must be afterwards
 *     <layer>/<rule>/<case>/mended/    the files that a person would write: see proofs.test.ts
 *
 * `UPDATE_CASES=1 npx vitest run test/rules` writes said.txt and fixed/ anew: read the difference before keeping it.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.ts';
import { type Case, disposeCases, lookAt, mend, openCase, said } from '../support/cases.ts';

const here = import.meta.dirname;
const update = process.env.UPDATE_CASES === '1';

afterAll(disposeCases);

for (const rule of rules) {
  describe(rule.id, async () => {
    const directory = path.join(here, rule.id);
    const names = existsSync(directory) ? (await readdir(directory)).sort() : [];
    const kinds = await Promise.all(
      names.map(async (name) => (await read(path.join(directory, name, 'said.txt'))) !== ''),
    );

    it('has a failing and a healthy case', () => {
      expect(kinds).toContain(true);
      expect(kinds).toContain(false);
    });

    for (const name of names) {
      const place = path.join(directory, name);
      it(name, async () => {
        const opened = await openCase(place);
        const diagnosis = await lookAt(opened, rule);
        expect(diagnosis.crashes).toEqual([]);
        const text = said(diagnosis);
        if (update) await writeFile(path.join(place, 'said.txt'), text);
        expect(text).toBe(await read(path.join(place, 'said.txt')));

        const safe = diagnosis.findings.some((finding) =>
          finding.fixes?.some(
            (fix) => fix.safety === 'safe' && fix.steps.every((step) => step.kind !== 'run'),
          ),
        );
        if (safe) await proveFixes(opened, place, rule);
        else
          expect(
            existsSync(path.join(place, 'fixed')),
            'fixed/ stands beside a case without a safe fix',
          ).toBe(false);
      });
    }
  });
}

/** The finding is gone, the files are as they should be, a second run changes nothing, and undo restores every byte. */
async function proveFixes(opened: Case, place: string, rule: (typeof rules)[number]): Promise<void> {
  const before = await opened.bytes();
  const first = await mend(opened, rule);
  expect(first.outcomes.map(({ state, reason }) => ({ state, reason }))).toEqual(
    first.outcomes.map(() => ({ state: 'verified', reason: null })),
  );
  expect(first.outcomes.length).toBeGreaterThan(0);

  const after = await opened.bytes();
  const changed = [...after].filter(([file, text]) => before.get(file) !== text);
  const fixed = path.join(place, 'fixed');
  if (update) {
    await rm(fixed, { recursive: true, force: true });
    for (const [file, text] of changed) {
      await mkdir(path.dirname(path.join(fixed, file)), { recursive: true });
      await writeFile(path.join(fixed, file), Buffer.from(text, 'latin1'));
    }
  }
  expect(new Map(changed)).toEqual(await opened.bytes(fixed));

  const remaining = await lookAt(opened, rule);
  const mended = new Set(first.outcomes.map(({ finding }) => finding));
  expect(remaining.findings.filter(({ id }) => mended.has(id))).toEqual([]);
  expect((await mend(opened, rule)).outcomes.filter(({ state }) => state === 'verified')).toEqual([]);
  expect(await opened.bytes()).toEqual(after);

  await opened.undo();
  expect(await opened.bytes()).toEqual(before);
}

async function read(file: string): Promise<string> {
  return existsSync(file) ? readFile(file, 'utf8') : '';
}
