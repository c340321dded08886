import { undefinedNames } from '../../src/repair/undefined.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/undefined-model',
  title: 'a service uses a model that is not defined',
  severity: 'error',
  docs: `
Every model that a service names under \`models\` stands in the top-level \`models\`, with what it is made of. Compose
refuses the project otherwise: \`service "…" refers to undefined model …\`, without a line.

**Tried before it is offered.** A defined model whose name is one slip away, and only one, is a safe fix. Otherwise the
nearest name is told.

**When to ignore it.** Where another file beside this one defines the model, the two may be meant to be run together:
that is a warning. So is a service that only a profile starts.
`,
  *check(facts) {
    yield* undefinedNames(facts, { section: 'models', word: 'model' });
  },
});
