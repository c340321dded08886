import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { positionAt } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/duplicate-key',
  title: 'a key stands twice in one mapping',
  severity: 'error',
  docs: `
Compose refuses the file with \`mapping key "…" already defined at line …\`. Usually a service was pasted twice, or a
merge left both sides in. Only a person can say which of the two is meant.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'duplicate-key')) {
      const source = facts.files.read(problem.at.file);
      const first =
        'text' in source ? `line ${positionAt(source, problem.first.start).line}` : 'an earlier line';
      yield {
        subject: subject.file(problem.at.file),
        detail: `${problem.inside}.${problem.key}`,
        at: problem.at,
        message: `"${problem.key}" stands twice${problem.inside === '' ? '' : ` in ${problem.inside}`}, first on ${first}.`,
        consequence: 'Compose refuses the whole file.',
        advice: 'Keep the one that is meant and remove the other, or give it a name of its own.',
      };
    }
  },
});
