import { expect, test } from 'vitest';
import { loadProjects } from '../../../src/compose/load.ts';
import { withoutValues } from '../../../src/compose/said.ts';
import { memoryFiles } from './memory-files.ts';

function told(text: string, environment: Record<string, string>, said: string): string {
  const files = memoryFiles({ 'compose.yaml': text });
  const [project] = loadProjects({ files, root: '/shop', environment }).projects;
  if (!project) throw new Error('no project');
  return withoutValues(project, said);
}

const empty = 'services: {}\n';

test.each([
  [
    'failed to read C:\\shop\\.env: line 2: unterminated quoted value "hunter2',
    'failed to read C:\\shop\\.env: line 2: unterminated quoted value',
  ],
  ['failed to read /shop/.env: Invalid template: "hunter2${"', 'failed to read /shop/.env: Invalid template'],
  [
    'failed to read /shop/.env: required variable x is missing a value: hunter2',
    'failed to read /shop/.env: required variable x is missing a value',
  ],
  [
    'failed to read /shop/.env: line 2: unexpected character "@" in variable name "@x=hunter2\nC=1"',
    'failed to read /shop/.env: line 2: unexpected character',
  ],
  [
    'failed to read /shop/.env: line 2: key cannot contain a space',
    'failed to read /shop/.env: line 2: key cannot contain a space',
  ],
])('no value of an env file: %s', (said, expected) => {
  expect(told(empty, {}, said)).toBe(expected);
});

test('dollars of the file are no patterns of a replacement', () => {
  const text = 'services:\n  a:\n    command: run $$& $$1 ${TOKEN}\n';
  expect(told(text, { TOKEN: 'hunter2' }, 'bad: run $& $1 hunter2')).toBe('bad: run $& $1 ${TOKEN}');
});

test('a value that Compose prints with escapes', () => {
  const text = 'services:\n  a:\n    command: ${KEY}\n';
  const KEY = 'first\nse"cond';
  expect(told(text, { KEY }, 'bad value "first\\nse\\"cond"')).toBe('bad value "${KEY}"');
});
