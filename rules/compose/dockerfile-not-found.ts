import { shown } from '../../src/compose/edit.ts';
import { repairDockerfile } from '../../src/repair/build.ts';
import { repeatsContext } from '../../src/repair/dockerfile-candidates.ts';
import { lastSeen } from '../../src/repair/gone.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/dockerfile-not-found',
  title: 'the Dockerfile of a service does not exist',
  severity: 'error',
  docs: `
\`build.dockerfile\` is resolved against the build context, not against the compose file. Where nothing is there,
\`docker compose build\` prints \`resolve : lstat …/docker: no such file or directory\` (on Windows \`resolve :
CreateFile …\\docker: The system cannot find the file specified.\`) and names no service, file or line. Because the
image was not built, \`docker compose up\` then tries to pull it and says \`pull access denied … may require 'docker
login'\`: no login is needed.

**Tried before it is offered.** Files that git renamed from the missing path, files of a directory that git moved, the
same path in other letter case or with one slip, the path as seen from the compose file (\`context: ./api\` with
\`dockerfile: api/Dockerfile\`), the same name elsewhere, and for a plain \`Dockerfile\` what lies beside it
(\`Containerfile\`, \`Dockerfile.dev\`; an all lower-case \`dockerfile\` is taken by BuildKit as it is). Of each: does the Dockerfile parse, has
it the target, are its \`COPY\` sources in the context, or would another context hold them all? One left: a safe fix.
Several: listed, for a person to choose.

**When to ignore it.** A Dockerfile that a step before the build generates: leave the rule out in that job with
\`--skip compose/dockerfile-not-found\`.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const { build } = service;
        if (!build?.contextDirectory || !build.dockerfilePath || build.dockerfileInline) continue;
        // A context that is missing is the fault to mend; the path below it cannot be judged.
        if (facts.files.stat(build.contextDirectory)?.kind !== 'directory') continue;
        const stat = facts.files.stat(build.dockerfilePath);
        if (stat && stat.kind !== 'directory') continue;

        const written = build.dockerfile ? shown(build.dockerfile.scalar) : 'Dockerfile (the default)';
        const repair = await repairDockerfile(facts, project, service);
        const gone =
          repair.evidence.length > 0 || stat
            ? undefined
            : await lastSeen(facts, build.dockerfilePath, 'or remove the service');
        yield {
          subject: subject.build(project.id, service.name),
          message: stat
            ? `Service "${service.name}" builds from ${written}, which is a directory.`
            : gone
              ? `${written} of service "${service.name}" ${gone.known ? 'is gone' : 'does not exist'}, and nothing like it is ${gone.known ? 'left' : 'here'}.`
              : repeatsContext(facts, build)
                ? `Service "${service.name}" builds from ${written}, which is looked up in its context ${build.contextDirectory}/ and is not there.`
                : `Service "${service.name}" builds from ${written}, which does not exist.`,
          at: (build.dockerfile ?? build.context)?.scalar.at ?? build.at,
          evidence: [...repair.evidence, ...(gone?.evidence ?? [])],
          ...(repair.fixes.length > 0
            ? {}
            : { advice: gone?.advice ?? 'Write the path out, or correct the variables that it is made of.' }),
          consequence:
            'The image cannot be built; Compose then tries to pull it and says "pull access denied … may require \'docker login\'". No login is needed.',
          ...(repair.cause ? { cause: repair.cause } : {}),
          fixes: repair.fixes,
        };
      }
    }
  },
});
