import { describe, expect, test } from 'vitest';
import { conflictsIn, firstSideOnly } from '../../../src/compose/conflict-markers.ts';
import { dependencyCycles } from '../../../src/compose/dependencies.ts';
import { loadProjects } from '../../../src/compose/load.ts';
import type { Project } from '../../../src/compose/model.ts';
import { commonPort, parsePort } from '../../../src/compose/ports.ts';
import { nearName } from '../../../src/slip.ts';
import { memoryFiles } from './memory-files.ts';

function load(text: string): Project {
  const files = memoryFiles({ 'compose.yaml': text });
  const [project] = loadProjects({ files, root: '/w', environment: {} }).projects;
  if (!project) throw new Error('no project');
  return project;
}

describe('short ports, as Compose 2.40 takes them', () => {
  const range = (from: number, to = from) => ({ from, to });
  test.each([
    ['80', { address: '', target: range(80), protocol: 'tcp' }],
    ['8080:80', { address: '', published: range(8080), target: range(80), protocol: 'tcp' }],
    ['8080:80/UDP', { address: '', published: range(8080), target: range(80), protocol: 'udp' }],
    ['8080:80/', { address: '', published: range(8080), target: range(80), protocol: 'tcp' }],
    [
      '127.0.0.1:8080:80',
      { address: '127.0.0.1', published: range(8080), target: range(80), protocol: 'tcp' },
    ],
    ['[::1]:8080:80', { address: '::1', published: range(8080), target: range(80), protocol: 'tcp' }],
    ['127.0.0.1::80', { address: '127.0.0.1', target: range(80), protocol: 'tcp' }],
    [':80', { address: '', target: range(80), protocol: 'tcp' }],
    [':80:80', { address: '', published: range(80), target: range(80), protocol: 'tcp' }],
    ['0:80', { address: '', target: range(80), protocol: 'tcp' }],
    ['8000-8010:80', { address: '', published: range(8000, 8010), target: range(80), protocol: 'tcp' }],
    ['90-92:80-82', { address: '', published: range(90, 92), target: range(80, 82), protocol: 'tcp' }],
  ])('%s', (text, expected) => {
    expect(parsePort(text)).toEqual(expected);
  });

  test.each([
    '',
    ':',
    '80:',
    '8080:',
    ':8080:',
    '8000-:80',
    '70000:80',
    'abc',
    '80/xyz',
    '80-81:8000-8002',
    '::1:81:81',
  ])('refused: "%s"', (text) => {
    expect(parsePort(text)).toBeUndefined();
  });

  test.each([
    ['8080:80', '8080:81', 8080],
    ['8080:80', '127.0.0.1:8080:80', 8080],
    ['8080:80', '[::1]:8080:80', 8080],
    ['8080-8082:80-82', '8082:80', 8082],
    ['127.0.0.1:8080:80', '127.0.0.2:8080:80', undefined],
    ['127.0.0.1:8080:80', '[::1]:8080:80', undefined],
    ['0.0.0.0:8080:80', '[::]:8080:80', undefined],
    ['8080:80', '8080:80/udp', undefined],
    ['8080-8081:80', '8080:80', undefined],
    ['80', '80', undefined],
  ])('%s and %s', (a, b, expected) => {
    const [first, second] = [parsePort(a), parsePort(b)];
    expect(first && second && commonPort(first, second)).toBe(expected);
    expect(first && second && commonPort(second, first)).toBe(expected);
  });
});

describe('a slip of the pen', () => {
  test.each([
    ['databse', ['database', 'web'], { name: 'database', sure: true }],
    ['dtaabase', ['database'], { name: 'database', sure: true }],
    ['Backend', ['backend'], { name: 'backend', sure: true }],
    ['DB', ['db'], { name: 'db', sure: true }],
    ['front', ['fronts', 'frond'], { name: 'fronts', sure: false }],
    ['api', ['app'], { name: 'app', sure: false }],
    ['ap', ['app'], { name: 'app', sure: false }],
    ['db1x', ['db2x'], { name: 'db2x', sure: false }],
    ['queue', ['storage'], undefined],
  ])('%s among %j', (wrong, known, expected) => {
    expect(nearName(wrong, known)).toEqual(expected);
  });
});

describe('circles of dependencies', () => {
  const services = (needs: Record<string, readonly string[]>) =>
    load(
      `services:\n${Object.entries(needs)
        .map(([name, list]) => `  ${name}: {image: x, depends_on: [${list.join(', ')}]}\n`)
        .join('')}`,
    );

  test('each is found once, and what only leads to one is no part of it', () => {
    const project = services({ a: ['b', 'd'], b: ['c'], c: ['b'], d: ['d'], e: ['a'] });
    expect(dependencyCycles(project)).toEqual([['b', 'c'], ['d']]);
  });

  test('a long chain and a diamond are none', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`s${i}`, i === 2999 ? [] : [`s${i + 1}`]]),
    );
    expect(dependencyCycles(services(chain))).toEqual([]);
    expect(dependencyCycles(services({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([]);
  });
});

describe("git's marks of a conflict", () => {
  const text = 'a: 1\r\n<<<<<<< HEAD\r\nb: 2\r\n=======\r\nb: 3\r\n>>>>>>> other\r\nc: 4\r\n';

  test('all three have their places, and blanks keep every offset', () => {
    const conflicts = conflictsIn(text, 'f');
    expect(conflicts.map((marks) => marks.map(({ start, end }) => text.slice(start, end)))).toEqual([
      ['<<<<<<< HEAD', '=======', '>>>>>>> other'],
    ]);
    const read = firstSideOnly({ file: 'f', text }, conflicts);
    expect(read).toHaveLength(text.length);
    expect(read.replace(/[ \r\n]+/g, ' ')).toBe('a: 1 b: 2 c: 4 ');
  });

  test('a line of equal signs, an indented mark and a longer one are none', () => {
    expect(conflictsIn('Title\n=======\n', 'f')).toEqual([]);
    expect(conflictsIn('  <<<<<<< HEAD\n  >>>>>>> x\n', 'f')).toEqual([]);
    expect(conflictsIn('<<<<<<<< HEAD\n>>>>>>>>> x\n', 'f')).toEqual([]);
  });

  test('the rest of the file is read as its first side', () => {
    const project = load(
      'services:\n  web:\n<<<<<<< HEAD\n    image: a\n=======\n    image: b\n>>>>>>> x\n    user: "1"\n',
    );
    expect(project.problems.map(({ kind }) => kind)).toEqual(['conflict-markers']);
    expect(project.services.get('web')?.image?.text).toBe('a');
  });
});
