/** The nearest right word for a wrong one. */
import { distance } from 'fastest-levenshtein';

/** The known word that a wrong one was probably meant to be; undefined where none is close. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  // Two letters that changed places count as two.
  const bound = wrong.length < 4 ? 1 : Math.max(2, Math.floor(wrong.length / 3));
  let best: { word: string; far: number } | undefined;
  for (const word of known) {
    const far = distance(wrong.toLowerCase(), word.toLowerCase());
    if (far <= bound && (!best || far < best.far)) best = { word, far };
  }
  return best?.word;
}
