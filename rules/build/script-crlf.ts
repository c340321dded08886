import { scriptsRun } from '../../src/dockerfile/scripts.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/script-crlf',
  title: 'a script has Windows line endings',
  severity: 'error',
  docs: `
The first line of a script names the program that reads it. With a carriage return at its end that is \`/bin/sh\\r\`,
which does not exist: \`exec /entrypoint.sh: no such file or directory\`, although the file is there; \`not found\` and
exit code 127 in a \`RUN\`; \`env: 'bash\\r': No such file or directory\`. It happens where git converts line endings
(\`core.autocrlf\` on Windows); \`*.sh text eol=lf\` in \`.gitattributes\` keeps it from coming back.

Looked at are scripts that a build or a service certainly starts, and no step in between can have converted.

**Fixed safely** by converting that one file.

**When to ignore it.** Never: the script cannot start.
`,
  *check(facts) {
    for (const { read, file, inImage, by } of scriptsRun(facts)) {
      const source = facts.files.read(file);
      const first = 'text' in source ? /^#![^\n]*\r(?=\n|$)/.exec(source.text) : null;
      if (!('text' in source) || !first) continue;
      const { text } = source;
      const start = text.indexOf('\r\n');
      const end = text.lastIndexOf('\r\n') + 2;
      const lines = text.split('\r\n').length - 1;
      yield {
        subject: subject.build(read.project.id, read.service.name),
        detail: file,
        at: { file, start: first[0].length - 1, end: first[0].length },
        message: `${by} of service "${read.service.name}" starts ${file}, whose first line ends in a carriage return.`,
        evidence: [
          `${lines} ${lines === 1 ? 'line ends' : 'lines end'} in CRLF; it is copied to ${inImage} as it is`,
        ],
        consequence:
          by === 'RUN'
            ? 'The step ends with "not found" and exit code 127, although the file is there.'
            : 'The container says "no such file or directory", although the file is there.',
        ...(start < 0
          ? { advice: 'Take the carriage return at the end of the line out.' }
          : {
              fixes: [
                {
                  title: `${file}: CRLF → LF`,
                  safety: 'safe',
                  steps: [
                    {
                      kind: 'edit',
                      at: { file, start, end },
                      text: text.slice(start, end).replaceAll('\r\n', '\n'),
                      verbatim: true,
                    },
                  ],
                },
              ],
            }),
      };
    }
  },
});
