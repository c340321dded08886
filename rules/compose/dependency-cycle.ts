import {
  buildsOnOf,
  type Dependency,
  dependenciesOf,
  dependencyCycles,
} from '../../src/compose/dependencies.ts';
import type { Project, Service } from '../../src/compose/model.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/dependency-cycle',
  title: 'services need each other in a circle',
  severity: 'error',
  docs: `
Services that wait for each other can never start. Compose refuses the project: \`dependency cycle detected: a -> b ->
a\`, without a line. A circle can go through \`depends_on\` (with \`required: false\` too), \`links\`, \`volumes_from\`
and \`network_mode\`, \`ipc\`, \`pid\` or \`uts\` with \`service:\`. Only a person can say which step is not needed.

Builds that take each other as \`additional_contexts\` are the same fault for \`docker compose build\`: \`infinite loop
from a to b\`, whether the Dockerfiles use those contexts or not.
`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const cycle of dependencyCycles(project)) {
        const [first = ''] = cycle;
        const active = cycle.every((name) => project.services.get(name)?.active);
        yield {
          ...circle(project, cycle, dependenciesOf),
          subject: active ? subject.project(project.id) : subject.service(project.id, first),
          ...(active ? {} : { severity: 'warning' }),
          consequence: active
            ? 'Compose refuses the whole project.'
            : 'Compose refuses the whole project as soon as the profiles of all of them are chosen.',
        };
      }
      for (const cycle of dependencyCycles(project, buildsOnOf)) {
        const [first = '', second] = cycle;
        const active = cycle.some((name) => project.services.get(name)?.active);
        yield {
          ...circle(project, cycle, buildsOnOf),
          subject: subject.build(project.id, first),
          ...(active ? {} : { severity: 'warning' }),
          consequence:
            second === undefined
              ? `\`docker compose build\` ends with \`target ${first} cannot link to itself\`.`
              : '`docker compose build` ends with `infinite loop from … to …`, and builds none of them.',
        };
      }
    }
  },
});

type Needs = (service: Service) => readonly Dependency[];

function circle(project: Project, cycle: readonly string[], needs: Needs): Omit<Finding, 'subject'> {
  const [first = '', second] = cycle;
  const steps = stepsOf(project, cycle, needs);
  return {
    detail: [...cycle].sort().join(','),
    ...(steps[0] ? { at: steps[0].at } : {}),
    message:
      second === undefined
        ? `Service "${first}" needs itself (${steps[0]?.by ?? 'depends_on'}).`
        : `Services need each other in a circle: ${[...cycle, first].join(' → ')}.`,
    ...(second === undefined
      ? {}
      : { evidence: steps.map(({ from, to, by }) => `"${from}" needs "${to}" (${by})`) }),
    advice: 'Take one of these steps out.',
  };
}

function stepsOf(project: Project, cycle: readonly string[], needs: Needs) {
  return cycle.flatMap((from, index) => {
    const to = cycle[(index + 1) % cycle.length] ?? from;
    const service = project.services.get(from);
    const found = service && needs(service).find(({ name }) => name === to);
    return found ? [{ from, to, by: found.by, at: found.at }] : [];
  });
}
