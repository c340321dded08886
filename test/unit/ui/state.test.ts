import { describe, expect, it } from 'vitest';
import type { ReportFix } from '../../../src/report.ts';
import {
  type Action,
  initialState,
  reduce,
  type State,
  selectedFixes,
  selectedItem,
} from '../../../src/ui/state.ts';
import { brokenReport, finding, healthyReport, mendedReport, reportOf } from '../../support/sample-report.ts';

const reach = (state: State, ...actions: Action[]) => actions.reduce(reduce, state);
const diagnosed = (report = brokenReport) => reach(initialState, { type: 'diagnosed', report });
const move = (by: number, limit = 0): Action => ({ type: 'move', by, limit });

const fix = (title: string, safety: ReportFix['safety'], caveat: string | null = null): ReportFix => ({
  title,
  safety,
  caveat,
  steps: [{ kind: 'create', file: 'x', newText: '' }],
  diff: '',
});
const withFixes = (...fixes: ReportFix[]) =>
  diagnosed(reportOf([finding({ id: 'a', message: 'a fault', fixes })]));

describe('a diagnosis', () => {
  it('is asked for at once, and selects the first root cause', () => {
    expect(initialState.request).toEqual({ kind: 'diagnose' });
    const state = diagnosed();
    expect(state.task).toBeUndefined();
    expect(state.request).toBeUndefined();
    expect(selectedItem(state)).toMatchObject({ kind: 'group', group: { findings: { length: 13 } } });
  });

  it('follows the rules as they run', () => {
    const state = reach(
      initialState,
      { type: 'event', event: { type: 'rule-started', rule: 'compose/a' } },
      { type: 'event', event: { type: 'rule-started', rule: 'compose/b' } },
      { type: 'event', event: { type: 'rule-ended', rule: 'compose/a', outcome: 'fail' } },
      { type: 'event', event: { type: 'progress', text: 'asking docker.io' } },
    );
    expect([...state.rules]).toEqual([
      ['compose/a', 'fail'],
      ['compose/b', undefined],
    ]);
    expect(state.progress).toBe('asking docker.io');
    expect(reach(state, { type: 'diagnosed', report: healthyReport }).rules.size).toBe(0);
  });

  it('that fails says why, and can be asked for again', () => {
    const state = reach(initialState, { type: 'failed', message: 'compose.yaml cannot be read' });
    expect(state.notice).toEqual({ tone: 'bad', text: 'compose.yaml cannot be read' });
    expect(reach(state, { type: 'again' }).request).toEqual({ kind: 'diagnose' });
  });
});

describe('moving', () => {
  it('stays within the rows', () => {
    const state = diagnosed();
    const first = state.selected;
    expect(reach(state, move(-1)).selected).toBe(first);
    const last = reach(state, move(Number.POSITIVE_INFINITY));
    expect(selectedItem(last)).toMatchObject({ kind: 'unchecked' });
    expect(reach(last, move(1)).selected).toBe(last.selected);
    expect(reach(last, move(Number.NEGATIVE_INFINITY)).selected).toBe(first);
  });

  it('scrolls an entry that is open, and no further than it goes', () => {
    const open = reach(diagnosed(), { type: 'open' });
    expect(reach(open, move(3, 10), move(30, 10)).scroll).toBe(10);
    expect(reach(open, move(30, 10), move(-1, 10)).scroll).toBe(9);
    expect(reach(open, move(8, 10), move(-1, 4)).scroll).toBe(3);
    expect(reach(open, move(-5, 10)).scroll).toBe(0);
    expect(reach(open, move(3, 10), { type: 'back' })).toMatchObject({ screen: 'list', scroll: 0 });
  });

  it('has nowhere to go in a healthy stack', () => {
    const state = diagnosed(healthyReport);
    expect(reach(state, move(1), { type: 'open' })).toEqual(state);
  });
});

describe('a fix', () => {
  it('that is safe is applied at once', () => {
    const state = reach(diagnosed(), { type: 'fix' });
    expect(state.task).toBe('fix');
    expect(state.request).toMatchObject({ kind: 'fix', fix: { index: 0, parts: { length: 13 } } });
  });

  it.each(['unsafe', 'manual'] as const)('that is %s asks first', (safety) => {
    const asked = reach(withFixes(fix('a → b', safety, 'look at c')), { type: 'fix' });
    expect(asked.question?.kind).toBe('consent');
    expect(asked.request).toBeUndefined();
    expect(reach(asked, { type: 'answer', yes: true }).request).toMatchObject({
      kind: 'fix',
      fix: { index: 0 },
    });
    const left = reach(asked, { type: 'answer', yes: false });
    expect(left).toMatchObject({ question: undefined, request: undefined, task: undefined });
    expect(left.notice?.text).toBe('Nothing was changed.');
  });

  it('of several is chosen by its number', () => {
    const state = withFixes(fix('a → b', 'manual'), fix('a → c', 'unsafe'));
    const asked = reach(state, { type: 'fix' });
    expect(asked.question?.kind).toBe('choose');
    expect(reach(asked, { type: 'choose', number: 3 })).toBe(asked);
    expect(reach(asked, { type: 'choose', number: 1 }).request).toMatchObject({
      kind: 'fix',
      fix: { index: 0 },
    });
    const unsafe = reach(asked, { type: 'choose', number: 2 });
    expect(unsafe).toMatchObject({ request: undefined, question: { kind: 'consent', fix: { index: 1 } } });
    expect(reach(asked, { type: 'back' }).question).toBeUndefined();
  });

  it('offers no more choices than there are digits', () => {
    const many = Array.from({ length: 12 }, (_, index) => fix(`a → ${index}`, 'manual'));
    const asked = reach(withFixes(...many), { type: 'fix' });
    expect(asked.question).toMatchObject({ kind: 'choose', fixes: { length: 9 } });
  });

  it('that does nothing by itself is not offered', () => {
    const state = withFixes({ ...fix('ask the team', 'manual'), steps: [] });
    expect(selectedFixes(state)).toEqual([]);
    expect(reach(state, { type: 'fix' }).notice?.text).toMatch(/^No fix is offered here/);
  });

  it('of everything safe needs something safe', () => {
    expect(reach(diagnosed(), { type: 'fix-all' }).request).toEqual({ kind: 'fix-all' });
    const none = reach(diagnosed(mendedReport), { type: 'fix-all' });
    expect(none.request).toBeUndefined();
    expect(none.notice?.text).toBe('There is no safe fix left to apply.');
  });

  it('leads to the report after it, with what was not kept', () => {
    const run = { report: mendedReport, outcomes: mendedReport.fixes, message: '13 gone.' };
    const kept = reach(diagnosed(), { type: 'fix' }, { type: 'fixed', run });
    expect(kept).toMatchObject({ task: undefined, notKept: [], notice: { tone: 'good', text: '13 gone.' } });
    expect(selectedItem(kept)).toMatchObject({ group: { title: /load-tester/ } });

    const outcome = { finding: 'a', title: 'a → b', state: 'rolled-back' as const, reason: 'it broke web' };
    const notKept = reach(
      diagnosed(),
      { type: 'fix' },
      { type: 'fixed', run: { ...run, outcomes: [outcome] } },
    );
    expect(notKept.notKept).toEqual([outcome]);
    expect(notKept.notice).toEqual({ tone: 'bad', text: '13 gone. (1 fix not kept)' });
  });
});

describe('while something runs', () => {
  const fixing = reach(diagnosed(), { type: 'fix' });

  it.each<Action['type']>(['fix', 'fix-all', 'undo', 'again'])('%s says so and does nothing', (type) => {
    const state = reach(fixing, { type } as Action);
    expect(state.request).toBe(fixing.request);
    expect(state.notice?.text).toBe('Not now: a fix is being applied and checked.');
  });

  it('one can still look around', () => {
    expect(reach(fixing, move(1)).selected).not.toBe(fixing.selected);
    expect(reach(fixing, { type: 'open' }).screen).toBe('detail');
  });

  it('quitting waits for a fix', () => {
    const asked = reach(fixing, { type: 'quit' });
    expect(asked.quit).toBe('asked');
    const run = { report: mendedReport, outcomes: [], message: '' };
    expect(reach(asked, { type: 'fixed', run }).quit).toBe('now');
    expect(reach(asked, { type: 'failed', message: 'the disk is full' }).quit).toBe('now');
  });

  it('quitting does not wait for a diagnosis', () => {
    expect(reach(initialState, { type: 'quit' }).quit).toBe('now');
    expect(reach(diagnosed(), { type: 'quit' }).quit).toBe('now');
  });
});

describe('undo', () => {
  const undoing = reach(diagnosed(mendedReport), { type: 'undo' });

  it('looks again at what was taken back', () => {
    expect(undoing).toMatchObject({ task: 'undo', request: { kind: 'undo' } });
    const done = reach(undoing, { type: 'undone', ok: true, message: '3 files are as before.' });
    expect(done).toMatchObject({ task: 'diagnosis', request: { kind: 'diagnose' } });
    expect(reach(done, { type: 'diagnosed', report: brokenReport }).notice?.text).toBe(
      '3 files are as before.',
    );
  });

  it('that is refused says why and leaves all as it is', () => {
    const refused = reach(undoing, { type: 'undone', ok: false, message: 'compose.yaml was edited since.' });
    expect(refused).toMatchObject({ task: undefined, request: undefined, notice: { tone: 'bad' } });
  });

  it('does not begin another diagnosis for someone who leaves', () => {
    const done = reach(undoing, { type: 'quit' }, { type: 'undone', ok: true, message: 'done' });
    expect(done).toMatchObject({ quit: 'now', request: undefined });
  });
});

describe('a new report', () => {
  it('keeps the selection where its entry is still there', () => {
    const state = reach(diagnosed(), move(2), { type: 'again' }, { type: 'diagnosed', report: mendedReport });
    expect(selectedItem(state)).toMatchObject({ kind: 'unchecked' });
  });

  it('closes an entry that is gone', () => {
    const state = reach(
      diagnosed(),
      { type: 'open' },
      { type: 'again' },
      { type: 'diagnosed', report: mendedReport },
    );
    expect(state.screen).toBe('list');
  });
});
