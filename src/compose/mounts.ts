/** What is mounted where in a container, as Compose holds it against itself. Pure. */
import type { Node, ScalarNode, Service } from './model.ts';
import { childAt, itemsOf, scalarAt } from './tree.ts';
import { cleanTarget, parseVolume } from './volume.ts';

export type Mount = {
  readonly key: 'tmpfs' | 'volumes';
  /** The value that names the target. */
  readonly scalar: ScalarNode;
  readonly target: string;
};

/** Two mounts of a service on one target: Compose refuses the second. */
export function mountConflicts({ node }: Pick<Service, 'node'>): readonly (readonly [Mount, Mount])[] {
  const mounts = [
    ...itemsOf(childAt(node, 'tmpfs')).flatMap(ofTmpfs),
    ...volumesOf(childAt(node, 'volumes')),
  ];
  const first = new Map<string, Mount>();
  const conflicts: (readonly [Mount, Mount])[] = [];
  for (const mount of mounts) {
    const earlier = first.get(mount.target);
    if (earlier) conflicts.push([earlier, mount]);
    else first.set(mount.target, mount);
  }
  return conflicts;
}

/** Compose takes the target of a tmpfs as it is written. */
function ofTmpfs(item: Node): Mount[] {
  if (item.kind !== 'scalar' || item.value === null) return [];
  return [{ key: 'tmpfs', scalar: item, target: item.text.split(':', 1)[0] ?? '' }];
}

/** A volume with the target of an earlier one takes its place; of the long form, with the target as it is written. */
function volumesOf(node: Node | undefined): readonly Mount[] {
  const kept = new Map<string, Mount>();
  for (const item of itemsOf(node)) {
    if (item.kind === 'map') {
      const scalar = scalarAt(item, 'target');
      if (scalar) kept.set(scalar.text, { key: 'volumes', scalar, target: cleanTarget(scalar.text) });
      continue;
    }
    const volume = item.kind === 'scalar' ? parseVolume(item.text) : undefined;
    if (item.kind !== 'scalar' || !volume) continue;
    const target = cleanTarget(volume.target);
    kept.set(target, { key: 'volumes', scalar: item, target });
  }
  return [...kept.values()];
}
