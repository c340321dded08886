import { problemsOf } from '../../src/compose/problems.ts';
import { defineRule, type Fix, type Step } from '../../src/rule.ts';
import type { Place, Source } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/two-merge-keys',
  title: 'a mapping has two merge keys',
  severity: 'error',
  docs: `
A mapping has one \`<<\`, as it has every key once; several values are merged with a list: \`<<: [*a, *b]\`. Compose says
\`mapping key "<<" already defined\`.

**Tried before it is offered.** The aliases in the order in which they stand become one list. That is safe where no two
of them bring the same key with different values, since then the order does not count. Otherwise it is proposed: in a
list, the first wins.
`,
  *check(facts) {
    for (const problem of problemsOf(facts.projects, 'two-merge-keys')) {
      const { keys, values, inside, contested } = problem;
      const [first, second] = keys;
      if (!first || !second) continue;
      const source = facts.files.read(first.file);
      const fix = 'text' in source ? listInstead(source, keys, values, contested) : undefined;
      yield {
        subject: subject.file(first.file),
        detail: inside,
        at: second,
        message: `${inside === '' ? 'The file' : inside} has ${keys.length === 2 ? 'two' : keys.length} merge keys; a mapping can have one.`,
        ...(contested.length > 0
          ? { evidence: [`more than one of them brings ${contested.join(', ')}, with different values`] }
          : {}),
        consequence: 'Compose refuses the whole file.',
        ...(fix
          ? {}
          : { advice: 'Merge them with one list: `<<: [*a, *b]`. Of two values, the first wins.' }),
        fixes: fix ? [fix] : [],
      };
    }
  },
});

function listInstead(
  source: Source,
  keys: readonly Place[],
  values: readonly Place[],
  contested: readonly string[],
): Fix | undefined {
  const aliases = values.map(({ start, end }) => aliasesIn(source.text.slice(start, end)));
  const lines = keys.slice(1).map((key, index) => wholeLine(source, key, values[index + 1]));
  const [at] = values;
  if (!at || aliases.includes(undefined) || lines.includes(undefined)) return undefined;
  const list = `[${aliases.flatMap((some) => some ?? []).join(', ')}]`;
  const steps: Step[] = [
    { kind: 'edit', at, text: list },
    ...lines.flatMap((line) => (line ? [{ kind: 'edit' as const, at: line, text: '' }] : [])),
  ];
  return {
    title: `<<: ${list}`,
    safety: contested.length === 0 ? 'safe' : 'unsafe',
    ...(contested.length === 0
      ? {}
      : { caveat: `of two values for ${contested.join(', ')}, the first wins` }),
    steps,
  };
}

function aliasesIn(written: string): readonly string[] | undefined {
  if (/^\*[\w-]+$/.test(written)) return [written];
  const list = /^\[([^\]#\n]*)\]$/
    .exec(written)?.[1]
    ?.split(',')
    .map((item) => item.trim());
  return list?.every((item) => /^\*[\w-]+$/.test(item)) ? list : undefined;
}

/** The line of a key, with its line break, where nothing else stands on it. */
function wholeLine({ text, file }: Source, key: Place, value: Place | undefined): Place | undefined {
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(value?.end ?? key.end));
  if (
    !value ||
    !rest ||
    text.slice(start, key.start).trim() !== '' ||
    text.slice(key.end, value.start).includes('\n')
  )
    return undefined;
  return { file, start, end: value.end + rest[0].length };
}
