import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/invalid-value',
  title: 'a value is of the wrong kind',
  severity: 'error',
  docs: `
A list where a text is expected, a text where a mapping is expected: Compose refuses the file with \`… must be a …\`.
Looked at here are the values on which paths and images rest.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'wrong-type')) {
      yield {
        subject: subject.file(problem.at.file),
        detail: String(problem.at.start),
        at: problem.at,
        message: `${problem.message.charAt(0).toUpperCase()}${problem.message.slice(1).replace(/\.$/, '')}.`,
        consequence: 'Compose refuses the whole file.',
      };
    }
  },
});
