/** The colours of a terminal. Loaded only where there is one to colour. */
import { Chalk } from 'chalk';
import type { Tone } from './terminal-text.ts';

export type Paint = Readonly<Record<Tone, (text: string) => string>>;

/** The sixteen colours that a terminal's own theme defines: readable on a light ground and on a dark one. */
export function colours(): Paint {
  const chalk = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    dim: chalk.dim,
    bad: chalk.red,
    good: chalk.green,
    warning: chalk.yellow,
    note: chalk.cyan,
  };
}
