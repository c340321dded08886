import { shown } from '../../src/compose/edit.ts';
import type { Project, ScalarNode, Service } from '../../src/compose/model.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { replicasOf, together } from '../../src/compose/together.ts';
import { scalarAt } from '../../src/compose/tree.ts';
import type { Facts } from '../../src/facts.ts';
import { defineRule, type Finding } from '../../src/rule.ts';
import { locate, type Place } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/container-name-conflict',
  title: 'one container name for several containers',
  severity: 'error',
  docs: `
A \`container_name\` can be given to one container only. Compose refuses a project that gives it to two services
(\`container name "…" is already in use by service\`) or to a service with more than one replica (\`can't set
container_name and … as container name must be unique\`).

Services that no common profile starts may have the same name. Where one always starts and the other has a profile,
that is a warning.
`,
  *check(facts) {
    for (const project of facts.projects) {
      const named = [...project.services.values()].flatMap((service) => {
        const name = scalarAt(service.node, 'container_name');
        return name && isName(name.text) ? [{ service, name }] : [];
      });
      for (const [index, { service, name }] of named.entries()) {
        const { count, written, by } = replicasOf(service);
        if (count > 1 && written) yield scaled(project, service, name, written, by);
        for (const earlier of named.slice(0, index)) {
          if (earlier.name.text !== name.text) continue;
          const found = twice(facts, project, earlier, { service, name });
          if (!found) continue;
          yield found;
          break;
        }
      }
    }
  },
});

/** What is no name for a container is refused as that. */
function isName(text: string): boolean {
  return /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text);
}

type Named = { readonly service: Service; readonly name: ScalarNode };

function scaled(
  project: Project,
  service: Service,
  name: ScalarNode,
  written: ScalarNode,
  by: string,
): Finding {
  return {
    ...refusedFor(project, service),
    detail: service.name,
    at: name.at,
    message: `Service "${service.name}" has the fixed container name ${shown(name)} and ${shown(written)} replicas (${by}).`,
    advice:
      'Take out the `container_name`, so that each container gets a name of its own, or run one replica.',
  };
}

function twice(facts: Facts, project: Project, first: Named, second: Named): Finding | undefined {
  const how = together(first.service, second.service);
  if (how === 'never') return undefined;
  return {
    subject: how === 'now' ? subject.project(project.id) : subject.service(project.id, second.service.name),
    detail: `${first.service.name},${second.service.name}`,
    ...(how === 'now' ? {} : { severity: 'warning' }),
    at: second.name.at,
    message: `Services "${first.service.name}" and "${second.service.name}" have the same container name, ${shown(second.name)}.`,
    evidence: lineOf(facts, first.name.at).map((where) => `first given at ${where}`),
    consequence: refuses(how === 'now'),
    advice: 'Give one of them another name, or none: Compose then makes up its own.',
  };
}

function refuses(now: boolean): string {
  return now
    ? 'Compose refuses the whole project.'
    : 'Compose refuses the whole project as soon as the profile is chosen that starts it.';
}

function lineOf(facts: Facts, at: Place): string[] {
  const source = facts.files.read(at.file);
  return 'text' in source ? [`${at.file}:${locate(source, at).line}`] : [];
}
