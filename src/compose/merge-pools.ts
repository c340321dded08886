/** `ipam.config` of a network: its address pools. */
import type { ListNode, MapNode } from './model.ts';

/** Address pools are told apart by their subnet. One that the later file does not name is lost, as in Compose. */
export function mergePools(
  base: ListNode,
  over: ListNode,
  merge: (pool: MapNode, later: MapNode) => MapNode,
): ListNode {
  const pools: MapNode[] = [];
  const subnet = (pool: MapNode): string | undefined => {
    const value = pool.entries.get('subnet')?.value;
    return value?.kind === 'scalar' ? value.text : undefined;
  };
  for (const first of base.items) {
    if (first.kind !== 'map') continue;
    let pool = first;
    for (const later of over.items) {
      if (later.kind !== 'map') continue;
      const isKnown = pools.some((one) => subnet(one) === subnet(later));
      if (subnet(later) !== subnet(pool) && !isKnown) {
        pools.push(later);
        continue;
      }
      pool = merge(pool, later);
      const merged = pool;
      const index = pools.findIndex((one) => subnet(one) === subnet(merged));
      if (index >= 0) pools[index] = pool;
      else pools.push(pool);
    }
  }
  return { kind: 'list', items: pools, at: over.at };
}
