import { normalise } from '../../src/compose/paths.ts';
import { undefinedNames } from '../../src/repair/undefined.ts';
import { defineRule } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/undefined-volume',
  title: 'a service uses a volume that is not defined',
  severity: 'error',
  docs: `
A volume whose source does not begin with \`.\`, \`/\` or \`~\` is a named volume, and stands in the top-level
\`volumes\`. Compose refuses the project otherwise: \`service "…" refers to undefined volume …\`, without a line.

**Tried before it is offered.** A defined volume whose name is one slip away, and only one, is a safe fix. Otherwise the
nearest name is told, and adding the volume is proposed. Names that hold a slash, or that stand for something on disk,
are paths that lost their \`./\`, and not judged here.

**When to ignore it.** Where another file beside this one defines the volume, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    yield* undefinedNames(facts, {
      section: 'volumes',
      word: 'volume',
      makes: 'a new, empty volume',
      leaveOut: ({ name, first }) =>
        /[/\\]/.test(name) ||
        facts.files.stat(normalise(`${first.scalar?.base ?? '.'}/${name}`)) !== undefined,
    });
  },
});
