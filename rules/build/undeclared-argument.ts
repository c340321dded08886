import { pairsToMap } from '../../src/compose/forms.ts';
import type { Build, ScalarNode } from '../../src/compose/model.ts';
import { childAt } from '../../src/compose/tree.ts';
import { type ReadBuild, readBuilds, rootImageOf } from '../../src/dockerfile/builds.ts';
import { knownImage } from '../../src/dockerfile/known-images.ts';
import type { Facts } from '../../src/facts.ts';
import { nearest } from '../../src/nearest.ts';
import { defineRule, type Fix } from '../../src/rule.ts';
import type { Place } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

/** Arguments that need no ARG (Dockerfile reference, "Predefined ARGs"; BuildKit, build-time arguments). */
const PREDEFINED =
  /^(?:(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY|(?:http|https|ftp|no|all)_proxy|SOURCE_DATE_EPOCH|BUILDKIT_.*|(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)|TARGETSTAGE)$/;

export default defineRule({
  id: 'build/undeclared-argument',
  title: 'a build argument is given that no ARG declares',
  severity: 'warning',
  docs: `
Without an \`ARG\` of that name the value goes nowhere: BuildKit builds with the default, and says so in one line of the
log, \`[Warning] One or more build-args were not consumed\`. A warning where the name is close to that of an \`ARG\`;
otherwise only a note.

Arguments that Docker knows by itself (proxies, \`BUILDKIT_…\`, platforms) are left alone; so are those that several
builds share and one of them declares, and base images that may declare them in \`ONBUILD\`.
`,
  *check(facts) {
    const builds = [...readBuilds(facts)];
    const consumed = new Set(
      builds.flatMap(({ build, model }) =>
        [...build.args].flatMap(([name, value]) =>
          value && model.argNames.has(name) ? [keyOf(value.at)] : [],
        ),
      ),
    );
    for (const read of builds) {
      const { project, service, build, model, stages } = read;
      if (stages.length === 0 || !stages.every((stage) => hasNoTriggers(read, stage.index))) continue;
      const free = [...model.argNames].filter((name) => !build.args.has(name) && !PREDEFINED.test(name));
      for (const [name, value] of build.args) {
        if (model.argNames.has(name) || PREDEFINED.test(name)) continue;
        if (value && consumed.has(keyOf(value.at))) continue;
        const at = placeOfName(facts, build, name, value);
        const near = nearest(name, free);
        const fixes: Fix[] =
          near !== undefined && at && isWritten(facts, at, name)
            ? [
                {
                  title: `args: ${name} → ${near}`,
                  safety: 'unsafe',
                  caveat: 'it is the nearest ARG, and nothing else speaks for it',
                  steps: [{ kind: 'edit', at, text: near }],
                },
              ]
            : [];
        yield {
          subject: subject.build(project.id, service.name),
          detail: name,
          severity: near === undefined ? 'info' : 'warning',
          at: at ?? value?.at ?? build.at,
          message: `Service "${service.name}" is built with the argument ${name}, which no ARG of its Dockerfile declares.`,
          ...(near === undefined ? {} : { evidence: [`ARG ${near} is declared, and not given`] }),
          consequence: 'The value is not used.',
          ...(fixes.length > 0
            ? {}
            : { advice: `Add \`ARG ${name}\` to the stage that needs it, or take the argument out.` }),
          fixes,
        };
      }
    }
  },
});

/** Base images may hold `ONBUILD ARG`; official ones do not, and neither does scratch. */
function hasNoTriggers({ model, build }: ReadBuild, index: number): boolean {
  const stage = model.stages[index];
  const root = stage && rootImageOf(model, build, stage);
  return root === 'scratch' || (root !== undefined && knownImage(root) !== undefined);
}

function keyOf(at: Place): string {
  return `${at.file}:${at.start}`;
}

/** The name alone: the key of a mapping, or what stands before the `=` of a list's item. */
function placeOfName(
  facts: Facts,
  build: Build,
  name: string,
  value: ScalarNode | undefined,
): Place | undefined {
  const args = childAt(build.node, 'args');
  const key = args && pairsToMap(args).entries.get(name)?.key;
  const source = key && facts.files.read(key.file);
  if (!key || !source || !('text' in source)) return value?.at;
  const start = source.text.indexOf(name, key.start);
  return start >= 0 && start <= key.start + 1 ? { file: key.file, start, end: start + name.length } : key;
}

function isWritten(facts: Facts, at: Place, name: string): boolean {
  const source = facts.files.read(at.file);
  return 'text' in source && source.text.slice(at.start, at.end) === name;
}
