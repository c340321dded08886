/** The loop: plan, apply, verify, and again, until nothing applies any more. What does not prove itself is taken back. */
import { randomUUID } from 'node:crypto';
import type { FixOutcome } from '../report.ts';
import { applyPlan } from './apply.ts';
import { type ChangedFile, trackChanges } from './changed-files.ts';
import type { FileChange } from './changes.ts';
import {
  type Candidate,
  type Outside,
  type Plan,
  type PlannedFix,
  planFixes,
  type RefusedFix,
} from './plan.ts';
import { type Restored, type RunCommand, stillDone } from './restore.ts';
import type { Snapshot, SnapshotFinding } from './snapshot.ts';
import { verify } from './verify.ts';

/** Rounds of one repair: each mends what the one before had hidden. A bound, so that the loop ends whatever rules do. */
const MOST_ROUNDS = 5;

export type RepairEvent =
  | {
      readonly type: 'planned';
      readonly round: number;
      readonly fixes: readonly PlannedFix[];
      readonly refused: readonly RefusedFix[];
    }
  | {
      readonly type: 'applied';
      readonly fixes: readonly PlannedFix[];
      readonly changes: readonly FileChange[];
    }
  | { readonly type: 'verified'; readonly fixes: readonly PlannedFix[] }
  | { readonly type: 'rolled-back'; readonly fixes: readonly PlannedFix[]; readonly reason: string }
  /** Several fixes together did not prove themselves; now each is tried alone. */
  | { readonly type: 'one-by-one'; readonly fixes: readonly PlannedFix[] };

export type RepairOptions<F extends SnapshotFinding> = {
  /** Looks at everything again, with fresh facts. */
  readonly diagnose: () => Promise<Snapshot<F>>;
  /** Which fixes the person consents to; asked again in each round. */
  readonly select: (findings: readonly F[]) => readonly Candidate[];
  readonly root: string;
  readonly stateDirectory: string;
  readonly version: string;
  readonly run: RunCommand;
  readonly outside?: Outside;
  /** A diagnosis that was made already; without it, one is made first. */
  readonly initial?: Snapshot<F>;
  readonly onProgress?: (event: RepairEvent) => void;
  /** Stops before the next change; what was verified by then stays. */
  readonly signal?: AbortSignal;
  readonly mostRounds?: number;
};

export type Repair<F extends SnapshotFinding> = {
  /** One for each finding that a fix was chosen for. */
  readonly outcomes: readonly FixOutcome[];
  /** The diagnosis of the state that is left behind. */
  readonly snapshot: Snapshot<F>;
  readonly changed: readonly ChangedFile[];
  /** Findings of the last diagnosis that the first one did not have: they were hidden behind what is mended now. */
  readonly revealed: readonly F[];
  readonly rounds: number;
  /**
   * `done`: nothing is left to apply. `bound`: there was still something after the last round. `seen`: the files came
   * back to a state they had before. `interrupted`: the signal. `stuck`: something could not be taken back.
   */
  readonly stopped: 'done' | 'bound' | 'seen' | 'interrupted' | 'stuck';
};

type Attempt<F extends SnapshotFinding> = {
  readonly result: 'kept' | 'nothing' | 'rolled-back' | 'stuck';
  /** The diagnosis that holds afterwards. */
  readonly snapshot: Snapshot<F>;
  readonly fixes: readonly PlannedFix[];
  readonly refused: readonly RefusedFix[];
  /** Why it was not kept. */
  readonly reason: string;
};

/**
 * Applies the selected fixes and keeps those that prove themselves: see `verify`. Where several together do not, all
 * of them are taken back and tried one by one, so that the good ones stay.
 *
 * @throws what `diagnose` throws; changes that could not be verified then are taken back first
 */
export async function repair<F extends SnapshotFinding>(options: RepairOptions<F>): Promise<Repair<F>> {
  const { diagnose, select, signal, onProgress = () => {}, mostRounds = MOST_ROUNDS } = options;
  const target = { ...options, group: randomUUID() };
  const files = trackChanges();
  const outcomes = new Map<string, FixOutcome>();
  const mended = new Set<string>();
  const first = options.initial ?? (await diagnose());
  let snapshot = first;

  const note = (state: FixOutcome['state'], fixes: readonly Noted[], reason: string | null) => {
    for (const { finding, title, reason: own } of fixes) {
      outcomes.set(finding, { finding, title, state, reason: own ?? reason });
      if (state === 'verified') mended.add(finding);
    }
  };
  const isTried = ({ finding }: Candidate) => outcomes.get(finding)?.state === 'rolled-back';
  const candidates = () => select(snapshot.findings).filter((candidate) => !isTried(candidate));
  const planned = (chosen: readonly Candidate[]) =>
    planFixes(chosen, snapshot.read, snapshot.existing, options.outside);

  const attempt = async (plan: Plan): Promise<Attempt<F>> => {
    const before = snapshot;
    const applied = await applyPlan(plan, target);
    const { refused } = applied;
    if (applied.state === 'failed') {
      const isStuck = applied.left.length > 0;
      const left = isStuck ? `; not put back: ${applied.left.join(', ')}` : '';
      const reason = `${applied.reason}${left}`;
      const result = isStuck ? 'stuck' : 'rolled-back';
      return { result, snapshot: await fresh(before, plan, isStuck), fixes: plan.accepted, refused, reason };
    }
    const { fixes, changes } = applied;
    if (fixes.length === 0) return { result: 'nothing', snapshot: before, fixes, refused, reason: '' };
    onProgress({ type: 'applied', fixes, changes });

    let after: Snapshot<F>;
    try {
      after = await diagnose();
    } catch (error) {
      await applied.restore();
      throw error;
    }
    const ids = new Set(fixes.map(({ finding }) => finding));
    const fixed = before.findings.filter(({ id }) => ids.has(id));
    const verdict = verify(before, after, fixed, mended);
    if (verdict.ok) {
      files.keep(changes);
      return { result: 'kept', snapshot: after, fixes, refused, reason: '' };
    }
    const restored = await applied.restore();
    if (restored.state === 'restored') {
      const reason = `${verdict.reason}${stillDone(restored)}`;
      return { result: 'rolled-back', snapshot: await fresh(before, plan, false), fixes, refused, reason };
    }
    files.keep(changes);
    const reason = `${verdict.reason}; it could not be taken back: ${whyNot(restored)}`;
    return { result: 'stuck', snapshot: after, fixes, refused, reason };
  };

  /** Files come back byte by byte, so the old diagnosis holds again; what commands did may not. */
  const fresh = async (before: Snapshot<F>, plan: Plan, isChanged: boolean) => {
    const runs = plan.accepted.some(({ fix }) => fix.steps.some((step) => step.kind === 'run'));
    return runs || isChanged ? diagnose() : before;
  };

  const settle = ({ result, fixes, refused, reason, snapshot: next }: Attempt<F>) => {
    snapshot = next;
    note('refused', refused, null);
    if (result === 'kept') {
      note('verified', fixes, null);
      onProgress({ type: 'verified', fixes });
    }
    if (result === 'rolled-back') {
      note('rolled-back', fixes, reason);
      onProgress({ type: 'rolled-back', fixes, reason });
    }
    if (result === 'stuck') note('refused', fixes, reason);
  };

  const oneByOne = async (fixes: readonly PlannedFix[]): Promise<'kept' | 'nothing' | 'stuck'> => {
    onProgress({ type: 'one-by-one', fixes });
    let result: 'kept' | 'nothing' = 'nothing';
    for (const fix of fixes) {
      if (signal?.aborted) break;
      if (!snapshot.findings.some(({ id }) => id === fix.finding)) {
        note('verified', [fix], 'another fix mended it as well');
        continue;
      }
      const candidate = candidates().find(({ finding }) => finding === fix.finding);
      const plan = planned(candidate ? [candidate] : []);
      note('refused', plan.refused, null);
      if (plan.accepted.length === 0) continue;
      const tried = await attempt(plan);
      settle(tried);
      if (tried.result === 'stuck') return 'stuck';
      if (tried.result === 'kept') result = 'kept';
    }
    return result;
  };

  const finish = (rounds: number, stopped: Repair<F>['stopped']): Repair<F> => {
    const known = new Set(first.findings.map(({ id }) => id));
    const remaining = new Set(snapshot.findings.map(({ id }) => id));
    for (const finding of first.findings) {
      const outcome = outcomes.get(finding.id);
      if (outcome?.state !== 'refused' || remaining.has(finding.id) || snapshot.unproven(finding)) continue;
      note('verified', [{ finding: finding.id, title: outcome.title }], 'another fix mended it as well');
    }
    const revealed = snapshot.findings.filter(({ id }) => !known.has(id));
    return { outcomes: [...outcomes.values()], snapshot, changed: files.list(), revealed, rounds, stopped };
  };

  const seen = new Set([files.state()]);
  for (let round = 1; round <= mostRounds; round++) {
    if (signal?.aborted) return finish(round - 1, 'interrupted');
    const plan = planned(candidates());
    note('refused', plan.refused, null);
    if (plan.accepted.length === 0) return finish(round - 1, 'done');
    onProgress({ type: 'planned', round, fixes: plan.accepted, refused: plan.refused });

    const together = await attempt(plan);
    let { result } = together;
    if (result === 'rolled-back' && together.fixes.length > 1) {
      snapshot = together.snapshot;
      note('refused', together.refused, null);
      result = await oneByOne(together.fixes);
    } else {
      settle(together);
    }
    if (result === 'stuck') return finish(round, 'stuck');
    if (result !== 'kept') return finish(round, signal?.aborted ? 'interrupted' : 'done');
    const touchesFiles = plan.accepted.some(({ fix }) => fix.steps.some((step) => step.kind !== 'run'));
    if (touchesFiles && seen.has(files.state())) return finish(round, 'seen');
    seen.add(files.state());
  }
  return finish(mostRounds, planned(candidates()).accepted.length > 0 ? 'bound' : 'done');
}

type Noted = { readonly finding: string; readonly title: string; readonly reason?: string };

function whyNot(restored: Exclude<Restored, { state: 'restored' }>): string {
  if (restored.state === 'failed') return restored.reason;
  return restored.conflicts.map(({ file, reason }) => `${file}: ${reason}`).join('; ');
}
