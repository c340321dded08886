/** What follows from a finding that spoils values: it is told under that one, or not at all. Pure. */
import type { DiagnosedFinding } from './diagnose.ts';
import type { Place } from './source.ts';
import type { Subject } from './subject.ts';

export type Followed = {
  readonly findings: readonly DiagnosedFinding[];
  /** Warnings and hints that say no more than the warning they follow from. */
  readonly withheld: readonly DiagnosedFinding[];
  /** By the id of a finding, the ids of those it follows from. */
  readonly follows: ReadonlyMap<string, readonly string[]>;
  /** By the id of a finding that is an error only because errors follow from it, the subjects of those. */
  readonly feltOn: ReadonlyMap<string, readonly Subject[]>;
};

/**
 * Findings on values that another finding spoils follow from that one. What makes an error follow is an error itself,
 * felt where that error is. A warning that follows from a warning would say the same thing twice.
 */
export function followSpoilt(findings: readonly DiagnosedFinding[]): Followed {
  const spoilers = findings.filter(({ spoils }) => spoils && spoils.length > 0);
  const follows = new Map<string, string[]>();
  const feltOn = new Map<string, Subject[]>();
  if (spoilers.length === 0) return { findings, withheld: [], follows, feltOn };
  const withheld = new Set<DiagnosedFinding>();
  for (const finding of findings) {
    const { at, spoils } = finding;
    const roots = at && !spoils ? spoilers.filter((one) => isSpoilt(at, one)) : [];
    if (roots.length === 0) continue;
    follows.set(
      finding.id,
      roots.map(({ id }) => id),
    );
    if (finding.severity !== 'error') {
      if (roots.every(({ severity }) => severity !== 'error')) withheld.add(finding);
      continue;
    }
    for (const { id, severity } of roots) {
      if (severity === 'error') continue;
      const known = feltOn.get(id) ?? [];
      if (!known.includes(finding.subject)) feltOn.set(id, [...known, finding.subject]);
    }
  }
  return {
    findings: findings
      .filter((finding) => !withheld.has(finding))
      .map((finding) => (feltOn.has(finding.id) ? { ...finding, severity: 'error' as const } : finding)),
    withheld: [...withheld],
    follows,
    feltOn,
  };
}

function isSpoilt(at: Place, { spoils = [] }: DiagnosedFinding): boolean {
  return spoils.some(
    ({ value, part }) =>
      value.file === at.file &&
      value.start <= at.start &&
      at.end <= value.end &&
      part.start < at.end &&
      at.start < part.end,
  );
}
