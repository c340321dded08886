import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/unknown-key',
  title: 'a key that Compose does not know where it stands',
  severity: 'error',
  docs: `
Compose refuses the file with \`additional properties '…' not allowed\` and the path of the mapping, without a line and
without the right word. Two reasons are common: a slip of the pen, and a key that stands one level too far left or right
(\`restart\` under \`build\`, \`ports\` beside \`services\`). Keys that start with \`x-\` are yours and always fine.

The keys are those of the current Compose Specification. An older Compose may not know the newest of them; what it
refuses is then reported in its own words.

**Tried before it is offered.** Every known key that differs by one letter, by two letters that changed places, by case or
by \`-\` for \`_\`, that does not stand there yet, and under which the value is right. One left: a safe fix.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'unknown-key')) {
      const { key, at, rename, meant, belongs, ignored } = problem;
      const hint = belongs ?? (meant === undefined ? undefined : `did you mean \`${meant}\`?`);
      const unknown = `\`${key}\` is no key that Compose knows ${problem.inside}`;
      const ending = hint === undefined ? '.' : hint.endsWith('?') ? `; ${hint}` : `; ${hint}.`;
      yield {
        subject: subject.file(at.file),
        detail: String(at.start),
        at,
        message: `${unknown}${ending}`,
        ...(ignored ? { severity: 'warning' } : {}),
        consequence: ignored ? 'Compose passes over it.' : 'Compose refuses the whole file.',
        ...(rename !== undefined && {
          fixes: [
            {
              title: `${key} → ${rename}`,
              safety: 'safe',
              steps: [{ kind: 'edit', at, text: rename }],
            },
          ],
        }),
        ...(hint === undefined && { advice: 'Remove it, or start it with `x-` if it is meant for others.' }),
      };
    }
  },
});
