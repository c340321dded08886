/** Parse, take the place of any value, replace it: exact for whatever a person may write. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceScalar } from '../../../src/compose/edit.ts';
import type { Node, ScalarNode } from '../../../src/compose/model.ts';
import { parseFile } from '../../../src/compose/parse.ts';
import { applyEdits } from '../../../src/fix/splice.ts';
import type { Source } from '../../../src/source.ts';

/** A document before it is written: what stands in it, and how each part is to be written. */
type Tree =
  | { kind: 'scalar'; text: string; style: 'plain' | 'single' | 'double' | 'literal' }
  | { kind: 'list'; items: Tree[]; flow: boolean }
  | { kind: 'map'; items: [string, Tree][]; flow: boolean };

const word = fc
  .stringMatching(/^[a-z][a-z0-9./_-]{0,12}$/)
  .filter((text) => !/^(?:null|true|false)$/.test(text));
const line = fc
  .array(
    fc.constantFrom('a', 'bc', ' d', "it's", '"', '\\', 'é', '😀', ': ', ' #', '$$', '{', ',', '&', '%'),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => parts.join('').trim())
  .filter((text) => text !== '');

const scalar: fc.Arbitrary<Tree> = fc.oneof(
  word.map((text) => ({ kind: 'scalar' as const, text, style: 'plain' as const })),
  fc.record({
    kind: fc.constant('scalar' as const),
    text: line,
    style: fc.constantFrom('single' as const, 'double' as const, 'literal' as const),
  }),
);

const tree = fc.letrec<{ node: Tree; list: Tree; map: Tree }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('map')),
  list: fc.record({
    kind: fc.constant('list' as const),
    items: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    flow: fc.boolean(),
  }),
  map: fc.record({
    kind: fc.constant('map' as const),
    items: fc.uniqueArray(fc.tuple(word, tie('node')), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 4,
    }),
    flow: fc.boolean(),
  }),
}));

type Style = { readonly step: number; readonly comments: boolean };

/** Writes a tree as YAML below a key or a dash; the first character continues their line. */
function write(node: Tree, indent: number, style: Style, flow: boolean): string {
  const note = style.comments && !flow ? ' # why: "not" {this}' : '';
  if (node.kind === 'scalar')
    return `${writeScalar(node, indent, flow)}${node.style === 'literal' && !flow ? '' : note}`;
  const inside = flow || node.flow;
  if (inside) {
    const items = node.items.map((item) =>
      Array.isArray(item)
        ? `${item[0]}: ${write(item[1], indent, style, true)}`
        : write(item, indent, style, true),
    );
    return `${node.kind === 'list' ? `[${items.join(', ')}]` : `{${items.join(',  ')}}`}${flow ? '' : note}`;
  }
  const at = indent + style.step;
  const lines = node.items.map((item) =>
    Array.isArray(item)
      ? `${' '.repeat(at)}${item[0]}: ${write(item[1], at, style, false)}`
      : `${' '.repeat(at)}- ${write(item, at, style, false)}`,
  );
  return `${note}\n${style.comments ? `${' '.repeat(at)}# a comment: of its own\n` : ''}${lines.join('\n')}`;
}

function writeScalar(node: Extract<Tree, { kind: 'scalar' }>, indent: number, flow: boolean): string {
  switch (node.style) {
    case 'plain':
      return node.text;
    case 'single':
      return `'${node.text.replaceAll("'", "''")}'`;
    case 'double':
      return JSON.stringify(node.text);
    case 'literal':
      return flow ? JSON.stringify(node.text) : `|\n${' '.repeat(indent + 4)}${node.text}`;
  }
}

/** The texts of a tree in the order in which they are written, as the parser must read them. */
function texts(node: Tree, flow: boolean): string[] {
  if (node.kind === 'scalar') return [node.style === 'literal' && !flow ? `${node.text}\n` : node.text];
  const inside = flow || node.flow;
  return node.items.flatMap((item) => texts(Array.isArray(item) ? item[1] : item, inside));
}

function scalars(node: Node): ScalarNode[] {
  if (node.kind === 'scalar') return [node];
  if (node.kind === 'list') return node.items.flatMap(scalars);
  return [...node.entries.values()].flatMap(({ value }) => scalars(value));
}

function read(text: string): { source: Source; found: ScalarNode[] } {
  const source = { file: 'compose.yaml', text };
  const { documents, problems } = parseFile(source);
  expect(problems).toEqual([]);
  return { source, found: documents.flatMap(scalars) };
}

const documents = fc
  .record({
    root: fc.record({
      kind: fc.constant('map' as const),
      items: fc.uniqueArray(fc.tuple(word, tree.node), {
        selector: ([key]) => key,
        minLength: 1,
        maxLength: 5,
      }),
      flow: fc.constant(false),
    }),
    style: fc.record({ step: fc.constantFrom(2, 4), comments: fc.boolean() }),
    crlf: fc.boolean(),
    mark: fc.boolean(),
  })
  .map(({ root, style, crlf, mark }) => {
    const lines = root.items.map(([key, value]) => `${key}: ${write(value, 0, style, false)}\n`).join('');
    const text = `${mark ? '\uFEFF' : ''}${style.comments ? '# the head\n\n' : ''}${lines}`;
    return { text: crlf ? text.replaceAll('\n', '\r\n') : text, expected: texts(root, false) };
  });

test('every value is read where it is written', () => {
  fc.assert(
    fc.property(documents, ({ text, expected }) => {
      const { found } = read(text);
      expect(found.map((one) => one.text)).toEqual(expected);
      let end = 0;
      for (const { at, style } of found) {
        expect(at.start).toBeGreaterThanOrEqual(end);
        end = at.end;
        if (style === 'block') continue;
        // What stands there, read by itself, is the same value.
        const alone = read(`v: ${text.slice(at.start, at.end)}\n`).found;
        expect(alone.map((one) => one.text)).toEqual([expected[found.findIndex((one) => one.at === at)]]);
      }
    }),
    { numRuns: 300 },
  );
});

test('replacing a value changes that value, and no byte outside of it', () => {
  let edits = 0;
  fc.assert(
    fc.property(documents, fc.nat(), line, ({ text, expected }, pick, value) => {
      const { source, found } = read(text);
      const at = pick % found.length;
      const chosen = found[at];
      if (!chosen) return;
      const step = replaceScalar(chosen, source, value);
      if (!step) return;
      edits++;
      expect(step.at.start).toBeGreaterThanOrEqual(chosen.at.start);
      expect(step.at.end).toBeLessThanOrEqual(chosen.at.end);
      const after = applyEdits(text, [{ ...step.at, text: step.text }]);
      expect(after.slice(0, chosen.at.start)).toBe(text.slice(0, chosen.at.start));
      const rest = text.slice(chosen.at.end);
      expect(after.endsWith(rest)).toBe(true);
      // Nothing is interpolated here, so that the dollar signs of the new value stay doubled.
      const dollars = value.replaceAll('$', '$$$$');
      expect(read(after).found.map((one) => one.text)).toEqual(
        expected.map((one, index) => (index === at ? dollars : one)),
      );
    }),
    { numRuns: 500 },
  );
  expect(edits).toBeGreaterThan(250);
});
