import { undefinedNames } from '../../src/repair/undefined.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/undefined-network',
  title: 'a service uses a network that is not defined',
  severity: 'error',
  docs: `
Every network that a service names stands in the top-level \`networks\`; \`default\` alone is always there. Compose
refuses the project otherwise: \`service "…" refers to undefined network …\`, without a line.

**Tried before it is offered.** A defined network whose name is one slip away, and only one, is a safe fix. Otherwise the
nearest name is told, and adding the network is proposed. \`host\` and \`none\` are no networks to join: they are values
of \`network_mode\`.

**When to ignore it.** Where another file beside this one defines the network, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    yield* undefinedNames(facts, {
      section: 'networks',
      word: 'network',
      makes: 'a new network, which only the services of this project join',
      advice: ({ name }) =>
        name === 'host' || name === 'none'
          ? `Say \`network_mode: ${name}\` instead of \`networks\`.`
          : undefined,
    });
  },
});
