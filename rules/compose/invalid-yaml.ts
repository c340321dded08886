import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/invalid-yaml',
  title: 'a compose file cannot be read as YAML',
  severity: 'error',
  docs: `
Compose stops at the first error and names a line that can be off by one. dockmedic reads on: the other files, and
where it can the rest of this one, are checked all the same. Files that are no text at all, are not UTF-8, cannot be
opened or are far larger than anything a person writes are reported here too.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'invalid-yaml')) {
      yield {
        subject: subject.file(problem.file),
        hides: true,
        ...(problem.at ? { at: problem.at, detail: String(problem.at.start) } : {}),
        message: `${problem.file} cannot be read: ${problem.message}.`,
        consequence: 'No command of Compose works with this file, and nothing in it could be checked.',
        advice:
          'text' in facts.files.read(problem.file)
            ? 'Correct the place shown, then run dockmedic again: what this error hides comes to light.'
            : 'Put a readable file in its place, or leave it out.',
      };
    }
  },
});
