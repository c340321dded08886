import { problemsOf } from '../../src/compose/problems.ts';
import { listed, MOST_NAMES } from '../../src/listed.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import { nearName } from '../../src/slip.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/undefined-alias',
  title: 'an alias refers to an anchor that is not there',
  severity: 'error',
  docs: `
\`*name\` stands for the value that \`&name\` marks, earlier in the same file. Compose says \`unknown anchor 'name'
referenced\`, without a line. An anchor further down, in another file or in another document does not count.

A value that begins with a star and is no alias (\`*.example.com\`, \`*.py\`) has to stand in quotes.

**Tried before it is offered.** An anchor whose name is one slip away, and only one, is a safe fix; so are quotes around
a value that cannot be an alias.
`,
  *check(facts) {
    for (const { at, name, known } of problemsOf(facts.projects, 'undefined-alias')) {
      const source = facts.files.read(at.file);
      const text = 'text' in source ? source.text : '';
      const isName = /^[\w-]+$/.test(name);
      const near = isName ? nearName(name, known) : undefined;
      const later = isName && new RegExp(`(?:^|[\\s:,[{-])&${name}(?=[\\s,\\]}])`).test(text.slice(at.end));
      const fixes: Fix[] = [];
      if (near && !later) {
        fixes.push({
          title: `*${name} → *${near.name}`,
          safety: near.sure ? 'safe' : 'manual',
          ...(near.sure ? {} : { caveat: 'another one may be meant' }),
          steps: [{ kind: 'edit', at, text: `*${near.name}` }],
        });
      } else if (
        !isName &&
        /^[ \t]*(?:#[^\r\n]*)?(?:\r?\n|$)/.test(text.slice(at.end)) &&
        !name.includes("'")
      ) {
        fixes.push({
          title: `*${name} → '*${name}'`,
          safety: 'safe',
          steps: [{ kind: 'edit', at, text: `'*${name}'` }],
        });
      }
      yield {
        subject: subject.file(at.file),
        detail: `${name}:${at.start}`,
        at,
        message: isName
          ? `The alias *${name} refers to an anchor that ${later ? 'stands further down' : 'is nowhere before it'}${near && !later ? `; did you mean *${near.name}?` : '.'}`
          : `The value *${name} begins with a star and is read as an alias.`,
        evidence: isName
          ? [
              known.length === 0
                ? 'no anchor stands before it'
                : `the anchors before it are ${listed(known, MOST_NAMES)}`,
            ]
          : [],
        consequence: 'No command of Compose works with this file.',
        ...(fixes.length > 0
          ? {}
          : {
              advice: later
                ? 'Move the anchor before its first alias.'
                : isName
                  ? 'Name an anchor that stands before it, or write the value out.'
                  : 'Put the value in quotes.',
            }),
        fixes,
      };
    }
  },
});
