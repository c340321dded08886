import { shown } from '../../src/compose/edit.ts';
import { repairPath } from '../../src/repair/path.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/env-file-not-found',
  title: 'an env_file of a service does not exist',
  severity: 'error',
  docs: `
A missing \`env_file\` stops every \`docker compose\` command of the project with \`env file … not found\`, whichever
service it belongs to. \`required: false\` (Compose 2.24 and newer) makes a missing file fine.

**Tried before it is offered.** A file that git renamed from this path, or that differs in letter case alone, is a safe
fix. A file of the same name elsewhere may hold the values of another service: it is only proposed.

**When to ignore it.** A file that is deliberately not in version control and is made by a step before: give it
\`required: false\`, or leave the rule out in CI.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const envFile of service.envFiles) {
          const stat = facts.files.stat(envFile.path.path);
          if (!envFile.required && !stat) continue;
          if (stat && stat.kind !== 'directory') continue;
          const written = shown(envFile.path.scalar);
          const repair = await repairPath(facts, 'env_file', envFile.path, 'file');
          const template = ['.example', '.sample', '.dist', '.template'].find(
            (ending) => facts.files.stat(`${envFile.path.path}${ending}`)?.kind === 'file',
          );
          yield {
            // Compose resolves the env files of all services that are to start before it starts any of them.
            subject: service.active ? subject.project(project.id) : subject.service(project.id, service.name),
            detail: `${service.name}:${written}`,
            message: stat
              ? `Service "${service.name}" reads its environment from ${written}, which is a directory.`
              : `Service "${service.name}" reads its environment from ${written}, which does not exist.`,
            at: envFile.path.scalar.at,
            evidence: [
              ...repair.evidence,
              ...(template
                ? [`${envFile.path.path}${template} exists: a template whose values are yours to fill in`]
                : []),
            ],
            ...(repair.fixes.length === 0
              ? {
                  advice: template
                    ? `Copy ${envFile.path.path}${template} to ${envFile.path.path} and fill in its values.`
                    : 'Create the file, or say `required: false` if the service works without it.',
                }
              : {}),
            ...(repair.cause ? { cause: repair.cause } : {}),
            fixes: repair.fixes,
          };
        }
      }
    }
  },
});
