/** When a definition beside an include is another one than the same words in the included file. */
import type { Node } from './model.ts';
import { childAt, itemsOf } from './tree.ts';

const LISTS = ['ports', 'volumes', 'secrets', 'configs', 'devices', 'env_file'];

/**
 * Whether a service is written in a short form. Compose brings what it includes into the long form before it compares
 * it with what the including file says, so that the same words conflict.
 */
export function isShort(service: Node): boolean {
  if (LISTS.some((key) => itemsOf(childAt(service, key)).some((item) => item.kind === 'scalar'))) return true;
  if (['depends_on', 'networks', 'models'].some((key) => childAt(service, key)?.kind === 'list')) return true;
  return ['build', 'gpus', 'dns'].some((key) => childAt(service, key)?.kind === 'scalar');
}
