import { describe, expect, it } from 'vitest';
import { loadProjects } from '../../../src/compose/load.ts';
import type { ScalarNode } from '../../../src/compose/model.ts';
import { childAt, itemsOf } from '../../../src/compose/tree.ts';
import { placeInText, placeWithin } from '../../../src/compose/within.ts';
import type { Place } from '../../../src/source.ts';
import { memoryFiles } from './memory-files.ts';

function load(text: string, env: Record<string, string> = {}) {
  const files = memoryFiles({ 'compose.yaml': text });
  const [project] = loadProjects({ files, root: '/work', home: '/home/ana', environment: env }).projects;
  const service = project?.services.get('a');
  const written = ({ start, end }: Place) => text.slice(start, end);
  return { service, written, source: { file: 'compose.yaml', text } };
}

describe('the place of a part of a value', () => {
  const partOf = (item: string, wanted: string, env?: Record<string, string>) => {
    const { service, written } = load(`services:\n  a:\n    image: x\n    volumes:\n      - ${item}\n`, env);
    const [scalar] = itemsOf(childAt(service?.node, 'volumes')) as readonly ScalarNode[];
    if (!scalar) throw new Error('no value');
    const start = scalar.text.indexOf(wanted);
    return written(placeWithin(scalar, start, start + wanted.length));
  };

  it.each([
    ['./a:/b:ro', './a', './a'],
    ['"./a:/b:ro"', '/b', '/b'],
    ["'./a:/b:ro'", 'ro', 'ro'],
    // An escape: which character stands where is not worked out.
    ['"./\\x61:/b"', './a', '"./\\x61:/b"'],
  ])('%s, %s', (item, wanted, written) => {
    expect(partOf(item, wanted)).toBe(written);
  });

  it.each([
    ['${DIR}/a:/b', './x/a', '${DIR}/a'],
    ['${DIR}/a:/b', '/b', '/b'],
    ['${OTHER:-./d}/a:/b', './d/a', '${OTHER:-./d}/a'],
    ['./a:${TO}', './a', './a'],
    ['${NONE}/a:/b', '/a', '${NONE}/a'],
    ['./a${NONE}:/b', './a', './a${NONE}'],
  ])('%s, %s', (item, wanted, written) => {
    expect(partOf(item, wanted, { DIR: './x', TO: '/t' })).toBe(written);
  });
});

describe('the place of a part of a text', () => {
  const inline = (text: string, wanted: string, env?: Record<string, string>) => {
    const { service, written, source } = load(
      `services:\n  a:\n    build:\n      dockerfile_inline: ${text}\n`,
      env,
    );
    const scalar = service?.build?.dockerfileInline;
    if (!scalar) throw new Error('no value');
    const start = scalar.text.indexOf(wanted);
    if (start < 0) throw new Error(`not in ${scalar.text}`);
    return written(placeInText(scalar, source, start, start + wanted.length));
  };
  const block = (...lines: string[]) => `|\n${lines.map((line) => `        ${line}\n`).join('')}`;

  it.each([
    [block('FROM alpine', 'COPY a /b'), 'a /b', 'a /b'],
    [block('FROM alpine', 'RUN echo $$HOME && x'), '&& x', '&& x'],
    [block('FROM alpine', 'RUN echo $$HOME && x'), '$HOME', '$$HOME'],
    [block('FROM alpine:${TAG}', 'COPY a /b'), 'alpine:3.22', 'alpine:${TAG}'],
    [block('FROM alpine:${TAG}', 'COPY a /b'), 'a /b', 'a /b'],
    ['"FROM alpine\\nCOPY a /b"', 'a /b', 'a /b'],
  ])('%j, %s', (text, wanted, written) => {
    expect(inline(text, wanted, { TAG: '3.22' })).toBe(written);
  });
});
