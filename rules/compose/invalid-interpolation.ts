import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/invalid-interpolation',
  title: 'a variable in a value cannot be replaced',
  severity: 'error',
  docs: `
\`\${NAME}\`, its operators (\`:-\`, \`-\`, \`:?\`, \`?\`, \`:+\`, \`+\`) and \`$$\` for a plain dollar sign are all that
Compose knows (Compose Specification, interpolation). Anything else is \`invalid interpolation format\`; a variable that
is required with \`:?\` and not set stops every command.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'interpolation')) {
      yield {
        subject: subject.file(problem.at.file),
        detail: String(problem.at.start),
        at: problem.at,
        message: sentence(problem.message),
        consequence: 'Compose refuses the whole project.',
        advice: /^the required variable/i.test(problem.message)
          ? 'Set it in .env or in the environment.'
          : 'Write a variable as `${NAME}`, and a plain dollar sign as `$$`.',
      };
    }
  },
});

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(capital) ? capital : `${capital}.`;
}
