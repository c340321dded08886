/** The nearest right word for a wrong one. */
import { distance } from 'fastest-levenshtein';

/** Longer ones are no words; to compare two of them takes the product of their lengths. In characters. */
const LONGEST = 500;

/** The known word that a wrong one was probably meant to be; undefined where none is close. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  // Two letters that changed places count as two.
  const bound = wrong.length < 4 ? 1 : Math.max(2, Math.floor(wrong.length / 3));
  if (wrong.length > LONGEST) return undefined;
  let best: { word: string; far: number } | undefined;
  for (const word of known) {
    if (Math.abs(wrong.length - word.length) > bound) continue;
    const far = distance(wrong.toLowerCase(), word.toLowerCase());
    if (far <= bound && (!best || far < best.far)) best = { word, far };
  }
  return best?.word;
}

/** Whether one word is the other but for one slip: a letter, two that changed places, case, `-` for `_`. */
export function isSlip(wrong: string, right: string): boolean {
  const plain = (word: string) => word.toLowerCase().replace(/[-_ ]/g, '');
  const [one, other] = [plain(wrong), plain(right)];
  if (one === other || distance(one, other) === 1) return true;
  if (one.length !== other.length) return false;
  const first = [...one].findIndex((letter, index) => letter !== other[index]);
  const swapped = one.slice(0, first) + one.charAt(first + 1) + one.charAt(first) + one.slice(first + 2);
  return swapped === other;
}
