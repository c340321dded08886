import { parsePatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffOfFix } from '../../../src/fix/diff.ts';
import type { Fix } from '../../../src/rule.ts';

const line = fc.constantFrom('', 'a', 'b', '  image: alpine', 'services:');

test('every hunk stands where it says, and makes the new text of the old one', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 40 }),
      fc.boolean(),
      fc.nat(),
      fc.nat(20),
      fc.constantFrom('', 'x', '\n', 'a\n', '\nb\nc'),
      (lines, ends, from, length, text) => {
        const before = lines.join('\n') + (ends ? '\n' : '');
        const start = from % (before.length + 1);
        const end = Math.min(before.length, start + length);
        const fix: Fix = {
          title: '',
          safety: 'safe',
          steps: [{ kind: 'edit', at: { file: 'a', start, end }, text }],
        };
        const diff = diffOfFix(fix, () => ({ file: 'a', text: before }));
        const after = before.slice(0, start) + text + before.slice(end);
        expect(patched(before, diff)).toBe(after);
      },
    ),
    { numRuns: 2_000 },
  );
});

/** Applies a diff by its line numbers alone: what a hunk takes for granted has to be there. */
function patched(before: string, diff: string): string {
  const old = before.split(/(?<=\n)/);
  const out: string[] = [];
  let at = 0;
  for (const hunk of parsePatch(diff).flatMap(({ hunks }) => hunks)) {
    // A hunk that takes nothing away names the line above it, which the parser has counted on already.
    const start = hunk.oldStart - 1;
    out.push(...old.slice(at, start));
    at = start;
    expect(hunk.newStart - 1).toBe(out.length);
    for (const [index, text] of hunk.lines.entries()) {
      const written = text.slice(1) + (hunk.lines[index + 1]?.startsWith('\\') ? '' : '\n');
      if (text.startsWith(' ') || text.startsWith('-')) expect(old[at++]).toBe(written);
      if (text.startsWith(' ') || text.startsWith('+')) out.push(written);
    }
  }
  return out.concat(old.slice(at)).join('');
}
