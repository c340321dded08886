import { chmodSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../../../src/fix/splice.ts';
import { undoLast } from '../../../src/fix/undo.ts';
import { fixOf, noCommands, treeOf, workspaceIn } from './workspace.ts';

const piece = fc.constantFrom('a', 'bc', ': ', '\n', '\r\n', '\r', ' ', '#é', '😀', '\u2028', '&x', '\t');
const text = fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => pieces.join(''));

/** A text cut into pieces, every other one with a replacement of its own. */
const edited = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.record({ keep: text, old: text, new: text }), { minLength: 1, maxLength: 6 }),
    text,
    fc.constantFrom(0o644, 0o755, 0o600, 0o640),
  )
  .map(([mark, parts, tail, mode]) => {
    let before = mark ? '\uFEFF' : '';
    const edits: { start: number; end: number; text: string }[] = [];
    for (const part of parts) {
      before += part.keep;
      edits.push({ start: before.length, end: before.length + part.old.length, text: part.new });
      before += part.old;
    }
    return { before: before + tail, edits, mode };
  });

test('whatever lies outside of the edits is unchanged', () => {
  fc.assert(
    fc.property(edited, ({ before, edits }) => {
      const after = applyEdits(before, edits);
      let [from, to] = [0, 0];
      for (const edit of edits) {
        const kept = before.slice(from, edit.start);
        expect(after.slice(to, to + kept.length)).toBe(kept);
        expect(after.slice(to + kept.length, to + kept.length + edit.text.length)).toBe(edit.text);
        to += kept.length + edit.text.length;
        from = edit.end;
      }
      expect(after.slice(to)).toBe(before.slice(from));
    }),
  );
});

test('apply and then undo restores every byte', async () => {
  const base = await realpath(await mkdtemp(path.join(tmpdir(), 'dockmedic-fix-')));
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(edited, { minLength: 1, maxLength: 3 }), async (cases) => {
        count += 1;
        const directory = await mkdtemp(path.join(base, `${count}-`));
        const names = cases.map((_, index) => `file-${index}.yaml`);
        const files = Object.fromEntries(cases.map(({ before }, index) => [names[index], before]));
        const place = await workspaceIn(directory, files);
        for (const [index, { mode }] of cases.entries()) chmodSync(place.path(names[index] ?? ''), mode);
        const tree = treeOf(place.root);

        const fixes = cases.flatMap(({ edits }, index) =>
          edits.map(({ start, end, text }) =>
            fixOf({ kind: 'edit', at: { file: names[index] ?? '', start, end }, text }),
          ),
        );
        const plan = place.plan(...fixes);
        // Fixes that replace a text by itself are the only ones that may be left out.
        expect(new Set(plan.refused.map(({ reason }) => reason))).toEqual(
          new Set(plan.refused.length > 0 ? ['it would change nothing'] : []),
        );
        const result = await place.apply(plan);
        expect(result).toMatchObject({ state: 'applied', refused: [] });
        if (plan.accepted.length === 0) return;
        for (const [index, { before, mode }] of cases.entries()) {
          const mine = plan.accepted.flatMap(({ fix }) =>
            fix.steps.flatMap((step) =>
              step.kind === 'edit' && step.at.file === names[index] ? [{ ...step.at, text: step.text }] : [],
            ),
          );
          const name = place.path(names[index] ?? '');
          expect(readFileSync(name)).toEqual(Buffer.from(applyEdits(before, mine)));
          expect(place.mode(names[index] ?? '')).toBe(mode);
        }
        expect(await undoLast(place.root, place.state, noCommands)).toMatchObject({ state: 'restored' });
        expect(treeOf(place.root)).toEqual(tree);
      }),
      { numRuns: 40 },
    );
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});
