import { describe, expect, test } from 'vitest';
import { evaluate, interpolateTree, type Variables } from '../../../src/compose/interpolate.ts';
import type { InterpolationPart, LoadProblem, ScalarNode } from '../../../src/compose/model.ts';
import { parseFile } from '../../../src/compose/parse.ts';
import { readTemplate } from '../../../src/compose/template.ts';

const variables: Variables = {
  environment: { A: 'aval', E: '', BOTH: 'shell' },
  envFile: { BOTH: 'file', F: 'fval' },
};

function value(template: string): string | undefined {
  const { parts, faults } = evaluate(readTemplate(template), variables);
  return faults.length > 0 ? undefined : parts.map((part) => part.text).join('');
}

// Each row was checked against `docker compose config` 2.40.
test.each([
  ['$A', 'aval'],
  ['${A}', 'aval'],
  ['$A-b', 'aval-b'],
  ['$A$A', 'avalaval'],
  ['${BOTH}', 'shell'],
  ['${F}', 'fval'],
  ['${U}', ''],
  ['${U:-d}', 'd'],
  ['${E:-d}', 'd'],
  ['${E-d}', ''],
  ['${U-d}', 'd'],
  ['${A:+r}', 'r'],
  ['${E:+r}', ''],
  ['${E+r}', 'r'],
  ['${U+r}', ''],
  ['${E?x}', ''],
  ['${A?c-d}', 'aval'],
  ['$$A', '$A'],
  ['$${A}', '${A}'],
  ['$$$A', '$aval'],
  ['$', '$'],
  ['a$', 'a$'],
  ['$1', '$1'],
  ['$é', '$é'],
  ['${U:-${A}}', 'aval'],
  ['${U:-${U:-x}y}z', 'xyz'],
  ['${U:-a}b}', 'ab}'],
  ['${U-b?c}', 'b?c'],
  ['${U:-a:-b}', 'a:-b'],
  ['${U:-$$A}', '$A'],
  ['${U:-{}}', '{}'],
  ['${U:-{"a":1}}', '{"a":1}'],
  ['${A:+x${A}y}', 'xavaly'],
  ['x${A:-{y}z', 'xavalz'],
  ['${A:-{"a":1}}', 'aval'],
  ['${A:-{}}x', 'avalx'],
  ['${U:-one\ntwo}', undefined],
  ['${A:-${U:?no}}', undefined],
  ['x${U:+${U2:?no}}', undefined],
  ['${A:?${}}', undefined],
  ['${U:?msg}', undefined],
  ['${U?}', undefined],
  ['${E:?x}', undefined],
  ['${1}', undefined],
  ['${}', undefined],
  ['${A', undefined],
  ['${A.b}', undefined],
  ['${A b}', undefined],
  ['${A:x}', undefined],
  ['${A/x/y}', undefined],
])('%s is %j', (template, expected) => {
  expect(value(template)).toBe(expected);
});

test('deep nesting ends', () => {
  expect(value(`${'${U:-'.repeat(50_000)}x${'}'.repeat(50_000)}`)).toBeUndefined();
});

function interpolated(text: string): { scalar: ScalarNode; problems: LoadProblem[] } {
  const source = { file: 'c.yaml', text };
  const [root] = parseFile(source).documents;
  const problems: LoadProblem[] = [];
  if (!root) throw new Error('no document');
  const scalar = interpolateTree(root, { source, variables, base: 'sub', problems }).entries.get('v')?.value;
  if (scalar?.kind !== 'scalar') throw new Error('no scalar');
  return { scalar, problems };
}

function partsOf(text: string): unknown[] {
  return (interpolated(text).scalar.parts ?? []).map((part: InterpolationPart) => [
    part.kind === 'literal' ? 'literal' : part.from,
    part.text,
    text.slice(part.at.start, part.at.end),
  ]);
}

describe('the place of each part', () => {
  test.each([
    [
      'v: a/${A}/b\n',
      [
        ['literal', 'a/', 'a/'],
        ['environment', 'aval', '${A}'],
        ['literal', '/b', '/b'],
      ],
    ],
    [
      "v: 'it''s $A'\n",
      [
        ['literal', "it's ", "it''s "],
        ['environment', 'aval', '$A'],
      ],
    ],
    [
      'v: "\\ta$$${F}"\n',
      [
        ['literal', '\ta$', '\\ta$$'],
        ['env-file', 'fval', '${F}'],
      ],
    ],
    [
      'v: |\r\n  x ${U:-d}\r\n  y\r\n',
      [
        ['literal', 'x ', 'x '],
        ['default', 'd', '${U:-d}'],
        ['literal', '\ny\n', '\r\n  y\r\n'],
      ],
    ],
    [
      'v: >\n  x\n  $A\n',
      [
        ['literal', 'x ', 'x\n  '],
        ['environment', 'aval', '$A'],
        ['literal', '\n', '\n'],
      ],
    ],
    [
      'v: a\n  $A\n',
      [
        ['literal', 'a ', 'a\n  '],
        ['environment', 'aval', '$A'],
      ],
    ],
    [
      'v: ${U:-x-${A}}\n',
      [
        ['default', 'x-', '${U:-x-${A}}'],
        ['environment', 'aval', '${A}'],
      ],
    ],
    ['v: ${U}\n', [['unset', '', '${U}']]],
    // An indentation indicator is not followed: the whole scalar is the place.
    [
      'v: |2\n  $A\n',
      [
        ['environment', 'aval', '|2\n  $A\n'],
        ['literal', '\n', '|2\n  $A\n'],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(partsOf(text)).toEqual(expected);
  });

  test('values that hold no variable have no parts, and keys are left alone', () => {
    expect(interpolated('v: 5\n$A: 1\n').scalar).toMatchObject({ value: 5, base: 'sub' });
    expect(interpolated('v: 5\n').scalar.parts).toBeUndefined();
  });
});

describe('faults', () => {
  test.each([
    ['v: a${U:?set me}\n', 'the required variable `U` is not set: set me', '${U:?set me}'],
    ['v: "${E:?}"\n', 'the required variable `E` is empty', '${E:?}'],
    ['v: x ${A\n', '`${A` is no valid variable expression', '${A'],
    // The message of a required variable may hold others; their values are not told.
    ['v: ${U:?no $A}\n', 'the required variable `U` is not set: no $A', '${U:?no $A}'],
  ])('%j', (text, message, place) => {
    const { problems } = interpolated(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ kind: 'interpolation', message });
    const at = problems[0]?.kind === 'interpolation' ? problems[0].at : { start: 0, end: 0 };
    expect(text.slice(at.start, at.end)).toBe(place);
  });
});
