import { problemsOf } from '../../src/compose/problems.ts';
import { listed, MOST_NAMES } from '../../src/listed.ts';
import { nearest } from '../../src/nearest.ts';
import { repairPath } from '../../src/repair/path.ts';
import { shownPath } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/extends-not-found',
  title: 'what a service extends does not exist',
  severity: 'error',
  docs: `
\`extends.file\` is resolved against the directory of the file that extends; \`extends.service\` must be defined in it.
A missing one stops every command of the project: \`cannot extend service … not found\`.

**Tried before it is offered.** A file that git renamed from this path, or that differs in letter case alone, is a safe
fix. For a service that is not in the file, the nearest names are listed.
`,
  async *check(facts) {
    for (const problem of problemsOf(facts.projects, 'extends-not-found')) {
      const { missingService, path } = problem;
      if (missingService) {
        const near = nearest(missingService.name, missingService.known);
        const where = path ? shownPath(path) : missingService.at.file;
        yield {
          subject: subject.file(missingService.at.file),
          detail: problem.service,
          at: missingService.at,
          message: `Service "${problem.service}" extends "${missingService.name}", which ${where} does not define${near ? `; did you mean "${near}"?` : '.'}`,
          evidence: [
            `${where} defines ${missingService.known.length === 0 ? 'no service' : listed(missingService.known, MOST_NAMES)}`,
          ],
          consequence: 'Compose refuses the whole project.',
          advice: 'Name a service that is defined there.',
        };
        continue;
      }
      if (!path) continue;
      const repair = await repairPath(facts, 'file', path, 'file');
      yield {
        subject: subject.file(path.scalar.at.file),
        detail: problem.service,
        at: path.scalar.at,
        message: `Service "${problem.service}" extends a service of ${shownPath(path)}, which does not exist.`,
        evidence: repair.evidence,
        consequence: 'Compose refuses the whole project.',
        ...(repair.fixes.length === 0 ? { advice: 'Correct the path, or bring the file back.' } : {}),
        ...(repair.cause ? { cause: repair.cause } : {}),
        fixes: repair.fixes,
      };
    }
  },
});
