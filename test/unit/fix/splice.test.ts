import { expect, test } from 'vitest';
import { applyEdits, editsCollide, fitEdit, splitsCharacter } from '../../../src/fix/splice.ts';

test('edits in any order land at their own offsets', () => {
  const edits = [
    { start: 8, end: 11, text: 'drei' },
    { start: 0, end: 3, text: '' },
    { start: 4, end: 4, text: '+' },
  ];
  expect(applyEdits('one two three', edits)).toBe(' +two dreiee');
});

test('an insertion at the start of a replacement comes before it', () => {
  expect(
    applyEdits('abc', [
      { start: 1, end: 2, text: 'X' },
      { start: 1, end: 1, text: '_' },
    ]),
  ).toBe('a_Xc');
});

test.each([
  ['past the end', [{ start: 2, end: 9, text: '' }]],
  ['turned round', [{ start: 2, end: 1, text: '' }]],
  ['before the start', [{ start: -1, end: 1, text: '' }]],
  [
    'over another',
    [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ],
  ],
])('an edit %s is refused', (_, edits) => {
  expect(() => applyEdits('abc', edits)).toThrow(RangeError);
});

test('edits side by side do not collide, an insertion that touches another does', () => {
  const edit = (start: number, end: number) => ({ start, end, text: 'x' });
  expect(editsCollide(edit(0, 2), edit(2, 4))).toBe(false);
  expect(editsCollide(edit(0, 3), edit(2, 4))).toBe(true);
  expect(editsCollide(edit(2, 2), edit(2, 4))).toBe(true);
  expect(editsCollide(edit(4, 4), edit(2, 4))).toBe(true);
  expect(editsCollide(edit(5, 5), edit(2, 4))).toBe(false);
});

test('an insertion at the start goes behind a byte order mark, a replacement stays where it is', () => {
  expect(fitEdit('\uFEFFa', { start: 0, end: 0, text: '#' })).toEqual({ start: 1, end: 1, text: '#' });
  expect(fitEdit('\uFEFFa', { start: 0, end: 1, text: '' })).toEqual({ start: 0, end: 1, text: '' });
});

test('line breaks take the form of a file that uses CRLF throughout', () => {
  const edit = { start: 1, end: 1, text: 'x\ny\r\n' };
  expect(fitEdit('a\r\nb\r\n', edit).text).toBe('x\r\ny\r\n');
  expect(fitEdit('a\r\nb\n', edit).text).toBe('x\ny\r\n');
  expect(fitEdit('\na\r\n', edit).text).toBe('x\ny\r\n');
  expect(fitEdit('a', edit).text).toBe('x\ny\r\n');
});

test('the middle of a surrogate pair is no place for an edit', () => {
  expect(splitsCharacter('a😀b', 2)).toBe(true);
  expect(splitsCharacter('a😀b', 1)).toBe(false);
  expect(splitsCharacter('a😀b', 3)).toBe(false);
});
