import { describe, expect, it } from 'vitest';
import { changedLines, diffLines, excerptLines, type Sheet } from '../../../src/reporters/code-lines.ts';
import { lineCells, plain } from '../../../src/reporters/terminal-text.ts';
import { finding } from '../../support/sample-report.ts';

const sheet: Sheet = { columns: 60, unicode: true, verbose: false, breakWords: false };
const at = (text: string, value: string) => {
  const column = text.indexOf(value) + 1;
  return finding({
    id: 'a',
    message: 'a',
    location: { file: 'compose.yaml', line: 3, column, endLine: 3, endColumn: column + value.length },
    excerpt: [{ line: 3, text }],
  });
};

describe('excerptLines', () => {
  it('underlines the value where it stands, wide characters and tabs before it', () => {
    const lines = excerptLines(at('\tname: 日本 value', 'value'), sheet).map(plain);
    expect(lines).toEqual(['3 │     name: 日本 value', '  │                ^^^^^']);
  });

  it('shows the value of a line that is longer than the screen', () => {
    const lines = excerptLines(at(`${'x'.repeat(5000)} value ${'y'.repeat(5000)}`, 'value'), sheet);
    const [source = '', mark = ''] = lines.map(plain);
    expect(lineCells(lines[0] ?? [])).toBeLessThanOrEqual(60);
    expect(source.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('value');
  });

  it('puts the sentence beside the value, or below it where it is too long', () => {
    const one = at('image: nope', 'nope');
    expect(excerptLines(one, sheet, 'does not exist').map(plain)[1]).toBe('  │        ^^^^ does not exist');
    const long = 'cannot be had from the registry, and nothing builds it here';
    expect(excerptLines(one, sheet, long).map(plain).slice(1)).toEqual([
      '  │        ^^^^',
      '  │ cannot be had from the registry, and nothing builds it',
      '  │ here',
    ]);
  });
});

describe('changedLines', () => {
  const diff = ['--- a/x.yml', '+++ b/x.yml', '@@ -4,3 +4,3 @@', ' a', '--- b', '+++ c', ' d', ''].join('\n');

  it('numbers the lines, and takes changes that look like headers for what they are', () => {
    expect(changedLines(diff)).toEqual([
      { file: 'x.yml', line: 5, sign: '-', text: '-- b' },
      { file: 'x.yml', line: 5, sign: '+', text: '++ c' },
    ]);
  });

  it('names the file where it changes, and cuts long diffs', () => {
    expect(diffLines(changedLines(diff), sheet, 'x.yml').map(plain)).toEqual(['5 − -- b', '5 + ++ c']);
    expect(diffLines(changedLines(diff), sheet, '').map(plain)[0]).toBe('x.yml');
    const many = Array.from({ length: 30 }, (_, line) => ({
      file: 'f',
      line,
      sign: '+' as const,
      text: 'x',
    }));
    expect(diffLines(many, sheet, 'f').map(plain).at(-1)).toBe('and 22 more lines');
    expect(diffLines(many, { ...sheet, verbose: true }, 'f')).toHaveLength(30);
  });

  it('ends with any text', () => {
    expect(changedLines('@@ -1 +1 @@\n')).toEqual([]);
    expect(changedLines('nothing of the kind')).toEqual([]);
  });
});
