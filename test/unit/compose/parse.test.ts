import { describe, expect, test } from 'vitest';
import type { LoadProblem, MapNode, Node } from '../../../src/compose/model.ts';
import { parseFile } from '../../../src/compose/parse.ts';
import { resolvePlain } from '../../../src/compose/plain.ts';
import { readScalarText } from '../../../src/compose/scalar-text.ts';

function parse(text: string) {
  return parseFile({ file: 'compose.yaml', text });
}

/** A tree as plain values: scalars as their text. */
function plain(node: Node | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.value)]));
}

function only(text: string): MapNode {
  const { documents, problems } = parse(text);
  expect(problems).toEqual([]);
  expect(documents).toHaveLength(1);
  return documents[0] as MapNode;
}

function at(node: MapNode, ...path: string[]): Node {
  let here: Node = node;
  for (const name of path) {
    const next: Node | undefined = here.kind === 'map' ? here.entries.get(name)?.value : undefined;
    if (!next) throw new Error(`nothing at ${name}`);
    here = next;
  }
  return here;
}

function slice(text: string, place: { start: number; end: number }): string {
  return text.slice(place.start, place.end);
}

describe('values and places', () => {
  test('every style has its whole place', () => {
    const text =
      "\uFEFFa: plain # c\r\nb: 'si''ngle'\r\nc: \"dou\\tble\"\r\nd: |\r\n  block\r\n  two\r\ne:\r\nf: &x !!str 12\r\n";
    const root = only(text);
    const seen = [...root.entries].map(([name, { key, value }]) => {
      if (value.kind !== 'scalar') throw new Error('no scalar');
      return [name, slice(text, key), slice(text, value.at), value.style, value.value];
    });
    expect(seen).toEqual([
      ['a', 'a', 'plain', 'plain', 'plain'],
      ['b', 'b', "'si''ngle'", 'single', "si'ngle"],
      ['c', 'c', '"dou\\tble"', 'double', 'dou\tble'],
      ['d', 'd', '|\r\n  block\r\n  two\r\n', 'block', 'block\ntwo\n'],
      ['e', 'e', '', 'plain', null],
      ['f', 'f', '12', 'plain', '12'],
    ]);
  });

  test.each([
    ['~', null, ''],
    ['True', true, 'true'],
    ['yes', 'yes', 'yes'],
    ['1.10', 1.1, '1.1'],
    ['0755', 493, '493'],
    ['0o17', 15, '15'],
    ['0x1F', 31, '31'],
    ['1_000', 1000, '1000'],
    ['12345678901234567890', 12345678901234567000, '12345678901234567890'],
    ['1e3', 1000, '1000'],
    ['2024-01-01', '2024-01-01', '2024-01-01'],
    ['08', 8, '8'],
    ['.', '.', '.'],
    ['-', '-', '-'],
  ])('the plain scalar %s', (written, value, text) => {
    expect(resolvePlain(written)).toEqual({ value, text });
  });

  test('aliases have the place of the anchor and share its node', () => {
    const text = 'a: &x {k: v}\nb: *x\n';
    const root = only(text);
    expect(at(root, 'b')).toBe(at(root, 'a'));
    expect(slice(text, at(root, 'b').at)).toBe('{k: v}');
  });

  test('an anchor given twice means the latest before the alias', () => {
    expect(plain(only('a: &x 1\nb: *x\nc: &x 2\nd: *x\n'))).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test('merge keys: own keys win, then the earlier mapping', () => {
    const text =
      'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nm:\n  c: own\n  <<: [*x, *y]\nn:\n  <<: *y\n  b: own\n';
    const root = only(text);
    expect(plain(at(root, 'm'))).toEqual({ c: 'own', a: 1, b: 1 });
    expect(plain(at(root, 'n'))).toEqual({ b: 'own', c: 2 });
  });

  test('several documents stay apart and an empty one is passed over', () => {
    expect(parse('a: 1\n---\nb: 2\n---\n').documents.map(plain)).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('!reset and !override are kept', () => {
    const root = only('a: !reset null\nb: !override [x]\nc: !reset\n');
    expect([...root.entries.values()].map(({ value }) => value.merge)).toEqual([
      'reset',
      'override',
      'reset',
    ]);
  });
});

function told(text: string): unknown[] {
  return parse(text).problems.map((problem) => {
    if (problem.kind === 'invalid-yaml') return [problem.message, problem.at && slice(text, problem.at)];
    if (problem.kind === 'duplicate-key')
      return ['duplicate', problem.inside, problem.key, slice(text, problem.at)];
    return [problem.kind];
  });
}

describe('what is wrong with a file', () => {
  test.each([
    ['', [['the file is empty', '']]],
    ['# nothing\n', [['the file is empty', '']]],
    ['- a\n', [['the file is a list; Compose expects a mapping with `services`', '- a']]],
    ['foo\n', [['the file is a single value; Compose expects a mapping with `services`', 'foo']]],
    ['a:\n\t- b\n', [['a tab is used as indentation; YAML allows only spaces', '\t']]],
    ['a: "x\nb: 1\n', [['a quote is not closed', '']]],
    [
      'a: b: c\n',
      [
        [
          'a mapping value is not allowed here: there is a second `: ` on the line or the indentation is off',
          'b',
        ],
      ],
    ],
    ['a: @x\n', [['a value cannot start with `@` without quotes', '@']]],
    ['a: *x\n', [['undefined-alias']]],
    ['a: &x\n  b: *x\n', [['the alias `*x` stands inside the value it refers to', '*x']]],
    ['a: 1\n? [q]\n: 1\n', [['a key is a list or a mapping; Compose takes only names', '[q]']]],
    ['a: 1\n<<: 2\n', [['a merge key `<<` takes a mapping or a list of mappings', '2']]],
    ['s:\n  a: 1\n  b: 2\n  a: 3\n', [['duplicate', 's', 'a', 'a']]],
    ['1: x\n', [['wrong-type']]],
  ])('%j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test('a duplicate key tells both places and nothing else', () => {
    const text = 'services:\n  api: {image: a}\n  web: {image: b}\n  api: {image: c}\n';
    const [problem, ...more] = parse(text).problems as [Extract<LoadProblem, { kind: 'duplicate-key' }>];
    expect(more).toEqual([]);
    expect([problem.first.start, problem.at.start, problem.key, problem.inside]).toEqual([
      12,
      48,
      'api',
      'services',
    ]);
  });

  test('what stands before and after a fault is still there', () => {
    const { documents } = parse('services:\n  a:\n    image: x\n  b:\n    image: @y\n  c:\n    image: z\n');
    expect(plain(documents[0])).toEqual({ services: { a: { image: 'x' }, b: {}, c: { image: 'z' } } });
  });
});

describe('hostile files', () => {
  test('aliases that double at each step are refused, not expanded', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]\n`).join('');
    expect(told(`l0: &l0 [x, y]\n${levels}`)).toEqual([
      ['its aliases stand for too many values to be read', expect.any(String)],
    ]);
  });

  test('merge keys that copy much are refused', () => {
    const big = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join(', ');
    const many = Array.from({ length: 1000 }, (_, i) => `m${i}: {<<: *x}\n`).join('');
    expect(told(`x: &x {${big}}\n${many}`)[0]).toEqual([
      'its aliases stand for too many values to be read',
      expect.any(String),
    ]);
  });

  test.each([
    ['flow', '['.repeat(100_000)],
    ['mappings', '{a: '.repeat(100_000)],
    ['lists', '- '.repeat(100_000)],
    ['keys', '? '.repeat(100_000)],
    ['blocks', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('deep nesting: %s', (_, text) => {
    expect(told(text)).toEqual([['it is nested more than 200 levels deep', '']]);
  });

  test('a chain of aliases is deep too', () => {
    const chain = Array.from({ length: 300 }, (_, i) => `a${i + 1}: &a${i + 1} {x: *a${i}}\n`).join('');
    expect(told(`a0: &a0 1\n${chain}`)).toEqual([
      ['its aliases nest more than 200 levels deep', expect.any(String)],
    ]);
  });

  test('any text gives an answer', () => {
    const bits = [
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '!',
      '"',
      "'",
      '|',
      '>',
      '#',
      '\t',
      '<<',
      '?',
      '%',
      '---',
      ',',
    ];
    let seed = 1;
    for (let run = 0; run < 3000; run++) {
      let text = '';
      for (let i = 0; i < 12; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        text += bits[(seed >> 8) % bits.length];
      }
      const { documents, problems } = parse(text);
      expect(documents.length + problems.length).toBeGreaterThan(0);
    }
  });
});

describe('readScalarText', () => {
  test.each([
    ['plain', 'a b', 'a b'],
    ['plain', 'a\n  b\n\n  c', 'a b\nc'],
    ['single', "'it''s'", "it's"],
    ['double', '"a\\u00e9\\\n   b\\x41"', 'aébA'],
    ['double', '"a \n b"', 'a b'],
    ['block', '|\n  a\n   b\n\n  c\n', 'a\n b\n\nc\n'],
    ['block', '>-\n  a\n  b\n', 'a b'],
    ['block', '|+\n  a\n\n', 'a\n\n'],
  ] as const)('%s %j', (style, written, text) => {
    expect(readScalarText(written, style)?.text).toBe(text);
    const node = only(`v: ${written}`).entries.get('v')?.value;
    expect(node?.kind === 'scalar' && node.text).toBe(text);
  });

  test('each character knows where it was written', () => {
    const text = readScalarText("'a''b'", 'single');
    expect([text?.from, text?.to]).toEqual([
      [1, 2, 4],
      [2, 4, 5],
    ]);
  });
});
