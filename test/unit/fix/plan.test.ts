import { expect, test } from 'vitest';
import { changesOf } from '../../../src/fix/changes.ts';
import { type Candidate, planFixes, selectFixes } from '../../../src/fix/plan.ts';
import type { Fix, Safety, Step } from '../../../src/rule.ts';

const COMPOSE = 'services:\n  api:\n    build: docker\n  web:\n    build: docker\n';
const TEXTS: Record<string, string> = {
  'compose.yaml': COMPOSE,
  'crlf.yaml': 'a: 1\r\nb: 2\r\n',
  'emoji.yaml': 'a: 😀\n',
};

function plan(...fixes: readonly Fix[]) {
  const candidates = fixes.map((fix, index): Candidate => ({ finding: `f${index + 1}`, fix }));
  return planFixes(
    candidates,
    (file) => {
      const text = TEXTS[file];
      if (file === 'logo.png') return { failure: 'not-text', because: 'it is no UTF-8 text' };
      return text === undefined ? { failure: 'missing', because: 'no such file' } : { file, text };
    },
    (file) => file in TEXTS || file === 'logo.png',
  );
}

function fix(title: string, ...steps: readonly Step[]): Fix {
  return { title, safety: 'safe', steps };
}

function edit(start: number, end: number, text: string, file = 'compose.yaml'): Step {
  return { kind: 'edit', at: { file, start, end }, text };
}

function result(made: ReturnType<typeof plan>): Record<string, string> {
  const changes = changesOf(
    made.accepted.map((one) => one.fix),
    made.sources,
  );
  return Object.fromEntries(changes.flatMap((one) => (one.kind === 'chmod' ? [] : [[one.file, one.after]])));
}

test('two fixes with the same edit are one edit, and both are accepted', () => {
  const made = plan(fix('mend api', edit(24, 30, 'x')), fix('mend web', edit(24, 30, 'x')));
  expect(made.accepted.map(({ finding }) => finding)).toEqual(['f1', 'f2']);
  expect(made.refused).toEqual([]);
  expect(result(made)['compose.yaml']).toBe(`${COMPOSE.slice(0, 24)}x${COMPOSE.slice(30)}`);
});

test('a path written in another way is the same place', () => {
  const made = plan(fix('one', edit(24, 30, 'x')), fix('two', edit(24, 30, 'x', './docker/../compose.yaml')));
  expect(made.accepted).toHaveLength(2);
  expect(Object.keys(result(made))).toEqual(['compose.yaml']);
});

test('an edit over another is refused and names it, and its fix goes whole', () => {
  const made = plan(fix('first', edit(24, 30, 'x')), fix('second', edit(0, 8, 'S'), edit(26, 28, 'y')));
  expect(made.accepted.map(({ title }) => title)).toEqual(['first']);
  expect(made.refused).toEqual([
    { finding: 'f2', title: 'second', reason: 'it changes the same place in compose.yaml as “first”' },
  ]);
  expect(result(made)['compose.yaml']?.startsWith('services')).toBe(true);
});

test('a fix that shares one edit and adds another is accepted', () => {
  const made = plan(fix('first', edit(24, 30, 'x')), fix('second', edit(24, 30, 'x'), edit(0, 8, 'S')));
  expect(made.accepted).toHaveLength(2);
  expect(result(made)['compose.yaml']).toBe(`S${COMPOSE.slice(8, 24)}x${COMPOSE.slice(30)}`);
});

test.each([
  ['../other/compose.yaml', 'lies outside of the workspace'],
  ['docker/../../compose.yaml', 'lies outside of the workspace'],
  ['/etc/hosts', 'lies outside of the workspace'],
  ['C:\\Windows\\hosts', 'lies outside of the workspace'],
  ['.git/hooks/pre-commit', 'belongs to git'],
  ['sub/.GIT/config', 'belongs to git'],
  ['a\0b', 'NUL'],
  ['docker/', 'is no file'],
])('%s is never written', (file, reason) => {
  for (const step of [
    { kind: 'create', file, text: 'x' },
    { kind: 'chmod', file, mode: 0o755 },
    edit(0, 0, 'x', file),
  ] satisfies Step[]) {
    const made = plan(fix('escape', step));
    expect(made.accepted).toEqual([]);
    expect(made.refused[0]?.reason).toContain(reason);
  }
});

test.each<[string, Step, string]>([
  ['an edit of a missing file', edit(0, 0, 'x', 'no.yaml'), 'no.yaml cannot be read: no such file'],
  ['an edit of what is no text', edit(0, 0, 'x', 'logo.png'), 'logo.png cannot be read: it is no UTF-8 text'],
  ['an edit past the end', edit(0, 999, 'x'), 'it was changed since it was read'],
  ['an edit inside of a character', edit(4, 5, 'x', 'emoji.yaml'), 'cut a character'],
  ['an edit without effect', edit(0, 8, 'services'), 'it would change nothing'],
  ['creating what exists', { kind: 'create', file: 'compose.yaml', text: '' }, 'compose.yaml exists already'],
  ['permissions of what is missing', { kind: 'chmod', file: 'no.sh', mode: 0o755 }, 'no.sh does not exist'],
  ['an empty command', { kind: 'run', argv: [], why: 'nothing' }, 'its command is empty'],
])('%s is refused', (_, step, reason) => {
  const made = plan(fix('bad', step));
  expect(made.accepted).toEqual([]);
  expect(made.refused[0]?.reason).toContain(reason);
});

test('a fix without steps, or at odds with itself, is refused', () => {
  const made = plan(fix('none'), fix('odd', edit(24, 30, 'x'), edit(25, 29, 'y')));
  expect(made.refused.map(({ reason }) => reason)).toEqual([
    'it has no steps that could be applied',
    'two of its own steps change the same place in compose.yaml',
  ]);
});

test('two fixes that create one file differently collide, the same file is created once', () => {
  const create = (text: string): Step => ({ kind: 'create', file: 'new.env', text });
  const made = plan(fix('a', create('A=1\n')), fix('b', create('A=1\n')), fix('c', create('B=1\n')));
  expect(made.accepted.map(({ title }) => title)).toEqual(['a', 'b']);
  expect(made.refused[0]?.reason).toBe('it changes the same place in new.env as “a”');
  expect(result(made)).toEqual({ 'new.env': 'A=1\n' });
});

test('text and permissions of one file are two things, two modes are not', () => {
  const chmod = (mode: number): Step => ({ kind: 'chmod', file: 'compose.yaml', mode });
  const made = plan(fix('text', edit(0, 1, 'S')), fix('mode', chmod(0o600)), fix('other', chmod(0o640)));
  expect(made.accepted.map(({ title }) => title)).toEqual(['text', 'mode']);
  expect(
    changesOf(
      made.accepted.map((one) => one.fix),
      made.sources,
    ),
  ).toEqual([
    { kind: 'edit', file: 'compose.yaml', before: COMPOSE, after: `S${COMPOSE.slice(1)}`, mode: 0o600 },
  ]);
});

test('lines inserted into a CRLF file end in CRLF', () => {
  expect(result(plan(fix('add', edit(6, 6, 'c: 3\n', 'crlf.yaml'))))).toEqual({
    'crlf.yaml': 'a: 1\r\nc: 3\r\nb: 2\r\n',
  });
});

test('consent decides which fix of a finding is taken', () => {
  const of = (safety: Safety, text: string): Fix => ({ title: text, safety, steps: [edit(0, 1, text)] });
  const findings = [
    { id: 'safe', fixes: [of('manual', 'm'), of('unsafe', 'u'), of('safe', 's')] },
    { id: 'unsafe', fixes: [of('manual', 'm'), of('unsafe', 'u1'), of('unsafe', 'u2')] },
    { id: 'manual', fixes: [of('manual', 'm')] },
    { id: 'torn', fixes: [of('safe', 'one'), of('safe', 'two'), of('unsafe', 'u')] },
    { id: 'twice', fixes: [of('safe', 'one'), { ...of('safe', 'one'), title: 'said in another way' }] },
    { id: 'none' },
  ];
  const chosen = (unsafe: boolean) =>
    selectFixes(findings, { unsafe }).map(({ finding, fix: { title } }) => `${finding}: ${title}`);
  expect(chosen(false)).toEqual(['safe: s', 'twice: one']);
  expect(chosen(true)).toEqual(['safe: s', 'unsafe: u1', 'twice: one']);
});
