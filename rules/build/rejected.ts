import { dockerfileOf } from '../../src/dockerfile/bases.ts';
import { placeInDockerfile, rangeOfLine } from '../../src/dockerfile/place.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/rejected',
  title: 'BuildKit refuses a Dockerfile for a reason that no other rule knows',
  severity: 'error',
  docs: `
A second opinion. Where an engine and \`docker buildx\` are there, BuildKit is asked about each Dockerfile with \`docker
buildx build --check\`, which builds nothing. What it refuses, and no error of ours explains, is said in its own words.
Its warnings are not repeated, and neither is what it says of base images that it cannot fetch.

Not asked with \`--no-engine\` and \`--offline\`, and for the first dozen Dockerfiles of a workspace only.
`,
  async *check(facts) {
    const asked = facts.projects.flatMap((project) =>
      [...project.services.values()].flatMap((service) =>
        service.build ? [{ project, service, build: service.build }] : [],
      ),
    );
    // Asked side by side: each answer takes a while.
    const answers = asked.map(({ build }) => facts.buildVerdict(build));
    const verdicts = await Promise.all(answers);
    for (const [index, { project, service, build }] of asked.entries()) {
      const verdict = verdicts[index];
      const model = dockerfileOf(facts, build);
      if (!verdict?.rejected || !model) continue;
      const file = build.dockerfileInline ? undefined : build.dockerfilePath;
      const source = file === undefined ? undefined : facts.files.read(file);
      const text = build.dockerfileInline?.text ?? (source && 'text' in source ? source.text : undefined);
      yield {
        subject: subject.build(project.id, service.name),
        at:
          text !== undefined && verdict.line !== undefined
            ? placeInDockerfile(facts, build, rangeOfLine(text, verdict.line))
            : (build.dockerfileInline?.at ?? build.dockerfile?.scalar.at ?? build.at),
        message: `BuildKit refuses the Dockerfile of service "${service.name}": ${verdict.message.replace(/\.$/, '')}.`,
        advice: 'Correct what BuildKit names.',
        secondOpinion: true,
      };
    }
  },
});
