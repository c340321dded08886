/** What a service says in two places that Compose only takes where both say the same. Pure. */
import type { MapNode, Node, ScalarNode, Service } from './model.ts';
import { childAt, isNull, itemsOf, mapAt, scalarAt } from './tree.ts';
import { readBytes } from './units.ts';

export type Contradiction = {
  /** The value at the service itself, and the key that it stands under. */
  readonly own: ScalarNode;
  readonly key: string;
  /** The dotted name of the other key. */
  readonly other: string;
  /** Its value; undefined where it is not written and Compose takes it for zero. */
  readonly against?: ScalarNode;
};

type Pair = {
  readonly key: string;
  readonly path: readonly string[];
  readonly read: (scalar: ScalarNode) => number | undefined;
  /** Compose compares as soon as the mapping is there, whether the other key stands in it or not. */
  readonly evenIfMissing?: true;
};

const PAIRS: readonly Pair[] = [
  { key: 'scale', path: ['deploy', 'replicas'], read: whole },
  { key: 'cpus', path: ['deploy', 'resources', 'limits', 'cpus'], read: single, evenIfMissing: true },
  { key: 'mem_limit', path: ['deploy', 'resources', 'limits', 'memory'], read: size, evenIfMissing: true },
  {
    key: 'mem_reservation',
    path: ['deploy', 'resources', 'reservations', 'memory'],
    read: size,
    evenIfMissing: true,
  },
  { key: 'pids_limit', path: ['deploy', 'resources', 'limits', 'pids'], read: whole, evenIfMissing: true },
];

/** The pairs of keys of a service with different values; values that cannot be read are left to whoever says so. */
export function contradictionsOf({ node }: Pick<Service, 'node'>): readonly Contradiction[] {
  return PAIRS.flatMap((pair) => contradiction(node, pair) ?? []);
}

function contradiction(service: MapNode, pair: Pair): Contradiction | undefined {
  const { key, path, read, evenIfMissing } = pair;
  const own = scalarAt(service, key);
  const mine = own && read(own);
  if (own === undefined || mine === undefined || (mine === 0 && evenIfMissing)) return undefined;
  let above: Node | undefined = service;
  for (const step of path.slice(0, -1)) above = childAt(above, step);
  if (above?.kind !== 'map') return undefined;
  const against = scalarAt(above, path.at(-1) ?? '');
  const other = path.join('.');
  if (!against) return evenIfMissing ? { own, key, other } : undefined;
  const theirs = read(against);
  return theirs === undefined || theirs === mine ? undefined : { own, key, other, against };
}

function numberOf(scalar: ScalarNode): number | undefined {
  const value = typeof scalar.value === 'number' ? scalar.value : Number(scalar.text.trim() || Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function whole(scalar: ScalarNode): number | undefined {
  const value = numberOf(scalar);
  return value === undefined ? undefined : Math.trunc(value);
}

/** In single precision, as Compose keeps counts of processors. */
function single(scalar: ScalarNode): number | undefined {
  const value = numberOf(scalar);
  return value === undefined ? undefined : Math.fround(value);
}

function size(scalar: ScalarNode): number | undefined {
  if (typeof scalar.value === 'number') return Number.isInteger(scalar.value) ? scalar.value : 0;
  return readBytes(scalar.text);
}

/** The platform of a service whose build makes images for others alone, and these. */
export function platformNotBuilt({ node, platform }: Service): readonly ScalarNode[] | undefined {
  const built = itemsOf(childAt(mapAt(node, 'build'), 'platforms')).flatMap((item) =>
    item.kind === 'scalar' ? [item] : [],
  );
  if (!platform || platform.text === '' || built.length === 0) return undefined;
  return built.some(({ text }) => text === platform.text) ? undefined : built;
}

/** The networks of a service that has a `network_mode` besides; Compose takes one of the two. */
export function networksBesideMode({ node }: Service): { mode: ScalarNode; networks: Node } | undefined {
  const mode = scalarAt(node, 'network_mode');
  const networks = childAt(node, 'networks');
  if (!mode || mode.text === '' || networks === undefined || isNull(networks)) return undefined;
  const count = networks.kind === 'map' ? networks.entries.size : itemsOf(networks).length;
  return count === 0 ? undefined : { mode, networks };
}
