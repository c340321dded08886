import { buildsOnOf, type Dependency, dependenciesOf } from '../../src/compose/dependencies.ts';
import type { Project, Service } from '../../src/compose/model.ts';
import { definedIn, isWhole } from '../../src/compose/references.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import type { Facts } from '../../src/facts.ts';
import { listed, MOST_NAMES } from '../../src/listed.ts';
import { renameFixes } from '../../src/repair/name.ts';
import { projectsBeside } from '../../src/repair/undefined.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { nearName } from '../../src/slip.ts';

export default defineRule({
  id: 'compose/undefined-dependency',
  title: 'a service needs a service that is not defined',
  severity: 'error',
  docs: `
\`depends_on\`, \`links\`, \`volumes_from\`, \`additional_contexts\` and \`network_mode\`, \`ipc\`, \`pid\` or \`uts\` with
\`service:\` name services of the same project. Compose refuses the project otherwise: \`service "…" depends on
undefined service "…"\`, without a line. \`required: false\` does not help here: it is for services that a profile
leaves out.

**Tried before it is offered.** A service whose name is one slip away, and only one, is a safe fix.

**When to ignore it.** Where another file beside this one defines the service, the two may be meant to be run together:
that is a warning. So is a service that no chosen profile starts: Compose does not look at it before.
`,
  *check(facts) {
    for (const project of facts.projects) {
      if (!isWhole(project)) continue;
      const known = definedIn(project, 'services');
      for (const service of project.services.values()) {
        for (const dependency of [...dependenciesOf(service), ...buildsOnOf(service)]) {
          if (!known.includes(dependency.name)) yield finding(facts, project, service, dependency, known);
        }
      }
    }
  },
});

function finding(
  facts: Facts,
  project: Project,
  service: Service,
  dependency: Dependency,
  known: readonly string[],
): Finding {
  const { name, label, by } = dependency;
  const [beside] = projectsBeside(facts, project, 'services', name);
  const others = known.filter((other) => other !== service.name);
  const near = beside ? undefined : nearName(name, others);
  const fixes = renameFixes(facts, [dependency], dependency, near);
  return {
    ...refusedFor(project, service),
    detail: `${service.name}:${by}:${label}`,
    ...(beside ? { severity: 'warning' } : {}),
    at: dependency.at,
    message: `Service "${service.name}" needs service "${label}" (${by}), which is not defined${near ? `; did you mean "${near.name}"?` : '.'}`,
    evidence: [`the services defined are ${listed(known, MOST_NAMES)}`],
    ...(fixes.length > 0
      ? {}
      : {
          advice: beside
            ? `${beside.files.join(', ')} defines it: run the files together, each with its own -f.`
            : 'Name a service that is defined, or take the dependency out.',
        }),
    fixes,
  };
}
