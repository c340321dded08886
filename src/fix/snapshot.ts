/** What a repair has to know of a diagnosis, and no more: so that it can be tested with small ones. */
import type { DiagnosedFinding, Diagnosis } from '../diagnose.ts';
import type { Files } from '../facts.ts';
import type { Fix, Severity } from '../rule.ts';
import type { FilePath } from '../source.ts';
import { kindOf, type Subject } from '../subject.ts';
import type { Read } from './plan.ts';

export type SnapshotFinding = {
  /** Rule, subject and file (and detail): the same before and after a fix. */
  readonly id: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly message: string;
  readonly fixes?: readonly Fix[];
};

/** One diagnosis with fresh facts. */
export type Snapshot<F extends SnapshotFinding = SnapshotFinding> = {
  readonly findings: readonly F[];
  /** Every subject that was known. */
  readonly subjects: ReadonlySet<Subject>;
  /** Subjects that some error elsewhere kept from working. */
  readonly blocked: ReadonlySet<Subject>;
  /** All that a subject rests on, directly or not. */
  restsOn(name: Subject): ReadonlySet<Subject>;
  /** The very texts that the findings point into. */
  readonly read: Read;
  /** Whether anything is at a path. */
  existing(file: FilePath): boolean;
  /** Why this diagnosis could not check what a finding of an earlier one says; undefined where it could. */
  unproven(finding: F): string | undefined;
};

/** The parts of a diagnosis that are needed. */
type Diagnosed = Pick<Diagnosis, 'stack' | 'findings' | 'withheld' | 'analysis' | 'outcomes' | 'leftOpen'> & {
  readonly facts: { readonly files: Pick<Files, 'read' | 'stat'> };
};

/** A diagnosis as the repair wants it. */
export function snapshotOf(diagnosis: Diagnosed): Snapshot<DiagnosedFinding> {
  const { facts, stack, findings, withheld, analysis, outcomes, leftOpen } = diagnosis;
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return {
    findings,
    subjects: new Set(stack.subjects),
    // What is withheld was ill all along, though nothing was said of it.
    blocked: new Set([...analysis.blocked, ...withheld.map(({ subject }) => subject)]),
    restsOn: (name) => stack.restsOn(name),
    read: (file) => facts.files.read(file),
    existing: (file) => facts.files.stat(file) !== undefined,
    unproven: ({ rule, subject }) => {
      const below = stack.restsOn(subject);
      // What is left open on an engine or a registry comes from a fact that ended the whole rule.
      const concerns = (name: Subject) =>
        name === subject || below.has(name) || kindOf(name) === 'engine' || kindOf(name) === 'registry';
      const open = leftOpen.find((one) => one.rule === rule && concerns(one.subject));
      if (open) return open.because;
      const outcome = outcomeOf.get(rule);
      if (!outcome) return 'its rule was not run';
      // A rule that ran to its end gives no reason, or that of a subject it left open (looked at above).
      const ended = outcome.outcome === 'pass' || outcome.outcome === 'unverified' || outcome.reason === null;
      return ended ? undefined : (outcome.reason ?? undefined);
    },
  };
}
