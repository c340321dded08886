/** How many questions are under way at once. */

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs work with at most `limit` at a time, in the order in which it came. */
export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
