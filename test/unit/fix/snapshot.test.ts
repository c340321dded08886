import { expect, test } from 'vitest';
import type { DiagnosedFinding } from '../../../src/diagnose.ts';
import { snapshotOf } from '../../../src/fix/snapshot.ts';
import type { RuleOutcome } from '../../../src/report.ts';
import { analyse, buildStack } from '../../../src/stack.ts';
import type { Subject } from '../../../src/subject.ts';

const finding: DiagnosedFinding = {
  id: 'build/x#service:c/api',
  rule: 'build/x',
  layer: 'build',
  severity: 'error',
  subject: 'service:c/api',
  message: 'wrong',
};

type Open = { readonly rule: string; readonly subject: Subject; readonly because: string };

function unproven(
  outcome: RuleOutcome['outcome'] | undefined,
  reason: string | null,
  leftOpen: readonly Open[] = [],
) {
  const stack = buildStack([], () => []);
  const snapshot = snapshotOf({
    facts: {
      files: {
        stat: (file) => (file === 'a' ? { kind: 'file', size: 1, mode: 0o644 } : undefined),
        read: (file) => ({ file, text: 'x' }),
      },
    },
    stack,
    findings: [],
    withheld: [],
    analysis: analyse(stack, []),
    outcomes: outcome ? [{ id: 'build/x', layer: 'build', outcome, reason, ms: 0 }] : [],
    leftOpen,
  });
  expect([snapshot.existing('a'), snapshot.existing('b')]).toEqual([true, false]);
  return snapshot.unproven(finding);
}

test('a rule that ran to its end proves that its finding is gone', () => {
  expect(unproven('pass', null)).toBeUndefined();
  expect(unproven('fail', null)).toBeUndefined();
});

test('a rule that was not run, or not to its end, proves nothing', () => {
  expect(unproven(undefined, null)).toBe('its rule was not run');
  expect(unproven('skipped', 'left out')).toBe('left out');
  expect(unproven('blocked', 'no engine')).toBe('no engine');
  expect(unproven('crashed', 'a bug')).toBe('a bug');
  expect(unproven('fail', 'no engine half-way')).toBe('no engine half-way');
});

test('a subject left open proves nothing of itself, and nothing against others', () => {
  const open = (subject: Subject, rule = 'build/x') => [{ rule, subject, because: 'no network' }];
  expect(unproven('unverified', 'no network', open('service:c/api'))).toBe('no network');
  expect(unproven('unverified', 'no network', open('engine'))).toBe('no network');
  expect(unproven('unverified', 'no network', open('service:c/web'))).toBeUndefined();
  expect(unproven('pass', null, open('service:c/api', 'build/other'))).toBeUndefined();
});
