import { shown } from '../../src/compose/edit.ts';
import type { NameFault, Project } from '../../src/compose/model.ts';
import { unsetVariables } from '../../src/compose/unset.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

const RULE = 'lower-case letters, digits, hyphens and underscores, with a letter or digit first';

export default defineRule({
  id: 'compose/invalid-project-name',
  title: 'the name of the project is none that Compose takes',
  severity: 'error',
  docs: `
The name of a project is ${RULE}. It comes from \`-p\`, else from
\`COMPOSE_PROJECT_NAME\` (in the environment or in \`.env\`), else from \`name:\` in the compose file, else from the
directory.

From the first two Compose takes it only as it has to be: \`COMPOSE_PROJECT_NAME=MyApp\` ends every command with \`invalid
project name "MyApp"\`. The other two it cleans (\`MyApp\` becomes \`myapp\`), and stops with \`project name must not be
empty\` only where nothing is left of them, as of a directory named \`日本\`.

The value of the variable is not shown. Where no file gives the name, the finding has no place in one.
`,
  *check(facts) {
    for (const project of facts.projects) {
      const { nameFault } = project;
      if (nameFault && !isLeftOpen(facts, project, nameFault)) yield finding(project, nameFault);
    }
  },
});

/** Whether a variable without a default is what is wrong: then that is said of it. */
function isLeftOpen(facts: Facts, project: Project, { kind }: NameFault): boolean {
  if (kind !== 'written') return false;
  const unset = unsetVariables(project, (file) => {
    const source = facts.files.read(file);
    return 'text' in source ? source : undefined;
  });
  return unset.some(({ places }) => places.some(({ path }) => path[0] === 'name'));
}

function finding(project: Project, fault: NameFault): Finding {
  const { kind, by, text, at, scalar } = fault;
  const file = project.files[0] ?? '';
  const on = { subject: subject.project(project.id), detail: by };
  if (kind === 'given') {
    const name = by === '-p' ? `"${text}" (-p)` : 'COMPOSE_PROJECT_NAME';
    return {
      ...on,
      ...(at ? { at, confidential: true } : {}),
      message:
        by === '-p'
          ? `The project name ${name} is none that Compose takes.`
          : `${name} gives the project a name that Compose does not take${faultIn(text)}.`,
      ...(at ? {} : by === '-p' ? {} : { evidence: ['the variable is set in the environment of this run'] }),
      consequence: 'Compose refuses the whole project: `invalid project name`.',
      advice: `Write ${RULE}.`,
    };
  }
  return {
    ...on,
    ...(at ? { at } : {}),
    message: scalar
      ? `Nothing is left of the project name \`${shown(scalar)}\`: a name is ${RULE}.`
      : `Nothing is left of the directory name "${text}" for a project name: that is ${RULE}.`,
    consequence: 'Compose refuses the whole project: `project name must not be empty`.',
    advice: scalar ? 'Give it a name of these characters.' : `Add \`name: \` with a name to ${file}.`,
  };
}

/** What is wrong with a name, without telling it. */
function faultIn(text: string): string {
  if (/[A-Z]/.test(text)) return ': it has upper-case letters';
  if (/\s/.test(text)) return ': it has a space';
  if (/[^-_a-z0-9]/.test(text))
    return ': it has other characters than letters, digits, hyphens and underscores';
  return ': it does not start with a letter or digit';
}
