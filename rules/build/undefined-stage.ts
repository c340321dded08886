import { replaceScalar, shown } from '../../src/compose/edit.ts';
import { type ReadBuild, readBuilds } from '../../src/dockerfile/builds.ts';
import type { Range, Stage } from '../../src/dockerfile/model.ts';
import { type MistakenStage, mistakenStage, rangeOfFrom } from '../../src/dockerfile/stage-names.ts';
import type { Facts } from '../../src/facts.ts';
import { listed, MOST_NAMES } from '../../src/listed.ts';
import { nearest } from '../../src/nearest.ts';
import { defineRule, type Finding, type Fix } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/undefined-stage',
  title: 'a build stage is named that is not there',
  severity: 'error',
  docs: `
A name in \`COPY --from\`, \`RUN --mount=from=\` or \`FROM\` that is no stage above is taken for an image: BuildKit asks
Docker Hub for it and says \`pull access denied\` or \`failed to resolve source metadata\`. A \`target\` of the compose
file that no stage has ends in \`target stage "…" could not be found\`. \`FROM\` compares names letter by letter, the
others in any case.

Said is only what cannot be an image: a name one or two letters away from a stage above, or a stage further down. Official
images, images that a service of the project builds, and additional contexts are left alone.

**Fixed safely** where one letter, or letter case alone, is wrong and a single stage is meant.

**When to ignore it.** An image that you built by hand under a name that close to a stage's.
`,
  *check(facts) {
    for (const read of readBuilds(facts)) {
      const missing = missingTarget(facts, read);
      if (missing) yield missing;
      for (const stage of read.stages) yield* inStage(read, stage);
    }
  },
});

function missingTarget(facts: Facts, { project, service, build, model }: ReadBuild): Finding | undefined {
  const { target } = build;
  const name = target?.text.trim() ?? '';
  if (!target || name === '' || model.stages.length === 0) return undefined;
  const names = model.stages.flatMap((stage) => (stage.name === undefined ? [] : [stage.name]));
  if (names.includes(name.toLowerCase())) return undefined;
  // The name may be given to that stage on the way: a variable without a value is no slip of the pen.
  const near = nearest(name, names);
  const source = facts.files.read(target.at.file);
  const step = near === undefined || !('text' in source) ? undefined : replaceScalar(target, source, near);
  const oneLetter = near !== undefined && isOneLetter(name.toLowerCase(), near);
  const written = shown(target);
  const fixes: Fix[] = step
    ? [
        {
          title: `target: ${written} → ${near}`,
          safety: oneLetter ? 'safe' : 'unsafe',
          steps: [step],
          ...(oneLetter ? {} : { caveat: 'it is the nearest name, and nothing else speaks for it' }),
        },
      ]
    : [];
  const known =
    names.length > 0
      ? `it has ${listed(
          names.map((one) => `"${one}"`),
          MOST_NAMES,
        )}`
      : 'its stages have no names';
  return {
    subject: subject.build(project.id, service.name),
    detail: 'target',
    at: target.at,
    message: `Service "${service.name}" builds the target ${written}, and its Dockerfile has no such stage.`,
    evidence: [`${build.dockerfileInline ? 'the inline Dockerfile' : build.dockerfilePath}: ${known}`],
    consequence: `BuildKit says \`target stage "${written}" could not be found\`.`,
    ...(fixes.length > 0 ? {} : { advice: 'Name one of its stages, or add `AS` and the name to a FROM.' }),
    fixes,
  };
}

function* inStage(read: ReadBuild, stage: Stage): Iterable<Finding> {
  if (stage.baseStage === undefined && !stage.unresolved) {
    const wrong = mistakenStage(read.model, stage.index, stage.base, true, read);
    if (wrong) yield found(read, 'FROM', stage.base, stage.baseRange, wrong);
  }
  for (const { from, fromStage, range, ...other } of [...stage.copies, ...stage.mounts]) {
    if (from === undefined || fromStage !== undefined || from.includes('$')) continue;
    const wrong = mistakenStage(read.model, stage.index, from, false, read);
    if (!wrong) continue;
    const flag = 'instruction' in other ? 'COPY --from' : 'RUN --mount=from';
    yield found(read, flag, from, rangeOfFrom(read.textOf(range), range, from), wrong);
  }
}

function found(
  read: ReadBuild,
  flag: string,
  name: string,
  range: Range,
  { why, stage, off }: MistakenStage,
): Finding {
  const { project, service, file, textOf, placeOf } = read;
  const written = flag === 'FROM' ? `FROM ${name}` : `${flag}=${name}`;
  const meant = stage.name ?? String(stage.index);
  const says = {
    itself: `${written} names the stage that it stands in`,
    later: `${written} names a stage that is defined further down`,
    'letter-case': `${written} names no stage: FROM compares letter by letter, and the stage is "${meant}"`,
    near: `${written} names no stage above it; the nearest is "${meant}"`,
  }[why];
  const replaces = why === 'letter-case' || why === 'near';
  const sure = why === 'letter-case' || off === 1;
  const fixes: Fix[] =
    replaces && file !== undefined && textOf(range) === name
      ? [
          {
            title: `${written} → ${meant}`,
            safety: sure ? 'safe' : 'unsafe',
            steps: [{ kind: 'edit', at: { file, ...range }, text: meant }],
            ...(sure ? {} : { caveat: 'it is the nearest name, and nothing else speaks for it' }),
          },
        ]
      : [];
  return {
    subject: subject.build(project.id, service.name),
    detail: `${stage.index}:${written}`,
    at: placeOf(range),
    message: `In the build of service "${service.name}", ${says}.`,
    ...(why === 'near' || (why === 'later' && flag === 'FROM')
      ? { consequence: 'BuildKit takes it for an image of that name and tries to pull it.' }
      : {}),
    ...(fixes.length > 0
      ? {}
      : {
          advice: replaces
            ? `Write \`${meant}\`.`
            : why === 'later'
              ? `Move the stage "${meant}" above the one that needs it.`
              : 'Name another stage, or copy from the build context.',
        }),
    fixes,
  };
}

function isOneLetter(wrong: string, right: string): boolean {
  if (Math.abs(wrong.length - right.length) > 1) return false;
  let start = 0;
  while (start < Math.min(wrong.length, right.length) && wrong[start] === right[start]) start++;
  let end = 0;
  while (
    end < Math.min(wrong.length, right.length) - start &&
    wrong[wrong.length - 1 - end] === right[right.length - 1 - end]
  )
    end++;
  return Math.max(wrong.length, right.length) - start - end <= 1;
}
