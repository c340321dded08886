/**
 * One run tells everything: each project of test/all-at-once holds as many kinds of faults as can stand side by side.
 * `findings.txt` beside it says where each is told, with what is written there; between them, every rule has its one.
 *
 * `UPDATE_CASES=1 npx vitest run test/rules/all-at-once.test.ts` writes it anew: read the difference before keeping it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rules } from '../../rules/index.ts';
import { type Diagnosis, diagnose } from '../../src/diagnose.ts';
import { locate } from '../../src/source.ts';
import { disposeCases, factsOf, openCase } from '../support/cases.ts';
import { overlaps } from '../support/overlaps.ts';

const directory = path.resolve(import.meta.dirname, '../all-at-once');

afterAll(disposeCases);

const told = new Set<string>();

it.each(readdirSync(directory).sort())('%s', async (name) => {
  const place = path.join(directory, name);
  const diagnosis = await diagnose(rules, factsOf(await openCase(place)));
  expect(diagnosis.crashes).toEqual([]);
  expect(overlaps(diagnosis)).toEqual([]);
  const text = `${linesOf(diagnosis).join('\n')}\n`;
  const file = path.join(place, 'findings.txt');
  if (process.env.UPDATE_CASES === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
  for (const { rule } of diagnosis.findings) told.add(rule);
});

it('every rule has its one', () => {
  expect(rules.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([]);
});

/** `compose.yaml:5:5 error compose/unknown-key: prots`, in the order of the places. */
function linesOf({ facts, findings, analysis }: Diagnosis): string[] {
  const lines = findings.map(({ at, id, rule, severity, subject }) => {
    const source = at && facts.files.read(at.file);
    const follows = (analysis.of.get(id)?.causedBy.length ?? 0) > 0 ? ' (follows)' : '';
    if (!at || !source || !('text' in source))
      return { file: '', line: 0, column: 0, text: `${subject} ${severity} ${rule}${follows}` };
    const { file, line, column } = locate(source, at);
    const [written = ''] = source.text.slice(at.start, at.end).split(/\r?\n/);
    const text = `${file}:${line}:${column} ${severity} ${rule}${follows}: ${JSON.stringify(written).slice(1, -1)}`;
    return { file, line, column, text };
  });
  const ordered = lines
    .sort(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.text, b.text),
    )
    .map(({ text }) => text);
  // What two projects read is looked at for each of them, and told once.
  return [...new Set(ordered)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
