import { expect, test } from 'vitest';
import { parseEnvFile } from '../../../src/compose/env-file.ts';

function read(text: string) {
  return parseEnvFile({ file: '.env', text }, { environment: { S: 'shell' }, envFile: { EARLIER: 'file' } });
}

// Each row was checked against `docker compose config --environment` 2.40.
test.each([
  ['V=a', { V: 'a' }],
  ['export V=a\n', { V: 'a' }],
  ['export\nV=1', { V: '1' }],
  ['exportV=1\n', { exportV: '1' }],
  ['V = a b  # c\n', { V: 'a b' }],
  ['V=a#b\n', { V: 'a#b' }],
  ['V= #x\n', { V: '#x' }],
  ['V=a\t# b\n', { V: 'a\t# b' }],
  ["V='a # b' # c\n", { V: 'a # b' }],
  ['V="a\\nb\\t\\"q\\" \\$S \\\\q"\n', { V: 'a\nb\t"q" $S \\q' }],
  ["V='a\\nb'\n", { V: 'a\\nb' }],
  ["V='it\\'s'\n", { V: "it's" }],
  ['V="\\0101 \\c \\\'"\n', { V: "A \\c \\'" }],
  ['V="two\nlines"\nW=2\n', { V: 'two\nlines', W: '2' }],
  ['V=1\nW=$V-x\n', { V: '1', W: '1-x' }],
  ['V=$S\n', { V: 'shell' }],
  ["V='$S'\n", { V: '$S' }],
  ['V=${N:-d}\n', { V: 'd' }],
  ['V=$EARLIER\n', { V: 'file' }],
  ['S=file\nV=$S\n', { S: 'shell', V: 'shell' }],
  ['S\n', { S: 'shell' }],
  ['N\n', {}],
  ['V: yaml\n', { V: 'yaml' }],
  ['V=\nW=1\n', { V: '', W: '1' }],
  ['V=a\r\nW=b\r\n', { V: 'a', W: 'b' }],
  ['\uFEFFV=a\n', { V: 'a' }],
  ['1V=a\n', {}],
  ['V.x-y=1\n', { 'V.x-y': '1' }],
  ['V="a"b\n', { V: 'a' }],
  ['V=a\\nb\n', { V: 'a\\nb' }],
  ['V=$$x\n', { V: '$x' }],
  ['#c\n\n  V=a=b\n', { V: 'a=b' }],
])('%j', (text, values) => {
  const content = read(text);
  expect(content.fault).toBeUndefined();
  expect({ ...content.values }).toEqual(values);
});

test.each([
  ['A=1\nV X=a\n', 'the name of a variable cannot contain a space', 'V X'],
  ['A=1\nV/a=1\n', 'the character `/` is not allowed in the name of a variable', '/'],
  ['A=1\nV="hush\n', 'a quoted value is not closed', '"hush'],
  ['A=1\nV=${N:?why}\n', 'the required variable `N` is not set: why', '${N:?why}'],
])('%j is refused, what stands before it counts', (text, message, place) => {
  const { values, fault } = read(text);
  expect({ ...values }).toEqual({ A: '1' });
  expect([fault?.message, text.slice(fault?.at.start, fault?.at.end)]).toEqual([message, place]);
});

test('a file that a service names has its own values, and each its place', () => {
  const text = '# first\nS=file\n1V=$S\n';
  const source = { file: 'api.env', text };
  const { values, places } = parseEnvFile(source, { environment: { S: 'shell' }, envFile: {} }, 'service');
  expect({ ...values }).toEqual({ S: 'file', '1V': 'shell' });
  const lines = Object.entries(places).map(([name, { start, end }]) => [name, text.slice(start, end)]);
  expect(Object.fromEntries(lines)).toEqual({ S: 'S=file', '1V': '1V=$S' });
});

test('names of the prototype are names like others', () => {
  expect(read('__proto__=1\nconstructor=2\n').values.constructor).toBe('2');
});
