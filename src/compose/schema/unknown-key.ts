/** A key that Compose does not know where it stands: what was meant, or where it belongs. */
import { isSlip, nearest } from '../../nearest.ts';
import type { LoadProblem, Node } from '../model.ts';
import type { Document } from './check.ts';
import { homeOf, keysOf, schemaAt } from './lookup.ts';
import { nodeAt, type Path, plainOf } from './plain.ts';
import { thing } from './words.ts';

export function unknownKey(document: Document, path: Path, key: string): LoadProblem | undefined {
  const holder = nodeAt(document.root, path)?.value;
  const entry = holder?.kind === 'map' ? holder.entries.get(key) : undefined;
  const schema = schemaAt(path);
  if (holder?.kind !== 'map' || !entry || !schema) return undefined;
  const known = keysOf(schema);
  if (known.length === 0) return wrongName(path, key, entry.key);
  const near = known.filter((one) => isSlip(key, one) && !holder.entries.has(one));
  const [only, more] = near;
  const fits = only !== undefined && more === undefined && accepts(document, [...path, only], entry.value);
  const meant = fits ? only : nearest(key, known);
  const belongs = fits ? undefined : whereItBelongs(key, path, entry.value);
  return {
    kind: 'unknown-key',
    at: entry.key,
    key,
    inside: path.length === 0 ? 'at the top level' : `in ${thing(path)}`,
    ...(fits && { rename: only }),
    ...(meant !== undefined && belongs === undefined && { meant }),
    ...(belongs !== undefined && { belongs }),
    ...(schema.lenient && { ignored: true }),
  };
}

function accepts(document: Document, path: Path, value: Node): boolean {
  const plain = plainOf({ kind: 'map', entries: new Map([['it', { key: value.at, value }]]), at: value.at });
  return document.accepts(path, (plain as { it: unknown }).it);
}

/** The name of a service, a volume and so on: not any text can be one. */
function wrongName(path: Path, key: string, at: Node['at']): LoadProblem {
  const what = path.length === 1 ? `a name in ${thing(path)}` : `a key of ${thing(path)}`;
  const message =
    key === ''
      ? `${what} is empty`
      : `\`${key}\` cannot be ${what}: letters, digits, \`.\`, \`_\` and \`-\` are all that Compose takes`;
  return { kind: 'wrong-type', at, message };
}

/** Where a key would be right, as the end of a sentence about it; undefined where it is known nowhere. */
function whereItBelongs(key: string, path: Path, value: Node): string | undefined {
  if (
    path.length === 0 &&
    value.kind === 'map' &&
    (value.entries.has('image') || value.entries.has('build'))
  ) {
    return 'it looks like a service, and those stand under `services`';
  }
  const home = homeOf(key, path);
  if (!home) return undefined;
  if (home.where === 'above') {
    return home.path.length === 0
      ? 'it belongs at the top level of the file'
      : `it belongs further left, in ${thing(home.path)}`;
  }
  if (home.where === 'service') return 'it belongs in a service';
  const keys = `\`${home.keys.join('.')}\``;
  return home.where === 'below' ? `it belongs under ${keys}` : `it belongs under ${keys} of a service`;
}
