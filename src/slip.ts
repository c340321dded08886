/** Whether a name is another one with a slip of the pen, and which known one that is. Pure. */
import { distance } from 'fastest-levenshtein';
import { nearest } from './nearest.ts';

/** Shorter names are often one letter apart on purpose: `api`, `app`. */
const SHORTEST = 4;

/** Longer ones are no names, and would only cost time. In characters. */
const LONGEST = 500;

/** The known name that a wrong one is nearest to, and whether it is the only one a single slip away. */
export type NearName = { readonly name: string; readonly sure: boolean };

/** The nearest of the known names; undefined where none is close. */
export function nearName(wrong: string, known: readonly string[]): NearName | undefined {
  const others = [...new Set(known)].filter((name) => name !== wrong);
  const slips = others.filter((name) => isSlip(wrong, name));
  const [only] = slips;
  if (only !== undefined) return { name: only, sure: slips.length === 1 };
  const name = nearest(wrong, others);
  return name === undefined ? undefined : { name, sure: false };
}

/** One letter too many, missing, other or out of place, or other letter case. Digits tell names apart: `db1`, `db2`. */
function isSlip(wrong: string, right: string): boolean {
  if (wrong.replace(/\D/g, '') !== right.replace(/\D/g, '')) return false;
  const [a, b] = [wrong.toLowerCase(), right.toLowerCase()];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < SHORTEST || Math.abs(a.length - b.length) > 1) return false;
  if (a.length > LONGEST) return false;
  return distance(a, b) === 1 || isSwapped(a, b);
}

/** Two neighbouring letters in the wrong order. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const i = [...a].findIndex((letter, at) => letter !== b[at]);
  return i >= 0 && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}
