/** Which services run at the same time, and how many containers each has. Pure. */
import { dependenciesOf } from './dependencies.ts';
import type { Project, ScalarNode, Service } from './model.ts';
import { mapAt, scalarAt } from './tree.ts';

/**
 * `now`: both start as things are; `with-profile`: one profile starts both; `perhaps`: one always starts and the other
 * only with a profile, which may be there to be started in its place; `never`: no single profile starts both.
 */
export type Together = 'now' | 'with-profile' | 'perhaps' | 'never';

export function together(a: Service, b: Service): Together {
  if (a.active && b.active) return 'now';
  if (a.profiles.some((profile) => b.profiles.includes(profile))) return 'with-profile';
  return a.profiles.length === 0 || b.profiles.length === 0 ? 'perhaps' : 'never';
}

/** How many containers a service asks for, and where: `scale` or `deploy.replicas`. */
export function replicasOf(service: Service): { count: number; written?: ScalarNode; by: string } {
  const scale = scalarAt(service.node, 'scale');
  const written = scale ?? scalarAt(mapAt(service.node, 'deploy'), 'replicas');
  const by = scale ? 'scale' : 'deploy.replicas';
  return written && /^\d+$/.test(written.text)
    ? { count: Number(written.text), written, by }
    : { count: 1, by };
}

/** Whether one service starts only after the other has ended. */
export function inTurn(project: Project, a: Service, b: Service): boolean {
  return waitsForEnd(project, a, b.name) || waitsForEnd(project, b, a.name);
}

function waitsForEnd(project: Project, service: Service, ended: string): boolean {
  const seen = new Set<string>();
  const open = [service];
  for (let one = open.pop(); one; one = open.pop()) {
    if (seen.has(one.name)) continue;
    seen.add(one.name);
    for (const { name, condition } of dependenciesOf(one)) {
      if (name === ended && condition?.text === 'service_completed_successfully') return true;
      const next = project.services.get(name);
      if (next) open.push(next);
    }
  }
  return false;
}
