/** Paths as Compose prints them: absolute, on this machine. */
import type { ScalarNode } from '../model.ts';
import { isAbsolute, normalise } from '../paths.ts';
import type { Context } from './shapes.ts';

/**
 * The absolute path that a scalar stands for. An absolute path stays as it is written.
 *
 * @param kind `host` paths may be of Windows although Compose runs elsewhere; others are of this machine
 */
export function absolutePath(scalar: ScalarNode, { roots }: Context, kind: 'host' | 'local'): string {
  const { text } = scalar;
  if (text === '' && kind === 'local') return text;
  if (text.startsWith('~') && roots.home !== undefined)
    return normalise(`${roots.home.replaceAll('\\', '/')}/${text.slice(1)}`);
  if (kind === 'host' ? isAbsolute(text) : text.startsWith('/')) return text;
  const base = isAbsolute(scalar.base) ? scalar.base : `${roots.root.replaceAll('\\', '/')}/${scalar.base}`;
  return normalise(`${base}/${text}`);
}
