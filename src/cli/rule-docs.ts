/** What a rule says of itself. */
import { readFileSync } from 'node:fs';
import type { Rule } from '../rule.ts';

let built: Record<string, string> | undefined;

/** The text of a rule. In the built program it lies in a file beside the program, which only this reads. */
export function docsOf({ id, docs }: Rule): string {
  if (docs !== '') return docs.trim();
  built ??= JSON.parse(readFileSync(new URL('../rule-docs.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >;
  return (built[id] ?? '').trim();
}
