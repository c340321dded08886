/**
 * What the failing cases of the compose and build layers say of the real Compose: each how it shows there, or why it
 * cannot; and what is mended is sound. test/real/cases.test.ts watches it.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.ts';
import type { DiagnosedFinding } from '../../src/diagnose.ts';
import { disposeCases, lookAtAll, openCase } from '../support/cases.ts';
import { failingCases, openMended } from '../support/proofs.ts';

afterAll(disposeCases);

for (const rule of rules.filter(({ id }) => /^(compose|build)\//.test(id))) {
  const cases = failingCases(rule.id);

  describe(rule.id, () => {
    it.each(cases.map((one) => [one.name, one] as const))('%s shows for real, or says why not', (_, one) => {
      const { real } = one;
      expect(real, 'case.yaml has no `real`').toBeDefined();
      if (real && 'not' in real) expect(real.not).not.toBe('');
      else expect(Object.values(real?.says ?? {}).filter((words) => words !== null)).not.toEqual([]);
      if (!real || 'not' in real) expect(existsSync(path.join(one.place, 'mended'))).toBe(false);
    });

    const shown = cases.flatMap((one) => (one.real && 'run' in one.real ? [[one.name, one] as const] : []));
    if (rule.severity === 'error') {
      it('is seen by Compose or the engine in one case at least, or in none for a reason', () => {
        const seen = cases.filter(({ real }) => real && 'run' in real);
        expect(seen.length > 0 || cases.every(({ real }) => real && 'not' in real)).toBe(true);
      });
    }

    it.each(shown)('%s is called an error by no other rule', async (_, one) => {
      const { findings, analysis } = await lookAtAll(await openCase(one.place), rules);
      const roots = findings.filter(
        ({ id, severity }) => severity === 'error' && analysis.of.get(id)?.causedBy.length === 0,
      );
      // A value that is wrong because of a variable in it is told under the variable.
      const spoilt = findings.filter((finding) => finding.rule === rule.id);
      const isTheSame = (root: DiagnosedFinding) =>
        root.spoils?.some(({ value }) =>
          spoilt.some(
            ({ id, at }) =>
              at?.file === value.file &&
              value.start <= at.start &&
              at.end <= value.end &&
              analysis.of.get(id)?.causedBy.includes(root.id),
          ),
        );
      expect(
        roots
          .filter((finding) => finding.rule !== rule.id && !isTheSame(finding))
          .map((finding) => `${finding.rule}: ${finding.message}`),
      ).toEqual([]);
    });

    const mended = cases.flatMap(({ real, ...one }) =>
      real && 'run' in real && real.unmended === undefined ? [[one.name, one, real] as const] : [],
    );
    it.each(mended)('%s is sound once it is mended', async (_, one, real) => {
      const { findings, crashes } = await lookAtAll(await openMended(one, rule, real), rules);
      expect(crashes).toEqual([]);
      const errors = findings.filter(({ severity }) => severity === 'error');
      expect(errors.map((finding) => `${finding.rule}: ${finding.message}`)).toEqual([]);
    });
  });
}
