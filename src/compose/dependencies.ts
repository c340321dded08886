/** Which services a service needs, by every key that Compose counts as a dependency. Pure. */
import type { Place } from '../source.ts';
import type { MapNode, Node, Project, ScalarNode, Service } from './model.ts';
import { isLeftOpen, labelOf } from './references.ts';
import { childAt, itemsOf, scalarAt } from './tree.ts';
import { placeWithin } from './within.ts';

export type Dependency = {
  readonly name: string;
  /** The name as people may see it: without the values of environment variables. */
  readonly label: string;
  /** The key that says so: `depends_on`, `network_mode`. */
  readonly by: string;
  readonly at: Place;
  /** The value that holds the name, after `prefix`; undefined where the name is a key. */
  readonly scalar?: ScalarNode;
  readonly prefix: string;
  /** `required: false` lets a dependency be absent because of its profile. */
  readonly required: boolean;
  /** The condition of `depends_on`, and its place. */
  readonly condition?: ScalarNode;
};

/** The dependencies of a service, in the order of its keys; names that a variable left open are left out. */
export function dependenciesOf(service: Pick<Service, 'node'>): readonly Dependency[] {
  const { node } = service;
  return [...dependsOn(node), ...links(node), ...volumesFrom(node), ...namespaces(node)];
}

function dependsOn(node: MapNode): readonly Dependency[] {
  const value = childAt(node, 'depends_on');
  if (value?.kind !== 'map') return itemsOf(value).flatMap((item) => named(item, 'depends_on'));
  return [...value.entries].map(([name, { key, value: how }]) => {
    const condition = scalarAt(how, 'condition');
    const required = scalarAt(how, 'required')?.text.toLowerCase() !== 'false';
    return {
      name,
      label: name,
      by: 'depends_on',
      at: key,
      prefix: '',
      required,
      ...(condition && { condition }),
    };
  });
}

function named(item: Node | undefined, by: string, prefix = ''): Dependency[] {
  if (item?.kind !== 'scalar' || item.value === null || isLeftOpen(item)) return [];
  if (!item.text.startsWith(prefix)) return [];
  const name = item.text.slice(prefix.length).split(':')[0] ?? '';
  const at = placeWithin(item, prefix.length, prefix.length + name.length);
  return [{ name, label: labelOf(item, prefix), by, at, scalar: item, prefix, required: true }];
}

function links(node: MapNode): readonly Dependency[] {
  return itemsOf(childAt(node, 'links')).flatMap((item) => named(item, 'links'));
}

function volumesFrom(node: MapNode): readonly Dependency[] {
  return itemsOf(childAt(node, 'volumes_from')).flatMap((item) =>
    item.kind === 'scalar' && item.text.startsWith('container:') ? [] : named(item, 'volumes_from'),
  );
}

function namespaces(node: MapNode): readonly Dependency[] {
  return ['network_mode', 'ipc', 'pid', 'uts'].flatMap((key) => named(childAt(node, key), key, 'service:'));
}

/** The services whose build another build starts from: `additional_contexts` with `service:name`. */
export function buildsOnOf(service: Service): readonly Dependency[] {
  return [...(service.build?.additionalContexts.values() ?? [])].flatMap((scalar) => {
    // In the list form, the value is part of a longer one that cannot be edited by itself.
    const [dependency] = named(scalar, 'additional_contexts', 'service:');
    return dependency ? [dependency] : [];
  });
}

/** Every circle of dependencies, once: the services in order, beginning with the first in the file. */
export function dependencyCycles(
  project: Project,
  dependencies: (service: Service) => readonly Dependency[] = dependenciesOf,
): readonly (readonly string[])[] {
  const needs = new Map(
    [...project.services.values()].map((service) => [
      service.name,
      [...new Set(dependencies(service).map(({ name }) => name))],
    ]),
  );
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const root of needs.keys()) {
    const path: { name: string; rest: string[] }[] = [];
    const open = new Map<string, number>();
    const enter = (name: string) => {
      const since = open.get(name);
      if (since !== undefined) cycles.push(path.slice(since).map((step) => step.name));
      else if (!done.has(name)) {
        open.set(name, path.length);
        path.push({ name, rest: [...(needs.get(name) ?? [])] });
      }
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next !== undefined) {
        enter(next);
        continue;
      }
      done.add(top.name);
      open.delete(top.name);
      path.pop();
    }
  }
  return cycles;
}
