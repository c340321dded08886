/** The shared look of rules about top-level `secrets` and `configs` that name a file. */
import { shown } from '../compose/edit.ts';
import type { FileResource, Project } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../rule.ts';
import { subject } from '../subject.ts';
import { repairPath } from './path.ts';

/** Findings for each resource whose file is missing, on every service that uses it (on the project if none does). */
export async function* missingResources(
  facts: Facts,
  word: 'secret' | 'config',
  resources: (project: Project) => ReadonlyMap<string, FileResource>,
): AsyncGenerator<Finding> {
  for (const project of facts.projects) {
    for (const resource of resources(project).values()) {
      const stat = facts.files.stat(resource.file.path);
      if (stat) continue;
      const users = [...project.services.values()].filter((service) =>
        uses(service.node.entries.get(`${word}s`)?.value, resource.name),
      );
      // A resource that no service takes is never read, and fails nothing.
      if (users.length === 0) continue;
      const written = shown(resource.file.scalar);
      const repair = await repairPath(facts, 'file', resource.file, 'file');
      for (const service of users) {
        yield {
          subject: subject.service(project.id, service.name),
          detail: resource.name,
          message: `The ${word} "${resource.name}" of service "${service.name}" is read from ${written}, which does not exist.`,
          at: resource.file.scalar.at,
          evidence: repair.evidence,
          consequence: 'Docker will refuse the container: bind source path does not exist.',
          ...(repair.fixes.length === 0 ? { advice: `Create ${written}, or correct the path.` } : {}),
          ...(repair.cause ? { cause: repair.cause } : {}),
          fixes: repair.fixes,
        };
      }
    }
  }
}

function uses(
  list: Project['document'] | import('../compose/model.ts').Node | undefined,
  name: string,
): boolean {
  if (list?.kind !== 'list') return false;
  return list.items.some((item) => {
    if (item.kind === 'scalar') return item.text === name;
    const source = item.kind === 'map' ? item.entries.get('source')?.value : undefined;
    return source?.kind === 'scalar' && source.text === name;
  });
}
