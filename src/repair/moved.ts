/** Images whose makers have moved or given them up, by what they announced. Pure. */
import data from '../data/moved-images.json' with { type: 'json' };
import { familiar, parseReference, type Reference } from '../registry/reference.ts';

export type Moved = {
  /** The same image at its new place, as Docker shows it, with the tag of the old one. */
  readonly to: string;
  /** ISO 8601. */
  readonly since: string;
  readonly source: string;
  readonly note?: string;
};

export type Deprecated = {
  readonly instead: readonly string[];
  readonly since: string;
  readonly source: string;
};

/** Where an image has moved to; undefined where nothing is known of a move. Digests do not move along for certain. */
export function movedTo(reference: Reference): Moved | undefined {
  if (reference.digest !== undefined) return undefined;
  for (const { from, to, since, source, ...rest } of data.moves) {
    const match = patternOf(from).exec(`${reference.host}/${reference.path}`);
    if (!match) continue;
    const parts = match.slice(1);
    let next = 0;
    const name = to.replace(/\$(\d)|\*+/g, (_, index: string | undefined) =>
      index === undefined ? (parts[next++] ?? '') : (parts[Number(index) - 1] ?? ''),
    );
    const moved = parseReference(`${name}:${reference.tag ?? 'latest'}`);
    if ('invalid' in moved) return undefined;
    return { to: familiar(moved), since, source, ...rest };
  }
  return undefined;
}

/** What stands in for an image that its makers have given up. */
export function deprecation({ host, path }: Reference): Deprecated | undefined {
  return data.deprecated.find(({ from }) => from === `${host}/${path}`);
}

/** `*` is one part of a path, `**` any number of them. */
function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, (stars) => (stars.length > 1 ? '(.+)' : '([^/]+)'))}$`);
}
