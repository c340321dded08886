import { expect, test } from 'vitest';
import type { Snapshot, SnapshotFinding } from '../../../src/fix/snapshot.ts';
import { regressions, verify } from '../../../src/fix/verify.ts';
import type { Severity } from '../../../src/rule.ts';
import type { Subject } from '../../../src/subject.ts';

const SUBJECTS: readonly Subject[] = ['file:c', 'project:c', 'service:c/api', 'service:c/web', 'build:c/api'];
const BELOW: Record<string, readonly Subject[]> = {
  'project:c': ['file:c'],
  'service:c/api': ['project:c', 'file:c'],
  'service:c/web': ['project:c', 'file:c'],
  'build:c/api': ['service:c/api', 'project:c', 'file:c'],
  'image:c/new': ['build:c/api', 'service:c/api', 'project:c', 'file:c'],
};

type Said = readonly [id: string, subject: Subject, severity?: Severity];

function snapshot(
  findings: readonly Said[],
  more: { blocked?: readonly Subject[]; subjects?: readonly Subject[]; unproven?: string } = {},
): Snapshot {
  return {
    findings: findings.map(([id, subject, severity = 'error']) => ({
      id,
      subject,
      severity,
      message: `${id} is wrong`,
    })),
    subjects: new Set(more.subjects ?? SUBJECTS),
    blocked: new Set(more.blocked ?? []),
    restsOn: (name) => new Set(BELOW[name] ?? []),
    read: () => ({ failure: 'missing', because: 'no such file' }),
    existing: () => false,
    unproven: () => more.unproven,
  };
}

const a = ['a', 'service:c/api'] as const;
const fixed: readonly SnapshotFinding[] = [
  { id: 'a', subject: 'service:c/api', severity: 'error', message: 'x' },
];
const judge = (before: Snapshot, after: Snapshot, mended: readonly string[] = []) =>
  verify(before, after, fixed, new Set(mended));

test('gone and nothing new: kept', () => {
  expect(judge(snapshot([a, ['w', 'service:c/web']]), snapshot([['w', 'service:c/web']]))).toEqual({
    ok: true,
  });
});

test('still there, or not to be checked: not kept', () => {
  expect(judge(snapshot([a]), snapshot([a]))).toEqual({
    ok: false,
    reason: 'what it was to mend is still found afterwards',
  });
  expect(judge(snapshot([a]), snapshot([], { unproven: 'no engine answers' }))).toEqual({
    ok: false,
    reason: 'whether it mended anything cannot be checked: no engine answers',
  });
});

test('a new error on what was healthy: not kept', () => {
  expect(judge(snapshot([a]), snapshot([['new', 'service:c/web']]))).toEqual({
    ok: false,
    reason: 'a new error stands on service:c/web: new is wrong',
  });
});

test.each<[string, Snapshot, Snapshot]>([
  ['a new warning', snapshot([a]), snapshot([['new', 'service:c/web', 'warning']])],
  ['a new error on the subject that was ill itself', snapshot([a]), snapshot([['new', 'service:c/api']])],
  [
    'a new error on what was blocked',
    snapshot([a], { blocked: ['build:c/api'] }),
    snapshot([['new', 'build:c/api']]),
  ],
  [
    'an error on what nobody could know while the file was ill',
    snapshot([['parse', 'file:c'], a], { subjects: ['file:c'] }),
    snapshot([
      ['new', 'service:c/web'],
      ['parse', 'file:c'],
    ]),
  ],
])('%s is no regression', (_, before, after) => {
  expect(judge(before, after)).toEqual({ ok: true });
});

test('a warning that becomes an error is a new error', () => {
  const before = snapshot([a, ['w', 'service:c/web', 'warning']]);
  expect(regressions(before, snapshot([['w', 'service:c/web']])).map(({ id }) => id)).toEqual(['w']);
});

test('a subject that is new and rests on nothing ill must not come with an error', () => {
  const before = snapshot([['typo', 'image:c/old']], { subjects: [...SUBJECTS, 'image:c/old'] });
  expect(regressions(before, snapshot([['typo2', 'image:c/new']]))).toHaveLength(1);
});

test('what was mended before must not come back, not even as a warning', () => {
  expect(judge(snapshot([a]), snapshot([['earlier', 'service:c/api', 'warning']]), ['earlier'])).toEqual({
    ok: false,
    reason: 'it brings back what was mended on service:c/api: earlier is wrong',
  });
});

test('what could not be checked before was not known to be healthy', () => {
  const before = snapshot([a], { unproven: 'no engine answers' });
  const after = snapshot([['new', 'service:c/web']]);
  expect(regressions(before, after)).toEqual([]);
  expect(regressions(snapshot([a]), after)).toMatchObject([{ id: 'new' }]);
});

test('what a mended fault hid below itself is progress: the base image of a Dockerfile that was not found', () => {
  const before = snapshot([['a', 'build:c/api']]);
  const after = snapshot([['tag', 'image:c/base']]);
  const shows = {
    ...after,
    restsOn: (name: Subject) => new Set<Subject>(name === 'build:c/api' ? ['image:c/base'] : []),
  };
  expect(regressions(before, shows)).toEqual([]);
  expect(regressions(before, after)).toMatchObject([{ id: 'tag' }]);
});
