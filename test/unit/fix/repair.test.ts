import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listJournals } from '../../../src/fix/journal.ts';
import { selectFixes } from '../../../src/fix/plan.ts';
import { type RepairEvent, type RepairOptions, repair } from '../../../src/fix/repair.ts';
import type { RunCommand } from '../../../src/fix/restore.ts';
import type { Snapshot, SnapshotFinding } from '../../../src/fix/snapshot.ts';
import { undoLast } from '../../../src/fix/undo.ts';
import type { Fix, Severity } from '../../../src/rule.ts';
import type { Subject } from '../../../src/subject.ts';
import { fixOf, noCommands, replacing, treeOf, type Workspace, workspace } from './workspace.ts';

/**
 * A small rule: a text in a file that is wrong, and what to write instead. `unless` hides it while another text
 * stands in some file, as a fault further up does.
 */
type Fault = {
  readonly id: string;
  readonly file: string;
  readonly wrong: string;
  readonly right?: string;
  readonly severity?: Severity;
  readonly subject?: Subject;
  readonly hiddenBy?: string;
  readonly fix?: Fix;
};

const subjectOf = (fault: Fault): Subject => fault.subject ?? `service:c/${fault.id}`;

/** Diagnoses the files as they are now: every fault whose text is really there. */
function diagnosing(place: Workspace, faults: readonly Fault[], extra: Partial<Snapshot> = {}) {
  return async (): Promise<Snapshot> => {
    const all = [...new Set(faults.map(({ file }) => file))]
      .filter(place.existing)
      .map(place.text)
      .join('\n');
    const stands = (fault: Fault) =>
      place.existing(fault.file) && place.text(fault.file).includes(fault.wrong);
    const hidden = (fault: Fault) => fault.hiddenBy !== undefined && all.includes(fault.hiddenBy);
    const findings = faults.filter((fault) => stands(fault) && !hidden(fault));
    return {
      findings: findings.map((fault): SnapshotFinding => {
        const source = { file: fault.file, text: place.text(fault.file) };
        const fixes = fault.right === undefined ? [] : [fixOf(replacing(source, fault.wrong, fault.right))];
        return {
          id: fault.id,
          severity: fault.severity ?? 'error',
          subject: subjectOf(fault),
          message: `“${fault.wrong}” is wrong`,
          fixes: fault.fix ? [fault.fix] : fixes,
        };
      }),
      subjects: new Set(faults.map(subjectOf)),
      blocked: new Set(faults.filter(hidden).map(subjectOf)),
      restsOn: () => new Set(),
      read: place.read,
      existing: place.existing,
      unproven: () => undefined,
      ...extra,
    };
  };
}

function optionsFor(
  place: Workspace,
  faults: readonly Fault[],
  more: Partial<RepairOptions<SnapshotFinding>> = {},
): RepairOptions<SnapshotFinding> {
  return {
    diagnose: diagnosing(place, faults),
    select: (findings) => selectFixes(findings, { unsafe: false }),
    root: place.root,
    stateDirectory: place.state,
    version: '0.0.0',
    run: noCommands,
    ...more,
  };
}

const states = (outcomes: readonly { finding: string; state: string }[]) =>
  Object.fromEntries(outcomes.map(({ finding, state }) => [finding, state]));

test('what proves itself stays, and the files and lines are counted', async () => {
  const place = await workspace({ 'a.yaml': 'one\ntwo\n', 'b.yaml': 'three\n' });
  const events: RepairEvent['type'][] = [];
  const faults = [
    { id: 'one', file: 'a.yaml', wrong: 'one', right: '1' },
    { id: 'two', file: 'a.yaml', wrong: 'two', right: '2\nextra' },
    { id: 'three', file: 'b.yaml', wrong: 'three', right: '3' },
  ];
  const done = await repair(optionsFor(place, faults, { onProgress: ({ type }) => events.push(type) }));
  expect(states(done.outcomes)).toEqual({ one: 'verified', two: 'verified', three: 'verified' });
  expect([place.text('a.yaml'), place.text('b.yaml')]).toEqual(['1\n2\nextra\n', '3\n']);
  expect(done.changed).toEqual([
    { file: 'a.yaml', added: 3, removed: 2, created: false, mode: null },
    { file: 'b.yaml', added: 1, removed: 1, created: false, mode: null },
  ]);
  expect(done).toMatchObject({ rounds: 1, stopped: 'done', revealed: [], snapshot: { findings: [] } });
  expect(events).toEqual(['planned', 'applied', 'verified']);
});

test('what was hidden shows, is progress, and is mended in the next round; one undo takes back all', async () => {
  const place = await workspace({ 'a.yaml': 'root\nhidden\nlast\n' });
  const before = treeOf(place.root);
  const faults: Fault[] = [
    { id: 'root', file: 'a.yaml', wrong: 'root', right: 'ROOT' },
    { id: 'hidden', file: 'a.yaml', wrong: 'hidden', right: 'HIDDEN', hiddenBy: 'root' },
    { id: 'last', file: 'a.yaml', wrong: 'last', hiddenBy: 'hidden' },
  ];
  const done = await repair(optionsFor(place, faults));
  expect(states(done.outcomes)).toEqual({ root: 'verified', hidden: 'verified' });
  expect(done.revealed.map(({ id }) => id)).toEqual(['last']);
  expect(done).toMatchObject({ rounds: 2, stopped: 'done' });
  expect(place.text('a.yaml')).toBe('ROOT\nHIDDEN\nlast\n');
  expect(done.changed).toMatchObject([{ added: 2, removed: 2 }]);

  expect(await listJournals(place.root, place.state)).toHaveLength(2);
  expect(await undoLast(place.root, place.state, noCommands)).toMatchObject({ state: 'restored' });
  expect(treeOf(place.root)).toEqual(before);
});

test('a fix that mends nothing is taken back', async () => {
  const place = await workspace({ 'a.yaml': 'wrong\n' });
  const before = treeOf(place.root);
  const done = await repair(
    optionsFor(place, [{ id: 'x', file: 'a.yaml', wrong: 'wrong', right: 'still wrong' }]),
  );
  expect(done.outcomes).toEqual([
    {
      finding: 'x',
      title: 'mend it',
      state: 'rolled-back',
      reason: 'what it was to mend is still found afterwards',
    },
  ]);
  expect(treeOf(place.root)).toEqual(before);
  expect(done).toMatchObject({ changed: [], stopped: 'done', snapshot: { findings: [{ id: 'x' }] } });
  expect(await undoLast(place.root, place.state, noCommands)).toEqual({ state: 'nothing' });
});

test('one bad fix among good ones is taken back alone', async () => {
  const place = await workspace({ 'a.yaml': 'one\nbad\nthree\n', 'b.yaml': 'four\n' });
  const events: RepairEvent[] = [];
  const faults: Fault[] = [
    { id: 'one', file: 'a.yaml', wrong: 'one', right: '1' },
    { id: 'bad', file: 'a.yaml', wrong: 'bad', right: 'worse' },
    { id: 'three', file: 'a.yaml', wrong: 'three', right: '3' },
    { id: 'four', file: 'b.yaml', wrong: 'four', right: '4' },
    { id: 'fresh', file: 'a.yaml', wrong: 'worse', subject: 'service:c/web' },
  ];
  const done = await repair(optionsFor(place, faults, { onProgress: (event) => events.push(event) }));
  expect(states(done.outcomes)).toEqual({
    one: 'verified',
    bad: 'rolled-back',
    three: 'verified',
    four: 'verified',
  });
  expect(done.outcomes.find(({ finding }) => finding === 'bad')?.reason).toBe(
    'a new error stands on service:c/web: “worse” is wrong',
  );
  expect([place.text('a.yaml'), place.text('b.yaml')]).toEqual(['1\nbad\n3\n', '4\n']);
  expect(done.snapshot.findings.map(({ id }) => id)).toEqual(['bad']);
  expect(events.filter(({ type }) => type === 'one-by-one')).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'rolled-back')).toHaveLength(1);

  await undoLast(place.root, place.state, noCommands);
  expect([place.text('a.yaml'), place.text('b.yaml')]).toEqual(['one\nbad\nthree\n', 'four\n']);
});

test('a value that two services share is changed once, also when fixes are tried one by one', async () => {
  const place = await workspace({ 'a.yaml': 'anchor\nbad\n' });
  const faults: Fault[] = [
    { id: 'api', file: 'a.yaml', wrong: 'anchor', right: 'ANCHOR' },
    { id: 'web', file: 'a.yaml', wrong: 'anchor', right: 'ANCHOR' },
    { id: 'bad', file: 'a.yaml', wrong: 'bad', right: 'still bad' },
  ];
  const done = await repair(optionsFor(place, faults));
  expect(states(done.outcomes)).toEqual({ api: 'verified', web: 'verified', bad: 'rolled-back' });
  expect(done.outcomes.find(({ finding }) => finding === 'web')?.reason).toBe(
    'another fix mended it as well',
  );
  expect(place.text('a.yaml')).toBe('ANCHOR\nbad\n');
});

test('a fix refused for an overlap gets its turn in the next round', async () => {
  const place = await workspace({ 'a.yaml': 'ab\n' });
  const faults: Fault[] = [
    { id: 'first', file: 'a.yaml', wrong: 'ab', right: 'xb' },
    { id: 'second', file: 'a.yaml', wrong: 'b', right: 'y' },
  ];
  const done = await repair(optionsFor(place, faults));
  expect(place.text('a.yaml')).toBe('xy\n');
  expect(states(done.outcomes)).toEqual({ first: 'verified', second: 'verified' });
  expect(done.rounds).toBe(2);
});

test('a fix that stays refused says why', async () => {
  const place = await workspace({ 'a.yaml': 'x\n' });
  const fix = fixOf({ kind: 'create', file: '../out.yaml', text: 'x' });
  const done = await repair(optionsFor(place, [{ id: 'x', file: 'a.yaml', wrong: 'x', fix }]));
  expect(done.outcomes).toEqual([
    { finding: 'x', title: 'mend it', state: 'refused', reason: '../out.yaml lies outside of the workspace' },
  ]);
  expect(done.rounds).toBe(0);
});

test('a file that was edited while the person thought is left alone', async () => {
  const place = await workspace({ 'a.yaml': 'x\n' });
  const faults = [{ id: 'x', file: 'a.yaml', wrong: 'x', right: 'y' }];
  const initial = await diagnosing(place, faults)();
  const old = place.text('a.yaml');
  const done = await repair(
    optionsFor(place, faults, {
      initial: { ...initial, read: (file) => ({ file, text: old }) },
      onProgress: ({ type }) => type === 'planned' && writeFileSync(place.path('a.yaml'), 'x # mine\n'),
    }),
  );
  expect(done.outcomes).toMatchObject([{ state: 'refused', reason: 'a.yaml was changed since it was read' }]);
  expect(place.text('a.yaml')).toBe('x # mine\n');
});

test('a change that cannot be taken back is told and stops the repair', async () => {
  const place = await workspace({ 'a.yaml': 'x\n' });
  const faults = [{ id: 'x', file: 'a.yaml', wrong: 'x', right: 'xx' }];
  const done = await repair(
    optionsFor(place, faults, {
      onProgress: ({ type }) => type === 'applied' && writeFileSync(place.path('a.yaml'), 'xx # mine\n'),
    }),
  );
  expect(done.stopped).toBe('stuck');
  expect(done.outcomes).toMatchObject([
    {
      state: 'refused',
      reason: expect.stringContaining('could not be taken back: a.yaml: it was edited since'),
    },
  ]);
  expect(place.text('a.yaml')).toBe('xx # mine\n');
});

test('two fixes that undo each other do not go round in circles', async () => {
  const place = await workspace({ 'a.yaml': 'left\n' });
  const faults: Fault[] = [
    { id: 'l', file: 'a.yaml', wrong: 'left', right: 'right', severity: 'warning' },
    { id: 'r', file: 'a.yaml', wrong: 'right', right: 'left', severity: 'warning' },
  ];
  const done = await repair(optionsFor(place, faults));
  expect(states(done.outcomes)).toEqual({ l: 'verified', r: 'rolled-back' });
  expect(place.text('a.yaml')).toBe('right\n');
});

test('a state of the files that was there before ends the repair', async () => {
  const place = await workspace({ 'a.yaml': 'left\n', 'b.yaml': 'b\n' });
  let count = 0;
  // A finding with a new name each time: nothing else would notice the circle.
  const diagnose = async () => {
    count += 1;
    const [wrong, right] = place.text('a.yaml').includes('left') ? ['left', 'right'] : ['right', 'left'];
    return diagnosing(place, [{ id: `f${count}`, file: 'a.yaml', wrong, right, severity: 'warning' }])();
  };
  const done = await repair(optionsFor(place, [], { diagnose }));
  expect(done).toMatchObject({ stopped: 'seen', rounds: 2, changed: [] });
});

test('rounds have a bound', async () => {
  const place = await workspace({ 'a.yaml': '0\n' });
  const chain = Array.from({ length: 9 }, (_, step): Fault => {
    return { id: `f${step}`, file: 'a.yaml', wrong: `${step}`, right: `${step + 1}`, severity: 'warning' };
  });
  const done = await repair(optionsFor(place, chain));
  expect(place.text('a.yaml')).toBe('5\n');
  expect(done).toMatchObject({ stopped: 'bound', rounds: 5 });
  expect(Object.values(states(done.outcomes))).toEqual(Array.from({ length: 5 }, () => 'verified'));
});

test('a command that mends is kept, one that fails or mends nothing is taken back', async () => {
  const place = await workspace({ state: 'off\n', 'a.yaml': 'x\n' });
  const asked: string[] = [];
  const run: RunCommand = async (argv) => {
    asked.push(argv.join(' '));
    if (argv[1] === 'on') writeFileSync(place.path('state'), 'on\n');
    return { ok: argv[1] !== 'fail', output: 'no' };
  };
  const command = (name: string): Fix =>
    fixOf({ kind: 'run', argv: ['engine', name], undo: ['engine', `un-${name}`], why: name });
  const faults: Fault[] = [
    { id: 'off', file: 'state', wrong: 'off', fix: command('on') },
    { id: 'x', file: 'a.yaml', wrong: 'x', fix: command('idle') },
    { id: 'x2', file: 'a.yaml', wrong: 'x', fix: command('fail') },
  ];
  const done = await repair(optionsFor(place, faults, { run }));
  expect(states(done.outcomes)).toEqual({ off: 'verified', x: 'rolled-back', x2: 'rolled-back' });
  expect(done.outcomes.find(({ finding }) => finding === 'x2')?.reason).toBe(
    '`engine fail` did not succeed: no',
  );
  expect(asked.slice(0, 5)).toEqual([
    'engine on',
    'engine idle',
    'engine fail',
    'engine un-idle',
    'engine un-on',
  ]);
  expect(asked).toContain('engine un-idle');
});

test('a diagnosis that fails takes the unverified change with it', async () => {
  const place = await workspace({ 'a.yaml': 'x\n' });
  const faults = [{ id: 'x', file: 'a.yaml', wrong: 'x', right: 'y' }];
  const look = diagnosing(place, faults);
  const diagnose = async () => {
    if (place.text('a.yaml') !== 'x\n') throw new Error('interrupted');
    return look();
  };
  await expect(repair(optionsFor(place, faults, { diagnose }))).rejects.toThrow('interrupted');
  expect(place.text('a.yaml')).toBe('x\n');
});

test('an interrupt keeps what was verified and begins nothing new', async () => {
  const place = await workspace({ 'a.yaml': 'root\nhidden\n' });
  const stop = new AbortController();
  const faults: Fault[] = [
    { id: 'root', file: 'a.yaml', wrong: 'root', right: 'ROOT' },
    { id: 'hidden', file: 'a.yaml', wrong: 'hidden', right: 'HIDDEN', hiddenBy: 'root' },
  ];
  const onProgress = ({ type }: RepairEvent) => type === 'verified' && stop.abort();
  const done = await repair(optionsFor(place, faults, { signal: stop.signal, onProgress }));
  expect(done).toMatchObject({ stopped: 'interrupted', rounds: 1 });
  expect(place.text('a.yaml')).toBe('ROOT\nhidden\n');
});
