import { readBuilds } from '../../src/dockerfile/builds.ts';
import { nearest } from '../../src/nearest.ts';
import { defineRule, type Finding, type Fix } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'build/invalid-base-image',
  title: 'a FROM names no image',
  severity: 'error',
  docs: `
An argument in \`FROM\` counts only where an \`ARG\` *before the first FROM* declares it. Without one, or without a value,
nothing is put in its place, and BuildKit stops: \`base name (\${BASE}) should not be blank\`, \`failed to parse stage name
"alpine:": invalid reference format\`. This holds for stages that are not built, too. Names of images are lower case.

An \`ARG\` that is declared without a default is only a warning: \`--build-arg\` may give it a value.
`,
  *check(facts) {
    for (const { project, service, build, model, file, placeOf, textOf } of readBuilds(facts)) {
      const on = subject.build(project.id, service.name);
      for (const { index, base, baseRange, baseStage, unresolved, blanks } of model.stages) {
        const common = { subject: on, detail: String(index), at: placeOf(baseRange) };
        const written = textOf(baseRange) ?? base;
        if (blanks && isMalformed(blanks.base)) {
          const { undeclared, withoutValue } = blanks;
          const [name = ''] = [...undeclared, ...withoutValue];
          const declared = [...model.globalArgs.keys()];
          const near = undeclared.length === 1 ? nearest(name, declared) : undefined;
          const inStage = model.argNames.has(name) && !model.globalArgs.has(name);
          const fixes: Fix[] =
            near !== undefined && file !== undefined && written.split(name).length === 2
              ? [
                  {
                    title: `${name} → ${near}`,
                    safety: 'unsafe',
                    caveat: 'it is the nearest ARG, and nothing else speaks for it',
                    steps: [{ kind: 'edit', at: { file, ...baseRange }, text: written.replace(name, near) }],
                  },
                ]
              : [];
          const finding: Finding = {
            ...common,
            severity: undeclared.length > 0 ? 'error' : 'warning',
            message:
              undeclared.length > 0
                ? `FROM ${written} of service "${service.name}" uses ${name}, which no ARG before the first FROM declares.`
                : `FROM ${written} of service "${service.name}" uses ${name}, which has no default and is not given.`,
            evidence: [
              blanks.base === ''
                ? 'nothing is left of the image’s name'
                : `what is left of the image’s name is "${blanks.base}"`,
              ...(inStage ? [`ARG ${name} is declared in a stage, where FROM does not see it`] : []),
            ],
            ...(fixes.length > 0
              ? {}
              : {
                  advice:
                    undeclared.length > 0
                      ? `Put \`ARG ${name}=…\` before the first FROM.`
                      : `Give \`ARG ${name}\` a default, or a value in \`build.args\`.`,
                }),
            fixes,
          };
          yield finding;
        } else if (!unresolved && baseStage === undefined && hasCapitals(base)) {
          // A named context may stand behind any name.
          if (build.additionalContexts.size > 0) continue;
          if (model.stages.slice(0, index).some((stage) => stage.name === base.toLowerCase())) continue;
          yield {
            ...common,
            message: `FROM ${base} of service "${service.name}" is no name of an image: they are lower case.`,
            consequence: 'BuildKit says "repository name must be lowercase".',
            advice: `Write \`${lowerName(base)}\`, if that is the image you mean.`,
          };
        }
      }
    }
  },
});

/** What is left of a reference whose variables are empty, where it can be none for certain. */
function isMalformed(base: string): boolean {
  return base === '' || /^[:/@]|[:/@]$|\/\/|\/:|:@|[:/][.-]/.test(base);
}

/** Capital letters in the repository; those of a registry's host and of a tag are fine. */
function hasCapitals(base: string): boolean {
  return lowerName(base) !== base;
}

function lowerName(base: string): string {
  const end = /(?::[^:/]*)?(?:@.*)?$/.exec(base)?.index ?? base.length;
  const parts = base.slice(0, end).split('/');
  const [host = ''] = parts;
  const hosted =
    parts.length > 1 && (/[.:]/.test(host) || host === 'localhost' || host !== host.toLowerCase());
  const name = hosted
    ? [host, ...parts.slice(1).map((part) => part.toLowerCase())]
    : parts.map((part) => part.toLowerCase());
  return name.join('/') + base.slice(end);
}
