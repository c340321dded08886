import { posix } from 'node:path';
import type { PathRef, Project } from '../../src/compose/model.ts';
import { placeOfPath } from '../../src/compose/within.ts';
import type { Facts } from '../../src/facts.ts';
import { otherCase } from '../../src/repair/letter-case.ts';
import { pointTo, shownPath, writtenAs } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import type { FilePath, Place } from '../../src/source.ts';
import { type Subject, subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/case-mismatch',
  title: 'a path is written in other letter case than on disk',
  severity: 'warning',
  docs: `
The disks of macOS and Windows find \`api/dockerfile.dev\` where \`Api/Dockerfile.dev\` is asked for; those of Linux, and so
most servers and CI, do not. What works here fails there with \`no such file or directory\`. On a disk that tells letter
case apart the path is simply missing, and the rule of that path says so as an error.

**Tried before it is offered.** The names as the directories list them: one answer, so a safe fix.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const use of usesOf(facts, project)) {
        if (facts.files.stat(use.path) === undefined) continue;
        const real = otherCase(facts.files, use.path);
        if (real === undefined || isTakenByBuildKit(use, real)) continue;
        const step = use.ref && pointTo(facts, use.ref, real, use.from);
        const written = use.ref ? shownPath(use.ref) : use.path;
        const mended = use.ref && writtenAs(use.ref.written, use.from ?? use.ref.scalar.base, real);
        yield {
          subject: use.on,
          detail: `${use.key}:${written}`,
          at: use.at,
          message: `${written} (\`${use.key}\`) has the name ${real} on disk.`,
          evidence: [`the names of ${real} as their directories list them`],
          consequence: 'It works here, and not on Linux, where letter case counts.',
          ...(step && use.ref
            ? {
                fixes: [
                  {
                    title: `${use.key}: ${written} → ${mended ?? real}`,
                    safety: 'safe' as const,
                    steps: [step],
                  },
                ],
              }
            : { advice: `Write it as ${real}, or rename what is on disk.` }),
        };
      }
    }
  },
});

type Use = {
  readonly key: string;
  readonly path: FilePath;
  readonly at: Place;
  readonly on: Subject;
  /** Undefined for a default that is written nowhere. */
  readonly ref?: PathRef;
  /** What the path starts at, where that is not the directory of its own value. */
  readonly from?: FilePath;
};

function usesOf(facts: Facts, project: Project): readonly Use[] {
  const uses: Use[] = [];
  const add = (key: string, ref: PathRef, on: Subject, from?: FilePath) =>
    uses.push({
      key,
      path: ref.path,
      at: placeOfPath(ref),
      on,
      ref,
      ...(from === undefined ? {} : { from }),
    });
  for (const ref of project.pulledIn) add('file', ref, subject.file(ref.scalar.at.file));
  for (const service of project.services.values()) {
    const own = subject.service(project.id, service.name);
    for (const { path } of service.envFiles) add('env_file', path, own);
    for (const { source } of service.binds) add('volumes', source, own);
    const { build } = service;
    if (!build || build.contextDirectory === undefined) continue;
    const on = subject.build(project.id, service.name);
    if (build.context) add('context', build.context, on);
    // In a context whose own name is wrong, what is below it waits.
    if (otherCase(facts.files, build.contextDirectory) !== undefined) continue;
    if (build.dockerfile) add('dockerfile', build.dockerfile, on, build.contextDirectory);
    else if (build.dockerfilePath !== undefined)
      uses.push({
        key: 'dockerfile',
        path: build.dockerfilePath,
        at: build.context?.scalar.at ?? build.at,
        on,
      });
  }
  for (const [section, resources] of [
    ['secrets', project.secrets],
    ['configs', project.configs],
  ] as const) {
    for (const { file } of resources.values()) add(section, file, subject.project(project.id));
  }
  return uses;
}

/** BuildKit finds an all lower-case `dockerfile` on every disk. */
function isTakenByBuildKit(use: Use, real: FilePath): boolean {
  return (
    use.key === 'dockerfile' &&
    posix.basename(use.path) === 'Dockerfile' &&
    posix.basename(real) === 'dockerfile' &&
    posix.dirname(use.path) === posix.dirname(real)
  );
}
