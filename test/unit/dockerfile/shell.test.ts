import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simpleCommands } from '../../../src/dockerfile/shell.ts';

/** Commands joined by spaces; those that do not decide how the list ends are in brackets. */
function read(text: string): string[] | undefined {
  return simpleCommands(text)?.map(({ words, decides }) => {
    const command = words.map((word) => word.text).join(' ');
    return decides ? command : `(${command})`;
  });
}

describe('the shell form', () => {
  it.each([
    ['apt-get update', ['apt-get update']],
    ['a x && b  "y z" && c', ['a x', 'b y z', 'c']],
    ['A=1 B="2 3" run it', ['run it']],
    ['a > /dev/null 2>&1 && b <in >>out', ['a', 'b']],
    ["echo '$x && y' a\\ b;", ['echo $x && y a b']],
    // Without `set -e` only the last list counts; with it, a list of one.
    ['a; b && c', ['(a)', 'b', 'c']],
    ['set -eux; a; b && c; d', ['set -eux', 'a', '(b)', '(c)', 'd']],
    ['set -e && a', ['set -e', 'a']],
  ])('%s', (text, commands) => {
    expect(read(text)).toEqual(commands);
  });

  it.each([
    '',
    'a || b',
    'a | b',
    'a & b',
    '(a)',
    '{ a; }',
    'if a; then b; fi',
    '[ -f x ] && a',
    'command -v a && a',
    'a $(b)',
    'a "`b`"',
    'a <<END',
    'a\nb',
    'set +e; a',
    'a && # b',
    "a 'b",
    'a &&',
    '! a',
  ])('is not understood: %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('says which words hold what only a shell knows', () => {
    const words = simpleCommands('./run.sh $A \'$B\' "$C" *.sh ~/x')?.[0]?.words;
    expect(words?.map(({ literal }) => literal)).toEqual([true, false, true, false, false, false]);
  });

  it('never throws, and every word lies where it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab ;&|<>()$`\'"\\#\n={}*12'), maxLength: 40 }),
        (text) => {
          for (const { words } of simpleCommands(text) ?? []) {
            expect(words.length).toBeGreaterThan(0);
            for (const { start, end } of words) {
              expect(start).toBeLessThan(end);
              expect(end).toBeLessThanOrEqual(text.length);
            }
          }
        },
      ),
    );
  });
});
