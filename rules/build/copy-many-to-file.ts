import { chainOf, type ReadBuild, readBuilds, rootImageOf } from '../../src/dockerfile/builds.ts';
import { hasWildcard } from '../../src/dockerfile/glob.ts';
import { workdirAfter } from '../../src/dockerfile/image-files.ts';
import { knownImage } from '../../src/dockerfile/known-images.ts';
import type { Copy, Stage, StageStep } from '../../src/dockerfile/model.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/copy-many-to-file',
  title: 'several sources are copied onto one file',
  severity: 'warning',
  docs: `
\`COPY a.txt b.txt /data\` makes a *file* \`/data\` where there is no such directory: each source overwrites the one before,
and only the last is left. BuildKit says nothing; the older builder refused it (\`When using COPY with more than one
source file, the destination must be a directory and end with a /\`). What looks for \`/data/a.txt\` later fails.

Said only where the base image is known not to have that directory and no earlier step names it.

**Fixed safely** by a slash at the end of the destination.
`,
  *check(facts) {
    for (const read of readBuilds(facts)) {
      const { project, service, file, stages, placeOf } = read;
      for (const stage of stages) {
        const before: StageStep[] = chainOf(read.model, stage)
          .slice(0, -1)
          .flatMap((one) => one.steps);
        for (const step of stage.steps) {
          const lost = step.kind === 'copy' ? overwritten(facts, read, stage, before, step.copy) : [];
          before.push(step);
          if (step.kind !== 'copy' || lost.length === 0) continue;
          const { destination, destinationRange, sources } = step.copy;
          yield {
            subject: subject.build(project.id, service.name),
            detail: `${stage.index}:${destination}`,
            at: placeOf(destinationRange),
            message: `The build of service "${service.name}" copies ${sources.length} files onto ${destination}, which becomes a file: only ${sources.at(-1)?.path} is left.`,
            evidence: [`lost: ${lost.join(', ')}`],
            advice: `Write \`${destination}/\`.`,
            fixes:
              file !== undefined && read.textOf(destinationRange) === destination
                ? [
                    {
                      title: `${destination} → ${destination}/`,
                      safety: 'safe',
                      steps: [
                        {
                          kind: 'edit',
                          at: { file, start: destinationRange.end, end: destinationRange.end },
                          text: '/',
                        },
                      ],
                    },
                  ]
                : [],
          };
        }
      }
    }
  },
});

/** The sources that are lost; none where the destination may be a directory. */
function overwritten(
  facts: Facts,
  read: ReadBuild,
  stage: Stage,
  before: readonly StageStep[],
  copy: Copy,
): readonly string[] {
  const { sources, destination, from, more, destinationUnresolved } = copy;
  const { context, file } = read;
  if (context === undefined || from !== undefined || more || destinationUnresolved || sources.length < 2)
    return [];
  if (/(?:^|\/)\.{0,2}$/.test(destination) || destination.includes('"')) return [];
  const root = rootImageOf(read.model, read.build, stage);
  if (root !== 'scratch' && (root === undefined || !knownImage(root))) return [];
  const absolute = destination.startsWith('/')
    ? destination
    : workdirAfter(read, stage, before)?.concat('/', destination);
  if (absolute === undefined || isUsual(absolute)) return [];
  // An earlier step that names it may have made it.
  const name = destination.split('/').at(-1) ?? destination;
  if (before.some((step) => mentions(step, name))) return [];
  const files = sources.every(
    (source) =>
      !source.unresolved &&
      !hasWildcard(source.path) &&
      facts.contextMatch(context, file, source.path).found &&
      facts.files.stat(`${context}/${source.path}`)?.kind === 'file',
  );
  return files ? sources.slice(0, -1).map((source) => source.path) : [];
}

/** Paths at which an image may well have a directory of its own. */
function isUsual(path: string): boolean {
  return /^\/+(?:bin|boot|dev|etc|go|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/|$)/.test(
    path,
  );
}

function mentions(step: StageStep, name: string): boolean {
  if (step.kind === 'workdir') return step.unresolved || step.path.includes(name);
  if (step.kind === 'copy')
    return (
      step.copy.destinationUnresolved ||
      step.copy.destination.includes(name) ||
      /^(?:\/|\.?\/?)$/.test(step.copy.destination)
    );
  return step.kind === 'run' && step.command.words.some(({ text }) => text.includes(name));
}
