import { undefinedNames } from '../../src/repair/undefined.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/undefined-config',
  title: 'a service uses a config that is not defined',
  severity: 'error',
  docs: `
Every config that a service names stands in the top-level \`configs\`. Compose refuses the project otherwise:
\`service "…" refers to undefined config …\`, without a line.

**Tried before it is offered.** A defined config whose name is one slip away, and only one, is a safe fix. Otherwise the
nearest name is told: where a config comes from, only a person knows.

**When to ignore it.** Where another file beside this one defines the config, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    yield* undefinedNames(facts, { section: 'configs', word: 'config' });
  },
});
