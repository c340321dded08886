import { chainOf, readBuilds, rootImageOf } from '../../src/dockerfile/builds.ts';
import { mayBringPrograms } from '../../src/dockerfile/image-files.ts';
import { type Family, knownImage } from '../../src/dockerfile/known-images.ts';
import type { CommandWord, Stage, StageStep } from '../../src/dockerfile/model.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

/** Package managers, and which family of images has them. */
const MANAGERS: Readonly<Record<string, Family | undefined>> = {
  apk: 'alpine',
  apt: 'debian',
  'apt-get': 'debian',
  yum: undefined,
  dnf: undefined,
  microdnf: undefined,
  zypper: undefined,
};

const OWN: Readonly<Record<Family, string>> = { alpine: 'apk add', debian: 'apt-get install' };
const NAME: Readonly<Record<Family, string>> = { alpine: 'Alpine', debian: 'Debian' };

export default defineRule({
  id: 'build/wrong-package-manager',
  title: 'a build calls a package manager that its base image does not have',
  severity: 'error',
  docs: `
\`apt-get\` on Alpine, \`apk\` on Debian or Ubuntu: the step ends with \`not found\` and \`exit code: 127\`. It happens when
a base image is swapped for its \`-alpine\` or \`-slim\` variant.

Looked at are bases whose tag says what they are (official images only), through all stages in between, and commands
that a \`RUN\` certainly runs: pipes, conditions, \`||\` and scripts are left alone, and so is a manager that an earlier
step mentions otherwise.

**When to ignore it.** A base image of your own under the name of an official one.
`,
  *check(facts) {
    for (const read of readBuilds(facts)) {
      const { project, service, build, model, stages, placeOf } = read;
      for (const stage of stages) {
        const image = rootImageOf(model, build, stage);
        const known = image === undefined ? undefined : knownImage(image);
        if (image === undefined || !known) continue;
        const below = chainOf(model, stage).slice(0, -1);
        const wrong = wrongCommand(stage, below, known.family);
        if (!wrong) continue;
        yield {
          subject: subject.build(project.id, service.name),
          detail: `${stage.index}:${wrong.text}`,
          at: placeOf(wrong.range),
          message: `The build of service "${service.name}" calls ${wrong.text}, and ${image} is ${NAME[known.family]}, which has none.`,
          consequence: `The step ends with "${wrong.text}: not found" and exit code 127.`,
          advice: `Use \`${OWN[known.family]}\`, or another base image. Packages may have other names there.`,
        };
      }
    }
  },
});

/** The first call of a manager that the family does not have; undefined where a step may have brought one. */
function wrongCommand(stage: Stage, below: readonly Stage[], family: Family): CommandWord | undefined {
  const before: StageStep[] = below.flatMap((one) => one.steps);
  for (const step of stage.steps) {
    if (before.some(mayBringPrograms)) return undefined;
    before.push(step);
    if (step.kind !== 'run') continue;
    const [first] = step.command.words;
    const commands =
      step.command.form === 'exec' && first
        ? [{ words: [first], decides: true }]
        : (step.command.commands ?? []);
    for (const { words, decides } of commands) {
      const [program] = words;
      if (!program || !decides || !program.literal || !Object.hasOwn(MANAGERS, program.text)) continue;
      if (MANAGERS[program.text] === family || mentioned(before, program.text)) continue;
      return program;
    }
  }
  return undefined;
}

/** Whether the manager is named other than as a command: it may be installed, linked or tested for. */
function mentioned(steps: readonly StageStep[], manager: string): boolean {
  return steps.some((step) => {
    if (step.kind !== 'run') return false;
    const { form, words, commands } = step.command;
    const named = (text: string) => new RegExp(`(?:^|[^\\w-])${manager}(?:$|[^\\w-])`).test(text);
    if (form === 'exec') return words.slice(1).some(({ text }) => named(text));
    if (!commands) return words.some(({ text }) => named(text));
    return commands.some((command) => command.words.slice(1).some(({ text }) => named(text)));
  });
}
