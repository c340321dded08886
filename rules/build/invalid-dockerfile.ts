import { conflictsIn } from '../../src/compose/conflict-markers.ts';
import { dockerfileOf } from '../../src/dockerfile/bases.ts';
import { placeInDockerfile, rangeOfLine } from '../../src/dockerfile/place.ts';
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
        const text = build.dockerfileInline?.text ?? (source && 'text' in source ? source.text : undefined);
        for (const fault of model.faults) {
          yield {
            subject: subject.build(project.id, service.name),
            detail: `line ${fault.line}`,
            at:
              text === undefined ? build.at : placeInDockerfile(facts, build, rangeOfLine(text, fault.line)),
            message: `The Dockerfile of service "${service.name}" cannot be built: ${fault.message.replace(/\.$/, '')}.`,
            consequence: 'BuildKit stops before the first step.',
            advice: 'Correct the line shown.',
          };
        }
      }
    }
  },
});
