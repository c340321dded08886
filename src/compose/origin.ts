/** Where a value of the resolved model comes from, and how it may be told without telling what is secret. */
import type { Place } from '../source.ts';
import { shown } from './edit.ts';
import type { InterpolationPart } from './model.ts';
import type { ResolvedScalar } from './resolved.ts';

/** Which variable went into a value, and who gives it. */
export type VariableOrigin = {
  readonly name: string;
  readonly from: 'environment' | 'env-file' | 'default' | 'unset';
  /** Its place in an env file. */
  readonly at?: Place;
};

/** The variables of a value, each once, in the order in which they stand there. */
export function variablesOf({ from }: ResolvedScalar): readonly VariableOrigin[] {
  const found = new Map<string, VariableOrigin>();
  for (const part of from?.parts ?? []) {
    if (part.kind === 'literal' || found.has(part.name)) continue;
    const { name, origin } = part;
    found.set(name, { name, from: part.from, ...(origin && { at: origin }) });
  }
  return [...found.values()];
}

function isSecret(part: InterpolationPart): boolean {
  return part.kind === 'variable' && (part.from === 'environment' || part.from === 'env-file');
}

/**
 * The value as people may see it: `${NAME}` stands for what the environment or an env file gives.
 *
 * @param name what an env file calls it, where it comes from one
 */
export function tellScalar(scalar: ResolvedScalar, name: string): ResolvedScalar['value'] {
  const { from, value, via, told } = scalar;
  if (via === 'env_file') return `\${${name}}`;
  if (!from?.parts?.some(isSecret)) return value;
  return told ?? shown(from);
}
