import { ignoreFileOf, parseDockerignore } from '../../src/dockerfile/dockerignore.ts';
import { defineRule } from '../../src/rule.ts';
import type { FilePath, Place } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/invalid-dockerignore',
  title: 'a .dockerignore has a line that Docker refuses',
  severity: 'error',
  docs: `
A \`!\` with nothing behind it, or a bracket that does not end, stops every build of that context, whatever it copies:
\`illegal exclusion pattern: "!"\`, \`syntax error in pattern\`. Docker names neither the file nor the line.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const { build } = service;
        const context = build?.contextDirectory;
        if (!build || context === undefined || facts.files.stat(context)?.kind !== 'directory') continue;
        const dockerfile = build.dockerfileInline ? undefined : build.dockerfilePath;
        const file = ignoreFileOf(facts.files, context, dockerfile);
        const source = file === undefined ? undefined : facts.files.read(file);
        if (file === undefined || !source || !('text' in source)) continue;
        for (const fault of parseDockerignore(source.text).faults) {
          const at = lineAt(source.text, file, fault.line);
          const written = source.text.slice(at.start, at.end);
          yield {
            subject: subject.build(project.id, service.name),
            detail: `line ${fault.line}`,
            at,
            message: `${file} cannot be read, and service "${service.name}" cannot be built: ${written} is no pattern.`,
            evidence: [fault.message.replace(/\.$/, '')],
            consequence:
              'Docker says "illegal exclusion pattern" or "syntax error in pattern", and names no file.',
            advice:
              'Complete the pattern, or take the line out. A bracket that is part of a name is written `\\[`.',
          };
        }
      }
    }
  },
});

function lineAt(text: string, file: FilePath, line: number): Place {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  const content = /^[ \t\uFEFF]*([^\r\n]*)/.exec(text.slice(start));
  const length = content?.[1]?.trimEnd().length ?? 0;
  const indent = (content?.[0]?.length ?? 0) - (content?.[1]?.length ?? 0);
  return { file, start: start + indent, end: start + indent + length };
}
