import { undefinedNames } from '../../src/repair/undefined.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/undefined-secret',
  title: 'a service uses a secret that is not defined',
  severity: 'error',
  docs: `
Every secret that a service, or its build, names stands in the top-level \`secrets\`. Compose refuses the project otherwise:
\`service "…" refers to undefined secret …\`, without a line.

**Tried before it is offered.** A defined secret whose name is one slip away, and only one, is a safe fix. Otherwise the
nearest name is told: where a secret comes from, only a person knows.

**When to ignore it.** Where another file beside this one defines the secret, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    yield* undefinedNames(facts, { section: 'secrets', word: 'secret' });
  },
});
