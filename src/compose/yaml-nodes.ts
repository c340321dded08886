/** What the YAML parser's nodes say of themselves, in our words. */
import type { MergeTag, ScalarNode } from './model.ts';
import { readScalarText } from './scalar-text.ts';

export type Range = { readonly start: number; readonly end: number };

export function rangeOf(yaml: unknown): Range {
  const range = (yaml as { range?: readonly number[] | null } | null)?.range;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

export function mergeTag(yaml: unknown): MergeTag | undefined {
  const tag = (yaml as { tag?: string } | null)?.tag;
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : undefined;
}

/** Whether a tag is none of YAML's: it says nothing of what the value is. What `!reset` stands at goes away as a whole. */
export function isOwnTag(tag: string | undefined): boolean {
  return tag !== undefined && tag !== '!reset' && !tag.startsWith('tag:yaml.org,2002:');
}

export function styleOf(type: string | null | undefined): ScalarNode['style'] {
  switch (type) {
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'QUOTE_SINGLE':
      return 'single';
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return 'block';
    default:
      return 'plain';
  }
}

/**
 * The two escapes on which Compose's parser and YAML 1.2 do not agree: it knows `\'` and does not know `\/`.
 *
 * @param written a scalar in double quotes, as it is written
 */
export function readOddEscapes(written: string): { readonly text?: string; readonly unknownAt?: number } {
  const odd = /(?<!\\)(?:\\\\)*(\\['/])/.exec(written);
  if (!odd) return {};
  if (odd[1] === '\\/') return { unknownAt: odd.index + odd[0].length - 2 };
  const text = readScalarText(written, 'double')?.text;
  return text === undefined ? {} : { text };
}
