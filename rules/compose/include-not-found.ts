import { posix } from 'node:path';
import { DEFAULT_NAMES } from '../../src/compose/discover.ts';
import { problemsOf } from '../../src/compose/problems.ts';
import { repairPath } from '../../src/repair/path.ts';
import { shownPath } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/include-not-found',
  title: 'an included compose file does not exist',
  severity: 'error',
  docs: `
\`include\` paths are resolved against the directory of the file that includes. A missing one stops every command of the
project: \`open …: no such file or directory\`. A directory that is there and empty is often a git submodule that was
not initialised: \`git submodule update --init\`.

**Tried before it is offered.** A file that git renamed from this path, or that differs in letter case alone, is a safe
fix; a compose file of the same name elsewhere is only proposed.
`,
  async *check(facts) {
    for (const { path } of problemsOf(facts.projects, 'include-not-found')) {
      const repair = await repairPath(facts, 'include', path, 'file', ({ path: file, reason }) => {
        // Every directory may have a compose.yaml: its name alone says nothing.
        if (reason === 'same-name' && (DEFAULT_NAMES as readonly string[]).includes(posix.basename(file)))
          return undefined;
        return file === path.scalar.at.file ? undefined : `${file} exists`;
      });
      yield {
        subject: subject.file(path.scalar.at.file),
        detail: shownPath(path),
        at: path.scalar.at,
        message: `${path.scalar.at.file} includes ${shownPath(path)}, which does not exist.`,
        evidence: repair.evidence,
        consequence:
          'Compose refuses the whole project; the services of the missing file could not be checked.',
        ...(repair.fixes.length === 0
          ? { advice: 'Correct the path; if it lies in a git submodule, run `git submodule update --init`.' }
          : {}),
        ...(repair.cause ? { cause: repair.cause } : {}),
        fixes: repair.fixes,
      };
    }
  },
});
