/** What makes two items of a list the same thing, so that a later file replaces the earlier one. */
import type { MapNode, Node } from './model.ts';
import { parseVolume } from './volume.ts';

/** The key of an item of `ports`, `volumes`, `devices`, `secrets`, `configs` or `env_file`. */
export function uniqueKeyOf(field: string, item: Node): string | undefined {
  switch (field) {
    case 'volumes':
    case 'devices':
      if (item.kind === 'map') return child(item, 'target');
      return item.kind === 'scalar' ? (parseVolume(item.text)?.target ?? item.text) : undefined;
    case 'secrets':
      return mountKey(item, '/run/secrets');
    case 'configs':
      return mountKey(item, '');
    case 'env_file':
      if (item.kind === 'map') return child(item, 'path');
      return item.kind === 'scalar' ? item.text : undefined;
    case 'ports':
      return portKey(item);
  }
  return undefined;
}

function child(map: MapNode, name: string): string | undefined {
  const value = map.entries.get(name)?.value;
  return value?.kind === 'scalar' && value.value !== null ? value.text : undefined;
}

function mountKey(item: Node, directory: string): string | undefined {
  if (item.kind === 'scalar') return `${directory}/${item.text}`;
  if (item.kind !== 'map') return undefined;
  return child(item, 'target') ?? `${directory}/${child(item, 'source') ?? ''}`;
}

function portKey(item: Node): string | undefined {
  if (item.kind === 'scalar') return item.text.endsWith('/tcp') ? item.text.slice(0, -4) : item.text;
  if (item.kind !== 'map') return undefined;
  const host = child(item, 'host_ip') ?? '0.0.0.0';
  const protocol = child(item, 'protocol') ?? 'tcp';
  return `${host}:${child(item, 'published') ?? ''}:${child(item, 'target') ?? ''}/${protocol}`;
}
