import { expect, test } from 'vitest';
import { loadProjects } from '../../../src/compose/load.ts';
import { resolvePath } from '../../../src/compose/paths.ts';
import { memoryFiles } from './memory-files.ts';

test.each([
  ['/', 'api', '/api'],
  ['/', './code/api', 'api'],
  ['/srv', '../api', '/api'],
  ['.', '../code/api', 'api'],
])('from %s, %s is %s', (base, written, expected) => {
  expect(resolvePath(base, written, { root: '/code' })).toBe(expected);
});

function including(count: number) {
  const names = Array.from({ length: count }, (_, index) => `p${index}.yaml`);
  const files = memoryFiles({
    'compose.yaml': `include: [${names.join(', ')}]\n`,
    ...Object.fromEntries(names.map((name, index) => [name, `services:\n  s${index}:\n    image: a\n`])),
  });
  const [project] = loadProjects({
    files,
    root: '/code',
    environment: {},
    composeFiles: ['compose.yaml'],
  }).projects;
  return project;
}

test('many included files are read, and it is said where they are too many', () => {
  const many = including(400);
  expect(many?.services.size).toBe(400);
  expect(many?.problems).toEqual([]);
  expect(including(600)?.problems.map((problem) => 'message' in problem && problem.message)).toEqual([
    'more than 500 files are included; the rest is not read',
  ]);
});
