import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/reference-cycle',
  title: 'include or extends goes round in a circle',
  severity: 'error',
  docs: `
A file that includes itself by way of others, or a service that extends itself by way of others, can never be resolved;
Compose refuses the project (\`include cycle detected\`, \`Circular reference\`).
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'cycle')) {
      yield {
        subject: subject.file(problem.at.file),
        detail: `${problem.what}:${problem.at.start}`,
        at: problem.at,
        message: `This ${problem.what} goes round in a circle: ${problem.chain.join(' → ')}.`,
        consequence: 'Compose refuses the whole project.',
        advice: 'Take one of these steps out.',
      };
    }
  },
});
