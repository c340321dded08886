import { posix } from 'node:path';
import { shown } from '../../src/compose/edit.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { isOutside } from '../../src/paths.ts';
import { machinePath } from '../../src/repair/machine-path.ts';
import { repairPath } from '../../src/repair/path.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import type { FilePath } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/env-file-not-found',
  title: 'an env_file of a service does not exist',
  severity: 'error',
  docs: `
A missing \`env_file\` stops every \`docker compose\` command of the project with \`env file … not found\`, whichever
of the services that are to start it belongs to; for a service that no chosen profile starts it is a warning.
\`required: false\` (Compose 2.24 and newer) makes a missing file fine.

**Tried before it is offered.** A file that git renamed from this path, or that differs in letter case alone, is a safe
fix. A file of the same name elsewhere may hold the values of another service: it is only proposed. So is a copy of the
template beside it (\`.env.example\` and its like): which values it needs is for you to know.

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
          // A path of somebody's machine is told by its own rule.
          if (machinePath(facts, envFile.path)) continue;
          const written = shown(envFile.path.scalar);
          const repair = await repairPath(facts, 'env_file', envFile.path, 'file');
          const template = stat ? undefined : templateOf(facts, envFile.path.path);
          const fill = template && fromTemplate(facts, envFile.path.path, template);
          const fixes = [
            ...(repair.fixes.some(({ safety }) => safety === 'safe') || !fill ? [] : [fill]),
            ...repair.fixes,
          ];
          yield {
            // Compose resolves the env files of all services that are to start before it starts any of them.
            ...(service.active ? { subject: subject.project(project.id) } : refusedFor(project, service)),
            detail: `${service.name}:${written}`,
            message: stat
              ? `Service "${service.name}" reads its environment from ${written}, which is a directory.`
              : `Service "${service.name}" reads its environment from ${written}, which does not exist.`,
            at: envFile.path.scalar.at,
            evidence: [
              ...repair.evidence,
              ...(template ? [`${template} exists: a template whose values are yours to fill in`] : []),
            ],
            ...(fixes.length === 0
              ? { advice: 'Create the file, or say `required: false` if the service works without it.' }
              : {}),
            ...(repair.cause ? { cause: repair.cause } : {}),
            fixes,
          };
        }
      }
    }
  },
});

/** The template beside a missing env file: `.env.example`, or `env.example` and `example.env` for `.env`. */
function templateOf(facts: Facts, file: FilePath): FilePath | undefined {
  const { dir, base } = posix.parse(file);
  const names = [
    ...['example', 'sample', 'dist', 'template'].flatMap((word) => [`${base}.${word}`, `${base}-${word}`]),
    ...(base === '.env' ? ['env.example', 'example.env', '.example.env', 'env.sample', 'sample.env'] : []),
  ];
  return names.map((name) => posix.join(dir, name)).find((path) => facts.files.stat(path)?.kind === 'file');
}

function fromTemplate(facts: Facts, file: FilePath, template: FilePath): Fix | undefined {
  const source = facts.files.read(template);
  if (!('text' in source) || isOutside(file)) return undefined;
  return {
    title: `create ${file} from ${template}`,
    safety: 'unsafe',
    caveat: 'its values are yours to fill in',
    steps: [{ kind: 'create', file, text: source.text }],
  };
}
