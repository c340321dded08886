/** Two findings about one value, where neither follows from the other: one fault under two names. */
import type { DiagnosedFinding, Diagnosis } from '../../src/diagnose.ts';
import { locate } from '../../src/source.ts';

/** The pairs, a line each; hints are left out: they ask for nothing. */
export function overlaps({ facts, findings, analysis }: Diagnosis): string[] {
  const told = findings.filter(({ at, severity }) => at && severity !== 'info');
  const causeOf = ({ id, cause }: DiagnosedFinding) => cause?.id ?? id;
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const follows = (one: DiagnosedFinding, other: DiagnosedFinding) =>
    (analysis.of.get(one.id)?.causedBy ?? []).some((id) => {
      const above = byId.get(id);
      return above !== undefined && causeOf(above) === causeOf(other);
    });
  return told.flatMap((one, index) =>
    told.slice(index + 1).flatMap((other) => {
      if (!one.at || !other.at || one.at.file !== other.at.file) return [];
      if (one.at.start >= other.at.end || other.at.start >= one.at.end) return [];
      if (causeOf(one) === causeOf(other)) return [];
      if (follows(one, other) || follows(other, one)) return [];
      const source = facts.files.read(one.at.file);
      const line = 'text' in source ? locate(source, one.at).line : 0;
      return [
        `${one.at.file}:${line}: ${[one, other].map(({ rule, message }) => `${rule} (${message})`).join(' and ')}`,
      ];
    }),
  );
}
