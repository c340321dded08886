import { scriptsRun } from '../../src/dockerfile/scripts.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/script-not-executable',
  title: 'a script that a build or a service starts is not executable',
  severity: 'error',
  docs: `
COPY keeps the permissions that a file has here. Without an executable bit the container does not start (\`exec:
"/entrypoint.sh": permission denied\`), and a \`RUN\` ends with exit code 126. It happens to files that were made on
Windows, unpacked from a ZIP, or written by an editor.

Looked at are scripts that are started by themselves, by \`ENTRYPOINT\`, \`CMD\`, \`RUN\` or the compose file's \`entrypoint\`
and \`command\`, where it is certain which file that is: nothing is said where a \`chmod\`, \`COPY --chmod\`, a volume, a
variable or a step that may change files stands in between. Not looked at on Windows, whose files have no such bit.

**Fixed safely** by giving the file the bit; git records it.

**When to ignore it.** Never: the program cannot start.
`,
  *check(facts) {
    if (facts.platform === 'win32') return;
    for (const { read, file, inImage, by, at, modeKept } of scriptsRun(facts)) {
      if (!modeKept) continue;
      const stat = facts.files.stat(file);
      if (stat?.kind !== 'file' || (stat.mode & 0o111) !== 0) continue;
      const mode = stat.mode | ((stat.mode & 0o444) >> 2);
      const octal = (bits: number) => bits.toString(8).padStart(3, '0');
      yield {
        subject: subject.build(read.project.id, read.service.name),
        detail: file,
        at,
        message: `${by} of service "${read.service.name}" starts ${file}, which is not executable.`,
        evidence: [
          `${file} has the mode ${octal(stat.mode)}`,
          `it is copied to ${inImage} as it is, and no step changes its mode`,
        ],
        consequence:
          by === 'RUN'
            ? 'The step ends with "Permission denied" and exit code 126.'
            : 'The container does not start: "permission denied", or "executable file not found in $PATH".',
        cause: { id: `not-executable:${file}`, title: `${file} is started and is not executable` },
        // A file that nobody may read cannot be told whom to let execute it.
        ...(mode === stat.mode
          ? { advice: `Let its readers execute it: \`chmod +rx ${file}\`.` }
          : {
              fixes: [
                {
                  title: `${file}: mode ${octal(stat.mode)} → ${octal(mode)}`,
                  safety: 'safe',
                  steps: [{ kind: 'chmod', file, mode }],
                },
              ],
            }),
      };
    }
  },
});
