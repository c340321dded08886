import { readBuilds } from '../../src/dockerfile/builds.ts';
import { exceptSource } from '../../src/repair/ignored.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/copy-source-ignored',
  title: 'a COPY or ADD source is left out by .dockerignore',
  severity: 'error',
  docs: `
The file is there, and the ignore file keeps it out of the build context. BuildKit says the same as for a file that does
not exist: \`failed to compute cache key: … "/dist": not found\`. The ignore file that counts is the one named after the
Dockerfile and beside it (\`api.Dockerfile.dockerignore\`), where there is one, else \`.dockerignore\` in the context.

**Fixed safely** by an exception, \`!path\`, directly below the last line that leaves it out, after trying that this
brings it back. For what is mostly left out on purpose (\`.env\`, keys, \`node_modules\`, \`.git\`) it is only proposed.

**When to ignore it.** Never: the build fails.
`,
  *check(facts) {
    for (const { project, service, stages, file, context, placeOf } of readBuilds(facts)) {
      if (context === undefined) continue;
      for (const copy of stages.flatMap((stage) => stage.copies)) {
        if (copy.from !== undefined) continue;
        for (const source of copy.sources) {
          if (source.unresolved) continue;
          const match = facts.contextMatch(context, file, source.path);
          if (match.found || match.why !== 'ignored') continue;
          const fix = exceptSource(facts, context, file, source.path, match);
          yield {
            subject: subject.build(project.id, service.name),
            detail: source.path,
            at: placeOf(source.range),
            message: `The build of service "${service.name}" copies ${source.path}, which ${match.ignoreFile} leaves out.`,
            evidence: [`${match.ignoreFile}:${match.line} leaves ${source.path} out of the context`],
            consequence: 'BuildKit says "not found", as if the file were not there.',
            ...(fix
              ? { fixes: [fix] }
              : {
                  advice: `Take line ${match.line} out of ${match.ignoreFile}, or add an exception below it.`,
                }),
          };
        }
      }
    }
  },
});
