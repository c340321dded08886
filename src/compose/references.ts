/** The names by which a service refers to top-level networks, volumes, secrets, configs and models. Pure. */
import type { Place } from '../source.ts';
import { shown } from './edit.ts';
import type { MapNode, Node, Project, ScalarNode, Service } from './model.ts';
import { childAt, itemsOf, mapAt, scalarAt } from './tree.ts';
import { isHostPath, parseVolume } from './volume.ts';
import { placeWithin } from './within.ts';

export type Reference = {
  readonly name: string;
  readonly at: Place;
  /** The name as people may see it: without the values of environment variables. */
  readonly label: string;
  /** The value that begins with the name; undefined where the name is a key. */
  readonly scalar?: ScalarNode;
};

/** The sections whose entries services refer to by name. */
export const RESOURCES = ['networks', 'volumes', 'secrets', 'configs', 'models'] as const;
export type Section = (typeof RESOURCES)[number];

/** What a service refers to in a section; names that a variable left open are left out. */
export function referencesOf(service: Pick<Service, 'node'>, section: Section): readonly Reference[] {
  if (section === 'networks') return networksOf(service.node);
  if (section === 'models') return namesOrKeys(childAt(service.node, 'models'));
  if (section === 'volumes') return itemsOf(childAt(service.node, 'volumes')).flatMap(volumeOf);
  const own = itemsOf(childAt(service.node, section));
  const ofBuild = section === 'secrets' ? itemsOf(childAt(childAt(service.node, 'build'), 'secrets')) : [];
  return [...own, ...ofBuild].flatMap((item) => named(item.kind === 'map' ? scalarAt(item, 'source') : item));
}

/** Whether an unset variable is part of a value: what is wrong with it then is the variable. */
export function isLeftOpen(scalar: ScalarNode): boolean {
  return scalar.parts?.some((part) => part.kind === 'variable' && part.from === 'unset') ?? false;
}

function networksOf(node: MapNode): readonly Reference[] {
  // Every project has the network `default`.
  return namesOrKeys(childAt(node, 'networks')).filter(({ name }) => name !== 'default');
}

function namesOrKeys(node: Node | undefined): readonly Reference[] {
  if (node?.kind !== 'map') return itemsOf(node).flatMap(named);
  return [...node.entries].map(([name, { key }]) => ({ name, label: name, at: key }));
}

function named(item: Node | undefined): Reference[] {
  if (item?.kind !== 'scalar' || item.value === null || isLeftOpen(item)) return [];
  return [{ name: item.text, label: shown(item), at: item.at, scalar: item }];
}

function volumeOf(item: Node): Reference[] {
  if (item.kind === 'map') {
    return scalarAt(item, 'type')?.text === 'volume' ? named(scalarAt(item, 'source')) : [];
  }
  if (item.kind !== 'scalar' || typeof item.value !== 'string' || isLeftOpen(item)) return [];
  const source = parseVolume(item.text)?.source ?? '';
  return source === '' || isHostPath(source)
    ? []
    : [{ name: source, label: labelOf(item), at: placeWithin(item, 0, source.length), scalar: item }];
}

/** The name that a value begins with, up to its first colon, as people may see it. */
export function labelOf(scalar: ScalarNode, prefix = ''): string {
  return shown(scalar).slice(prefix.length).split(':', 1)[0] ?? '';
}

/** The names that the top level of a project defines in a section. */
export function definedIn(project: Project, section: Section | 'services'): readonly string[] {
  return [...(mapAt(project.document, section)?.entries.keys() ?? [])];
}

/** Whether all of a project could be read; otherwise what seems undefined may stand in what is missing. */
export function isWhole(project: Project): boolean {
  if ((project.remote?.length ?? 0) > 0) return false;
  return !project.problems.some((problem) => {
    switch (problem.kind) {
      case 'invalid-yaml':
      case 'undefined-alias':
      case 'conflict-markers':
      case 'include-not-found':
      case 'cycle':
        return true;
      default:
        return false;
    }
  });
}
