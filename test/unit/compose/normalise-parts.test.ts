import { expect, test } from 'vitest';
import type { ScalarNode } from '../../../src/compose/model.ts';
import { isAddress, readPort } from '../../../src/compose/port.ts';
import { splitWords } from '../../../src/compose/shell-words.ts';
import { sliceScalar } from '../../../src/compose/slice.ts';
import { printDuration, readBytes, readDuration, singlePrecision } from '../../../src/compose/units.ts';

// What each becomes was read off `docker compose config` 2.40.
test.each([
  ['90s', '1m30s'],
  ['1.5h', '1h30m0s'],
  ['1w2d', '216h0m0s'],
  ['100us', '100µs'],
  ['1500ms', '1.5s'],
  ['0', '0s'],
  ['-2s', '-2s'],
  ['10', undefined],
  ['10 s', undefined],
  ['', undefined],
  ['s', undefined],
])('the duration %j', (written, printed) => {
  const read = readDuration(written);
  expect(read === undefined ? undefined : printDuration(read)).toBe(printed);
});

test.each([
  ['1b', 1],
  ['1.5m', 1_572_864],
  ['4 GiB', 4_294_967_296],
  ['10KB', 10_240],
  ['10x', undefined],
  ['-1', undefined],
  ['1..5m', undefined],
  ['1 000', undefined],
])('the size %j', (written, bytes) => {
  expect(readBytes(written)).toBe(bytes);
});

test('numbers in single precision are told as short as they can be', () => {
  expect([0.1, 1.5, 0.30000001192092896].map(singlePrecision)).toEqual([0.1, 1.5, 0.3]);
});

test.each([
  ['sh -c "a b"', ['sh', '-c', 'a b']],
  ["a '' b", ['a', '', 'b']],
  ['a\\ b "c\\"d"', ['a b', 'c"d']],
  ['run && more', ['run']],
  ['run 2>&1', ['run']],
  ['echo $(date +%Y) x', ['echo', '$(date +%Y)', 'x']],
  ['"open', undefined],
  ['a\\', undefined],
  ['f(x)', undefined],
  ['  ', []],
])('the words of %j', (line, words) => {
  expect(splitWords(line)?.map(({ text }) => text)).toEqual(words);
});

test('words know where they stand', () => {
  const line = 'a😀 "b c"  d';
  expect(splitWords(line)?.map(({ start, end }) => line.slice(start, end).trim())).toEqual([
    'a😀',
    '"b c"',
    'd',
  ]);
});

test.each([
  ['80', ['::80/tcp']],
  ['8080:80/udp', [':8080:80/udp']],
  ['127.0.0.1::80', ['127.0.0.1::80/tcp']],
  ['[::1]:1:2', ['::1:1:2/tcp']],
  ['1-2:8-9', [':1:8/tcp', ':2:9/tcp']],
  ['3000-3005:80', [':3000-3005:80/tcp']],
  ['web:80', undefined],
  ['80:65536', undefined],
  ['5-3:80', undefined],
  ['1-3:8-9', undefined],
  ['127.0.1:80:80', undefined],
  ['80:80/http', undefined],
  ['', undefined],
])('the port %j', (written, mappings) => {
  const told = readPort(written)?.map(
    ({ hostIp, published, target, protocol }) => `${hostIp}:${published}:${target}/${protocol}`,
  );
  expect(told).toEqual(mappings);
});

test.each([
  ['1.2.3.4', true],
  ['256.1.1.1', false],
  ['1.2.3', false],
  ['01.2.3.4', false],
  ['::', true],
  ['::1', true],
  ['fe80::1:2', true],
  ['1:2:3:4:5:6:7:8', true],
  ['1:2:3:4:5:6:7', false],
  ['1::2::3', false],
  ['::ffff:1.2.3.4', true],
  ['localhost', false],
  ['12345::', false],
])('the address %j', (text, is) => {
  expect(isAddress(text)).toBe(is);
});

test('a part of a scalar keeps the variables that it is made of', () => {
  const at = { file: 'c.yaml', start: 0, end: 20 };
  const scalar: ScalarNode = {
    kind: 'scalar',
    value: '8080:80',
    text: '8080:80',
    at,
    style: 'double',
    base: '.',
    parts: [
      { kind: 'variable', name: 'PORT', text: '8080', from: 'environment', at },
      { kind: 'literal', text: ':80', at },
    ],
  };
  expect(sliceScalar(scalar, 0, 4).parts).toEqual([scalar.parts?.[0]]);
  expect(sliceScalar(scalar, 5, 7)).toMatchObject({ text: '80', parts: [{ kind: 'literal', text: '80' }] });
});
