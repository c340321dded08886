import { posix } from 'node:path';
import { shown } from '../../src/compose/edit.ts';
import type { Facts } from '../../src/facts.ts';
import { isSlip } from '../../src/nearest.ts';
import { isOutside } from '../../src/paths.ts';
import { repairContext } from '../../src/repair/build.ts';
import { machinePath } from '../../src/repair/machine-path.ts';
import { defineRule } from '../../src/rule.ts';
import type { FilePath } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/build-context-not-found',
  title: 'the build context of a service does not exist',
  severity: 'error',
  docs: `
\`build.context\` is resolved against the directory of the project (for an included file, of that file). Where the
directory is missing, \`docker compose build\` stops with \`unable to prepare context: path "…" not found\`, and no
service is built, not even those whose context is right.

**Tried before it is offered.** Directories that git moved, other letter case, one slip, the same name elsewhere; of
each, whether the Dockerfile is in it, parses, and finds its \`COPY\` sources there.

**When to ignore it.** A directory that a step before the build checks out or generates.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const { build } = service;
        if (!build?.context || build.contextDirectory === undefined) continue;
        const stat = facts.files.stat(build.contextDirectory);
        if (stat?.kind === 'directory' || stat?.kind === 'other') continue;
        // A path of somebody's machine is told by its own rule.
        if (machinePath(facts, build.context)) continue;
        const repair = await repairContext(facts, service);
        const written = shown(build.context.scalar);
        yield {
          subject: subject.build(project.id, service.name),
          message:
            stat?.kind === 'file'
              ? `The build context of service "${service.name}" is ${written}, which is a file.`
              : `The build context of service "${service.name}" is ${written}, which does not exist.`,
          at: build.context.scalar.at,
          evidence: repair.evidence,
          ...(repair.fixes.length === 0
            ? {
                advice: stat
                  ? 'Name the directory that holds what the build needs.'
                  : isOutside(build.contextDirectory)
                    ? 'It lies outside this workspace: check out what belongs there, or correct the path.'
                    : adviceFor(facts, build.contextDirectory),
              }
            : {}),
          ...(repair.cause ? { cause: repair.cause } : {}),
          fixes: repair.fixes,
        };
      }
    }
  },
});

/** A short name is one slip away from too many to be mended by it, and near enough to be named. */
function adviceFor({ files }: Facts, missing: FilePath): string {
  const parent = posix.dirname(missing);
  const near = files
    .list(parent)
    .filter((name) => isSlip(posix.basename(missing), name))
    .map((name) => posix.join(parent, name))
    .filter((path) => files.stat(path)?.kind === 'directory');
  return near.length === 0
    ? 'Nothing like it is in the workspace: create the directory, or correct the path.'
    : `${near.map((path) => `${path}/`).join(' and ')} is there: correct the path if that is meant, or create the directory.`;
}
