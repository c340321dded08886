import { problemsOf } from '../../src/compose/problems.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import type { Place } from '../../src/source.ts';
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
        // A build whose context or Dockerfile is misspelt is not the build that is meant.
        ...(DECIDES_BUILD.has(meant ?? '') ? { spoils: defaultsOfBuild(facts, at) } : {}),
        consequence: ignored ? 'Compose passes over it.' : 'Compose refuses the whole file.',
        ...(rename !== undefined && {
          fixes: [
            {
              title: `${key} → ${rename}`,
              safety: 'safe',
              steps: [{ kind: 'edit', at, text: inQuotes(facts, at, rename) }],
            },
          ],
        }),
        ...(hint === undefined && { advice: 'Remove it, or start it with `x-` if it is meant for others.' }),
      };
    }
  },
});

/** In the quotes that the key is written in: in a flow mapping they may be what sets it apart from its value. */
function inQuotes(facts: Facts, at: Place, name: string): string {
  const source = facts.files.read(at.file);
  const quote = 'text' in source ? (/^["']/.exec(source.text.slice(at.start, at.start + 1))?.[0] ?? '') : '';
  return quote + name + quote;
}

const DECIDES_BUILD: ReadonlySet<string> = new Set(['context', 'dockerfile', 'dockerfile_inline']);

/** Where the build that a key stands in is told of, as far as it says nothing itself. */
function defaultsOfBuild({ projects }: Facts, key: Place): NonNullable<Finding['spoils']> {
  return projects
    .flatMap((project) => [...project.services.values()])
    .flatMap(({ build }) => {
      if (build?.node.kind !== 'map' || build.node.at.file !== key.file) return [];
      if (key.start < build.node.at.start || key.end > build.node.at.end) return [];
      return [build.at, ...(build.context ? [build.context.scalar.at] : [])];
    })
    .map((at) => ({ value: at, part: at }));
}
