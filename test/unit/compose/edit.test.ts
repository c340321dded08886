import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replaceScalar, shown } from '../../../src/compose/edit.ts';
import { interpolateTree, type Variables } from '../../../src/compose/interpolate.ts';
import type { MapNode, Node, ScalarNode } from '../../../src/compose/model.ts';
import { parseFile } from '../../../src/compose/parse.ts';
import type { Source } from '../../../src/source.ts';

const variables: Variables = {
  environment: { SECRET: 's3cret', EMPTY: '' },
  envFile: { DIR: 'from-file' },
};

function read(text: string): { source: Source; root: MapNode } {
  const source = { file: 'compose.yaml', text };
  const { documents, problems } = parseFile(source);
  expect(problems).toEqual([]);
  const [root] = documents;
  if (!root) throw new Error('no document');
  return { source, root: interpolateTree(root, { source, variables, base: '.', problems: [] }) };
}

function scalar(node: Node | undefined): ScalarNode {
  if (node?.kind !== 'scalar') throw new Error('no scalar');
  return node;
}

/** Replaces the value of `v`, and gives the new text; undefined where it is refused. */
function replaced(text: string, value: string): string | undefined {
  const { source, root } = read(text);
  const step = replaceScalar(scalar(root.entries.get('v')?.value), source, value);
  return step && text.slice(0, step.at.start) + step.text + text.slice(step.at.end);
}

describe('replaceScalar', () => {
  test.each([
    ['v: docker/a.Dockerfile # why\n', 'dockerfiles/a.Dockerfile', 'v: dockerfiles/a.Dockerfile # why\n'],
    ["v: 'docker/a'\n", "it's", "v: 'it''s'\n"],
    ['v: "docker/a"\n', 'a\t"b"', 'v: "a\\t\\"b\\""\n'],
    ['v: docker\n', '', "v: ''\n"],
    ['v: docker\n', 'true', "v: 'true'\n"],
    ['v: docker\n', '8080', "v: '8080'\n"],
    ['v: docker\n', 'a: b', "v: 'a: b'\n"],
    ['v: docker\n', 'a #b', "v: 'a #b'\n"],
    ['v: docker\n', '*x', "v: '*x'\n"],
    ['v: docker\n', 'two\nlines', 'v: "two\\nlines"\n'],
    ['v:\n', 'x', "v: 'x'\n"],
    ['v: # why\n', 'x', "v: 'x' # why\n"],
    ['v: 8080\n', '9090', "v: '9090'\n"],
    ['{v: docker, w: 1}\n', 'a, b', "{v: 'a, b', w: 1}\n"],
    ['v: docker\r\nw: 1\r\n', 'dockers', 'v: dockers\r\nw: 1\r\n'],
    ['\uFEFFv: docker\n', 'dockers', '\uFEFFv: dockers\n'],
    ['v: !!str docker\n', 'dockers', 'v: !!str dockers\n'],
    ['v: a$$b\n', 'a$b/c', 'v: a$$b/c\n'],
    ['v: docker\n', 'a$b', 'v: a$$b\n'],
    ['v: |\n  docker/a\n  b\n', 'dockerfiles/a\nb\n', 'v: |\n  dockerfiles/a\n  b\n'],
    ['v: docker/${SECRET}.yml\n', 'files/s3cret.yml', 'v: files/${SECRET}.yml\n'],
    ['v: "docker/${SECRET}.yml"\n', 'docker/s3cret.yaml', 'v: "docker/${SECRET}.yaml"\n'],
    ['v: ${DIR:-a}/x\n', 'from-file/y', 'v: ${DIR:-a}/y\n'],
    ['v: ${NONE:-a}/x\n', 'a/y', 'v: ${NONE:-a}/y\n'],
  ])('%j to %j', (text, value, expected) => {
    expect(replaced(text, value)).toBe(expected);
  });

  test.each([
    ['v: docker/${SECRET}.yml\n', 'docker/other.yml'],
    ['v: ${NONE:-docker}\n', 'files'],
    ['v: ${SECRET}\n', 'x'],
    ['v: $SECRET/a\n', 's3creta'],
    ['v: |\n  a\n', 'a\nb\nc'],
    ['v: |\n  a\n', 'a'],
    ['v: |-\n  a\n', 'b\n'],
    ['v: |2\n    a\n', 'b'],
  ])('%j to %j is refused', (text, value) => {
    expect(replaced(text, value)).toBeUndefined();
  });

  test('touches only the characters that differ', () => {
    const { source, root } = read('v: ./docker/a.Dockerfile\n');
    const step = replaceScalar(scalar(root.entries.get('v')?.value), source, './dockerfiles/a.Dockerfile');
    expect(step).toEqual({ kind: 'edit', at: { file: 'compose.yaml', start: 11, end: 11 }, text: 'files' });
  });

  const anyText = fc.oneof(
    fc.string({ unit: fc.constantFrom(...('ab/.-:#\'"\\$ {}[],&*!|>%@`?~0\t\n_=é😀'.match(/./gsu) ?? [])) }),
    fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text)),
    fc.constantFrom(
      'null',
      '~',
      'yes',
      'true',
      '1.0',
      '0755',
      '2024-01-01',
      '---',
      '<<',
      ' x',
      'x ',
      'a: b',
      '${x}',
    ),
  );

  const written = fc.oneof(
    fc.constantFrom(
      'docker/a',
      './x',
      'a b',
      'x:y',
      'a#b',
      'a\n    b',
      '${SECRET}/a',
      'a/$DIR/b',
      'a$$b',
      '12',
      'true',
    ),
    anyText.map(
      (text) =>
        `'${text
          .replace(/[^\x20-\x7eé]/gu, '')
          .replaceAll('$', '$$$$')
          .replaceAll("'", "''")}'`,
    ),
    anyText.map((text) => JSON.stringify(text.replaceAll('$', '$$$$'))),
  );

  test('gives exactly the new value and leaves everything else', () => {
    let edits = 0;
    const check = fc.property(written, anyText, fc.constantFrom('block', 'flow'), (old, value, context) => {
      fc.pre(context === 'block' || !/^[^'"].*[[\]{},]/s.test(old));
      const [before, after] =
        context === 'block' ? ['a: 1 # x\nv: ', '\nz: [1, 2]\n'] : ['{a: 1, v: ', ', z: [1, 2]} # x\n'];
      const text = before + old + after;
      const result = replaced(text, value);
      if (result === undefined) return;
      edits++;
      expect(result.startsWith(before)).toBe(true);
      expect(result.endsWith(after)).toBe(true);
      const again = read(result).root;
      const changed = scalar(again.entries.get('v')?.value);
      expect(changed.text).toBe(value);
      expect(
        typeof changed.value === 'string' || value === scalar(read(text).root.entries.get('v')?.value).text,
      ).toBe(true);
      expect([...again.entries.keys()]).toEqual(['a', 'v', 'z']);
    });
    fc.assert(check, { numRuns: 800 });
    expect(edits).toBeGreaterThan(300);
  });
});

describe('shown', () => {
  test.each([
    ['v: a/${SECRET}/b\n', 'a/${SECRET}/b'],
    ['v: $DIR\n', '${DIR}'],
    ['v: ${NONE:-docker}/x\n', 'docker/x'],
    ['v: ${NONE:-a-${SECRET}-b}\n', 'a-${SECRET}-b'],
    ['v: ${SECRET:+on}\n', 'on'],
    ['v: ${NONE}/x\n', '${NONE}/x'],
    ['v: a$$b\n', 'a$b'],
    ['v: 5\n', '5'],
  ])('%j as %j', (text, expected) => {
    expect(shown(scalar(read(text).root.entries.get('v')?.value))).toBe(expected);
  });

  test('never tells what came from outside', () => {
    const templates = [
      '${SECRET}',
      '$SECRET',
      '${SECRET:-x}',
      '${NONE:-${SECRET}}',
      '${SECRET:+a$SECRET}',
      '${NONE:-${NONE2-$SECRET}}',
    ];
    for (const template of templates) {
      expect(shown(scalar(read(`v: x${template}y\n`).root.entries.get('v')?.value))).not.toContain('s3cret');
    }
  });
});
