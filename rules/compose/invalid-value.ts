import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import type { Place } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/invalid-value',
  title: 'a value is none that Compose takes',
  severity: 'error',
  docs: `
Every value of a compose file is held against the Compose Specification, as Compose does it: after variables are put in,
with \`extends\` and \`include\` worked out and the files merged. Compose stops at the first fault with a path and no line
(\`services.api.ports must be a array\`), and of a value that can be written in two ways it names one that may not be
meant (\`build must be a string\`). Looked at are:

- the kind: a list where a text is expected, a number where a text is (\`hostname: 12\`), an empty key;
- dates: YAML takes \`2026-01-31\` for a point in time, and Compose then refuses it;
- texts with a form: durations, sizes, ports, volumes, whole numbers, \`true\` and \`false\`, restart and pull policies;
- the names of services, volumes, containers;
- commands that cannot be split into words: a quote that is not closed (\`command: echo it's\`), a parenthesis outside of
  quotes; a block of \`command: |\` is split like any other;
- names of variables that end in a space (\`- TOKEN =abc\`);
- keys that a mapping must have (\`condition\`), and those that exclude each other.

**Tried before it is offered.** Quotes around a number, \`[ ]\` around a single value, the unit in its short form, the one
word that is a slip away: what the specification then accepts. One left: a safe fix.
`,
  *check(facts) {
    const written = (at: Place): string => {
      const source = facts.files.read(at.file);
      return 'text' in source ? source.text.slice(at.start, at.end) : '';
    };
    const problems = problemsOf(facts.projects, 'wrong-type');
    const wholes = problems.filter(({ whole }) => whole);
    for (const problem of problems) {
      if (wholes.some((whole) => whole !== problem && isWithin(problem.at, whole.at))) continue;
      const repairs = problem.repairs ?? [];
      const fixes = repairs.map(
        ({ at, text }): Fix => ({
          title: `${short(written(at))} → ${short(text)}`,
          safety: repairs.length === 1 ? 'safe' : 'manual',
          steps: [{ kind: 'edit', at, text }],
        }),
      );
      yield {
        subject: subject.file(problem.at.file),
        detail: String(problem.at.start),
        at: problem.at,
        message: `${problem.message.charAt(0).toUpperCase()}${problem.message.slice(1).replace(/\.$/, '')}.`,
        consequence:
          problem.refusedBy === 'engine'
            ? 'The engine refuses to make the container.'
            : 'Compose refuses the whole file.',
        ...(fixes.length > 0 && { fixes }),
      };
    }
  },
});

function isWithin(inner: Place, outer: Place): boolean {
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
