import { conflictsIn } from '../../src/compose/conflict-markers.ts';
import { dockerfileOf } from '../../src/dockerfile/bases.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/invalid-dockerfile',
  title: 'BuildKit cannot read a Dockerfile',
  severity: 'error',
  docs: `
No \`FROM\`, an instruction that does not exist, a \`COPY\` without a destination: BuildKit stops with \`dockerfile parse
error on line …\` before it builds anything. Looked at is what makes it fail for certain.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const { build } = service;
        const model = build && dockerfileOf(facts, build);
        if (!build || !model) continue;
        const file = build.dockerfileInline ? undefined : build.dockerfilePath;
        const source = file === undefined ? undefined : facts.files.read(file);
        // An unsettled merge conflict is reported as that.
        if (file !== undefined && source && 'text' in source && conflictsIn(source.text, file).length > 0)
          continue;
        for (const fault of model.faults) {
          yield {
            subject: subject.build(project.id, service.name),
            detail: `line ${fault.line}`,
            at:
              file !== undefined && source && 'text' in source
                ? { file, ...lineRange(source.text, fault.line) }
                : (build.dockerfileInline?.at ?? build.at),
            message: `The Dockerfile of service "${service.name}" cannot be built: ${fault.message.replace(/\.$/, '')}.`,
            consequence: 'BuildKit stops before the first step.',
            advice: 'Correct the line shown.',
          };
        }
      }
    }
  },
});

/** A line without its indentation and line break; lines count from 1. */
function lineRange(text: string, line: number): { start: number; end: number } {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  const content = /^([ \t]*)([^\r\n]*)/.exec(text.slice(start));
  const indent = content?.[1]?.length ?? 0;
  return { start: start + indent, end: start + indent + (content?.[2]?.trimEnd().length ?? 0) };
}
