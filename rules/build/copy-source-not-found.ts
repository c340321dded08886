import { dockerfileOf, stagesOfBuild } from '../../src/dockerfile/bases.ts';
import { placeInDockerfile } from '../../src/dockerfile/place.ts';
import { repairSources } from '../../src/repair/build.ts';
import { repairSource } from '../../src/repair/source.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/copy-source-not-found',
  title: 'a COPY or ADD source is not in the build context',
  severity: 'error',
  docs: `
Sources are looked up in the build context, whatever directory the Dockerfile lies in. BuildKit answers \`failed to
compute cache key: … "/src": not found\`, names one of the missing sources, and says the same whether the path is wrong,
the context is wrong, or \`.dockerignore\` leaves it out (that one is build/copy-source-ignored). Looked at are the stages that the service really builds: its
target and what that rests on. Sources with a variable whose value is not known are not judged.

**Tried before it is offered.** Where the sources lie outside the context, the contexts above are tried; one that holds
all of them is a safe fix if several sources were missing. Otherwise each source: renamed in git, other letter case, one
slip, the same name elsewhere in the context.

**When to ignore it.** A file that a step before the build generates.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const { build } = service;
        if (!build || build.contextDirectory === undefined) continue;
        const context = build.contextDirectory;
        if (facts.files.stat(context)?.kind !== 'directory') continue;
        const model = dockerfileOf(facts, build);
        if (!model) continue;
        const file = build.dockerfileInline ? undefined : build.dockerfilePath;

        const repair = repairSources(facts, project, service);
        for (const copy of stagesOfBuild(model, build).flatMap((stage) => stage.copies)) {
          if (copy.from !== undefined) continue;
          for (const source of copy.sources) {
            if (source.unresolved) continue;
            const match = facts.contextMatch(context, file, source.path);
            if (match.found || match.why === 'ignored') continue;
            const own =
              repair.fixes.length > 0 || file === undefined || match.why === 'outside'
                ? repair
                : await repairSource(facts, context, file, source);
            const where =
              context === '.' ? 'the build context . (the root)' : `the build context ${context}/`;
            const outside = match.why === 'outside';
            const seen = outside
              ? `${source.path} lies outside ${where}, and a build cannot reach out of its context`
              : `${source.path} is not in ${where}`;
            yield {
              subject: subject.build(project.id, service.name),
              detail: source.path,
              at: placeInDockerfile(facts, build, source.range),
              message: outside
                ? `The build of service "${service.name}" copies ${source.path}, which lies outside ${where}.`
                : `The build of service "${service.name}" copies ${source.path}, which is not in ${where}.`,
              evidence: [seen, ...own.evidence],
              ...(own.fixes.length === 0
                ? {
                    advice: outside
                      ? 'Build from a directory that holds both, and write the paths from there; or copy the file into the context.'
                      : 'Correct the path, or the context that it is looked up in.',
                  }
                : {}),
              ...(own.cause ? { cause: own.cause } : {}),
              fixes: own.fixes,
            };
          }
        }
      }
    }
  },
});
