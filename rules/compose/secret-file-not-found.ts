import { missingResources } from '../../src/repair/resource.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/secret-file-not-found',
  title: 'the file of a secret does not exist',
  severity: 'error',
  docs: `
A top-level \`secrets\` entry with \`file:\` is mounted into the services that list it. Compose does not look whether the
file is there; the engine refuses the container with \`bind source path does not exist\`. A secret that no service lists
is not reported.

**Tried before it is offered.** A file that git renamed from this path or that differs in letter case alone is a safe
fix; a file of the same name elsewhere is only proposed.

**When to ignore it.** A file that a step before the start writes.
`,
  check: (facts) => missingResources(facts, 'secret', (project) => project.secrets),
});
