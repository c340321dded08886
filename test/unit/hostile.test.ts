/** Text that is made to take long. Each of these took minutes when time grew with the square of the length. */
import { describe, expect, test } from 'vitest';
import { conflictsIn, firstSideOnly } from '../../src/compose/conflict-markers.ts';
import { canonical } from '../../src/compose/images.ts';
import type { ScalarNode } from '../../src/compose/model.ts';
import { parseFile } from '../../src/compose/parse.ts';
import { readPort } from '../../src/compose/port.ts';
import { labelOf } from '../../src/compose/references.ts';
import { faultOf } from '../../src/compose/schema/formats.ts';
import { createRedactor, maskLine } from '../../src/redact.ts';
import { nearName } from '../../src/slip.ts';

const N = 400_000;

function scalar(text: string): ScalarNode {
  const at = { file: 'compose.yaml', start: 0, end: 0 };
  return { kind: 'scalar', value: text, text, at, style: 'plain', base: '.' };
}

describe('in time that grows with the length', () => {
  test('unsettled conflicts, one after the other', () => {
    const text = '<<<<<<< a\n=======\n>>>>>>> b\n'.repeat(N / 10);
    const conflicts = conflictsIn(text, 'compose.yaml');
    const left = firstSideOnly({ file: 'compose.yaml', text }, conflicts);
    expect(left).toHaveLength(text.length);
    expect(left.trim()).toBe('');
  });

  test.each([
    ['an address of digits', () => readPort(`${'1'.repeat(N)}:80:80`), undefined],
    ['an address of digits and dots', () => readPort(`${'1.'.repeat(N)}x:80:80`), undefined],
    [
      'a duration without a unit',
      () => faultOf('duration', '1'.repeat(N))?.slice(0, 20),
      'which is no duration',
    ],
    ['an image of colons', () => canonical(`${':'.repeat(N)}/app`).slice(-11), '/app:latest'],
    ['a name of braces', () => labelOf(scalar('${'.repeat(N))).length, 2 * N],
    ['two long names', () => nearName('abcd'.repeat(N), ['abce'.repeat(N)]), undefined],
    ['a message of dots', () => createRedactor([])('a.'.repeat(N)).length, 2 * N],
    ['a line of spaces', () => maskLine(`${' '.repeat(N)}x`).length, N + 1],
    ['a key of secret words', () => maskLine('password'.repeat(N / 10)).length, (8 * N) / 10],
  ])('%s', (_, run, expected) => {
    expect(run()).toBe(expected);
  });
});

test('aliases without an anchor, each with all anchors before it', () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, index) => `  a${index}: &a${index} 1\n  b${index}: *b${index}\n`,
  );
  const { problems } = parseFile({ file: 'compose.yaml', text: `x-a:\n${lines.join('')}` });
  expect(problems).toHaveLength(100);
});

describe('what stands in URLs', () => {
  test.each([
    ['postgres://app:pa@ss@db/x', 'postgres://***@db/x'],
    [
      'see https://ghp_0123456789@github.com/org/app.git, then',
      'see https://***@github.com/org/app.git, then',
    ],
    ['docker-image://alpine@sha256:00', 'docker-image://alpine@sha256:00'],
    ['ssh://git@github.com/org/app', 'ssh://git@github.com/org/app'],
  ])('%s', (text, expected) => {
    expect(createRedactor([])(text)).toBe(expected);
  });
});

describe('lines beside a fault', () => {
  test.each([
    ['      POSTGRES_USER: shop', '      POSTGRES_USER: …'],
    ['      POSTGRES_USER: ${PGUSER}', '      POSTGRES_USER: ${PGUSER}'],
    ['    - "API_KEY=0123"', '    - "API_KEY=…'],
    ['    dbPassword: "0123"', '    dbPassword: …'],
    ['    -  secret: 0123', '    -  secret: …'],
    ['    image: https://a:b@c/d', '    image: https://***@c/d'],
  ])('%s', (line, expected) => {
    expect(maskLine(line)).toBe(expected);
  });
});
