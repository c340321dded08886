import { dependenciesOf, dependencyCycles } from '../../src/compose/dependencies.ts';
import type { Project } from '../../src/compose/model.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/dependency-cycle',
  title: 'services need each other in a circle',
  severity: 'error',
  docs: `
Services that wait for each other can never start. Compose refuses the project: \`dependency cycle detected: a -> b ->
a\`, without a line. A circle can go through \`depends_on\` (with \`required: false\` too), \`links\`, \`volumes_from\`
and \`network_mode\`, \`ipc\`, \`pid\` or \`uts\` with \`service:\`. Only a person can say which step is not needed.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const cycle of dependencyCycles(project)) {
        const [first = '', second] = cycle;
        const steps = stepsOf(project, cycle);
        const active = cycle.every((name) => project.services.get(name)?.active);
        yield {
          subject: active ? subject.project(project.id) : subject.service(project.id, first),
          detail: [...cycle].sort().join(','),
          ...(steps[0] ? { at: steps[0].at } : {}),
          message:
            second === undefined
              ? `Service "${first}" needs itself (${steps[0]?.by ?? 'depends_on'}).`
              : `Services need each other in a circle: ${[...cycle, first].join(' → ')}.`,
          ...(second === undefined
            ? {}
            : { evidence: steps.map(({ from, to, by }) => `"${from}" needs "${to}" (${by})`) }),
          consequence: active
            ? 'Compose refuses the whole project.'
            : 'Compose refuses the whole project as soon as the profiles of all of them are chosen.',
          advice: 'Take one of these steps out.',
        };
      }
    }
  },
});

function stepsOf(project: Project, cycle: readonly string[]) {
  return cycle.flatMap((from, index) => {
    const to = cycle[(index + 1) % cycle.length] ?? from;
    const service = project.services.get(from);
    const found = service && dependenciesOf(service).find(({ name }) => name === to);
    return found ? [{ from, to, by: found.by, at: found.at }] : [];
  });
}
