import { UsageError } from './usage-error.ts';

/** The value of `--timeout`, in seconds. */
export function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0 || seconds > 3_600) {
    throw new UsageError(`--timeout takes seconds from 0.1 to 3600, not "${text}".`);
  }
  return seconds;
}
