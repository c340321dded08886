/** Whether a file is made for `docker stack deploy`, where some of Compose's rules do not hold. Pure. */
import type { MapNode } from './model.ts';
import { childAt, mapAt, scalarAt } from './tree.ts';

/** Keys of `deploy` that mean nothing to Compose, or little. */
const KEYS = [
  'mode',
  'placement',
  'update_config',
  'rollback_config',
  'endpoint_mode',
  'restart_policy',
  'labels',
];

export function speaksForSwarm(document: MapNode): boolean {
  for (const { value } of mapAt(document, 'services')?.entries.values() ?? []) {
    const deploy = mapAt(value, 'deploy');
    if (deploy && KEYS.some((key) => deploy.entries.has(key))) return true;
  }
  for (const { value } of mapAt(document, 'networks')?.entries.values() ?? []) {
    if (scalarAt(value, 'driver')?.text === 'overlay') return true;
  }
  return ['secrets', 'configs'].some((section) =>
    [...(mapAt(document, section)?.entries.values() ?? [])].some(
      ({ value }) => childAt(value, 'external') !== undefined,
    ),
  );
}
