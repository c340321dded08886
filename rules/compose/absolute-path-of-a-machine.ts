import { posix } from 'node:path';
import type { PathRef, Project, Service } from '../../src/compose/model.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { placeOfPath } from '../../src/compose/within.ts';
import type { Facts } from '../../src/facts.ts';
import { machinePath, sameHere, writeRelative } from '../../src/repair/machine-path.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { type Subject, subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/absolute-path-of-a-machine',
  title: 'a path is that of one person’s machine',
  severity: 'warning',
  docs: `
\`/Users/ana/shop/config\`, \`/home/bob/…\`, \`C:\\Users\\…\`: such a path works where it was written and nowhere else. A bind
source that is missing becomes an empty directory that Docker makes; a build context or an env file that is missing
stops Compose, so there it is an error. Paths that exist here, and those of servers' accounts (\`/home/ubuntu\`), are left
alone.

**Tried before it is offered.** Whether the end of the path is in this workspace: then the relative path is proposed.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const { source, target } of service.binds) {
          yield* look(facts, project, service, {
            key: 'volumes',
            ref: source,
            kind: undefined,
            severity: 'warning',
            what: `mounts ${source.written} at ${target}`,
            consequence: 'Docker will create an empty directory of that name, or refuse the container.',
            on: subject.service(project.id, service.name),
          });
        }
        const { build } = service;
        if (build?.context && build.contextDirectory !== undefined) {
          yield* look(facts, project, service, {
            key: 'context',
            ref: build.context,
            kind: 'directory',
            severity: 'error',
            what: `builds from the context ${build.context.written}`,
            consequence: 'The build stops with "unable to prepare context: path … not found".',
            on: subject.build(project.id, service.name),
          });
        }
        for (const { path, required } of service.envFiles) {
          if (!required) continue;
          yield* look(facts, project, service, {
            key: 'env_file',
            ref: path,
            kind: 'file',
            severity: service.active ? 'error' : 'warning',
            what: `reads its environment from ${path.written}`,
            consequence: service.active
              ? 'Compose stops every command of the project with "env file … not found".'
              : refusedFor(project, service).consequence,
            on: service.active ? subject.project(project.id) : subject.service(project.id, service.name),
          });
        }
      }
    }
  },
});

type Use = {
  readonly key: string;
  readonly ref: PathRef;
  readonly kind: 'file' | 'directory' | undefined;
  readonly severity: 'error' | 'warning';
  readonly what: string;
  readonly consequence: string;
  readonly on: Subject;
};

function* look(facts: Facts, project: Project, service: Service, use: Use): Generator<Finding> {
  const found = machinePath(facts, use.ref);
  if (!found) return;
  const kind = use.kind ?? (posix.extname(found.rest.at(-1) ?? '') === '' ? 'directory' : 'file');
  const here = sameHere(facts, project, found, kind);
  const fix = here === undefined ? undefined : writeRelative(facts, use.key, use.ref, here);
  yield {
    subject: use.on,
    severity: use.severity,
    detail: `${service.name}:${use.key}:${use.ref.written}`,
    at: placeOfPath(use.ref),
    message: `Service "${service.name}" ${use.what}: a path of ${found.user}'s machine, and it is not on this one.`,
    evidence:
      here === undefined
        ? []
        : [`${here === '.' ? 'the root of the workspace' : here} is what its end names`],
    consequence: use.consequence,
    ...(fix
      ? { fixes: [fix] }
      : { advice: 'Write it relative to the compose file, or take it from a variable.' }),
  };
}
