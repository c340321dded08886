/** Two merge keys `<<` in one mapping, which Compose refuses as a key that stands twice. */
import type { Place } from '../source.ts';
import type { LoadProblem, MapEntry } from './model.ts';
import { itemsOf, sameValue } from './tree.ts';

/** One `<<` of a mapping; `written` is its value as it stands there. */
export type Inherited = MapEntry & { readonly written: Place };

/** @param own what the mapping says itself: that wins whatever the merge keys bring */
export function twoMergeKeys(
  inherited: readonly Inherited[],
  own: ReadonlyMap<string, MapEntry>,
  inside: string,
): LoadProblem {
  const brought = new Map<string, MapEntry>();
  const contested = new Set<string>();
  for (const { value } of inherited) {
    const parents = itemsOf(value).flatMap((parent) => (parent.kind === 'map' ? [...parent.entries] : []));
    const within = new Map(parents.reverse());
    for (const [name, entry] of within) {
      const before = brought.get(name);
      if (!before) brought.set(name, entry);
      else if (!own.has(name) && !sameValue(before.value, entry.value)) contested.add(name);
    }
  }
  return {
    kind: 'two-merge-keys',
    keys: inherited.map(({ key }) => key),
    values: inherited.map(({ written }) => written),
    inside,
    contested: [...contested],
  };
}
