/** Whether fixes did what they promised: compares the diagnosis before with the one after. Pure. */
import type { Subject } from '../subject.ts';
import type { Snapshot, SnapshotFinding } from './snapshot.ts';

export type Verdict =
  | { readonly ok: true }
  /** The end of the sentence "taken back, because …". */
  | { readonly ok: false; readonly reason: string };

/**
 * A fix is kept when its finding is gone, provably, and no new error stands on a subject that was healthy before.
 * Errors on subjects that something blocked before were hidden behind the fault: that they show now is progress.
 *
 * @param fixed the findings that the fixes were to mend, as they stood in `before`
 * @param mended ids of findings that earlier fixes mended: they must not come back
 */
export function verify<F extends SnapshotFinding>(
  before: Snapshot<F>,
  after: Snapshot<F>,
  fixed: readonly F[],
  mended: ReadonlySet<string>,
): Verdict {
  const remaining = new Set(after.findings.map(({ id }) => id));
  for (const finding of fixed) {
    if (remaining.has(finding.id))
      return { ok: false, reason: 'what it was to mend is still found afterwards' };
    const unproven = after.unproven(finding);
    if (unproven !== undefined) {
      return { ok: false, reason: `whether it mended anything cannot be checked: ${unproven}` };
    }
  }

  const back = after.findings.find(({ id }) => mended.has(id));
  if (back)
    return { ok: false, reason: `it brings back what was mended on ${back.subject}: ${back.message}` };

  const broken = regressions(before, after)[0];
  if (broken) return { ok: false, reason: `a new error stands on ${broken.subject}: ${broken.message}` };
  return { ok: true };
}

/** Errors that were not there before, on subjects that were healthy then. */
export function regressions<F extends SnapshotFinding>(
  before: Snapshot<F>,
  after: Snapshot<F>,
): readonly F[] {
  const known = new Set(before.findings.flatMap(({ id, severity }) => (severity === 'error' ? [id] : [])));
  const faulty = new Set<Subject>();
  for (const { severity, subject } of before.findings) if (severity === 'error') faulty.add(subject);
  const ill = new Set<Subject>([...before.blocked, ...faulty]);
  // What nobody knew of was hidden where something it rests on was ill (services of a file that could not be parsed),
  // or where what rests on it was at fault itself (base images of a Dockerfile that was not found).
  const wasHidden = (name: Subject) =>
    !before.subjects.has(name) &&
    ([...after.restsOn(name)].some((lower) => ill.has(lower)) ||
      [...faulty].some((upper) => after.restsOn(upper).has(name)));
  const wasHealthy = (name: Subject) => !ill.has(name) && !wasHidden(name);
  return after.findings.filter(
    (finding) =>
      finding.severity === 'error' &&
      !known.has(finding.id) &&
      wasHealthy(finding.subject) &&
      // What could not be checked before (nobody could ask the engine) was not known to be healthy.
      before.unproven(finding) === undefined,
  );
}
