/** A limit on the time that the network may take for one image. */

export type Deadline = {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  readonly limitMs: number;
  /** Awaits something that has a limit of its own, and does not count its time. */
  pause<T>(work: Promise<T>): Promise<T>;
  /** Ends it: no timer is left behind. */
  clear(): void;
};

/** Starts a deadline of `limitMs` milliseconds; `until` ends it whatever was paused, as of `Date.now()`. */
export function startDeadline(limitMs: number, until = Number.POSITIVE_INFINITY): Deadline {
  const controller = new AbortController();
  const leftOf = (ms: number) => Math.max(0, Math.min(ms, until - Date.now()));
  let left = leftOf(limitMs);
  let since = performance.now();
  let timer = setTimeout(() => controller.abort(), left);
  return {
    signal: controller.signal,
    limitMs,
    async pause(work) {
      clearTimeout(timer);
      left -= performance.now() - since;
      try {
        return await work;
      } finally {
        since = performance.now();
        timer = setTimeout(() => controller.abort(), leftOf(left));
      }
    },
    clear: () => clearTimeout(timer),
  };
}
