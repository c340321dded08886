/** The resolved model as text: YAML, with the reason of each value behind it. */
import { tellScalar, type VariableOrigin, variablesOf } from '../compose/origin.ts';
import type { Resolved, ResolvedScalar } from '../compose/resolved.ts';
import type { Place } from '../source.ts';

export type ModelTextOptions = {
  /** Whether values of the environment are told. */
  readonly values: boolean;
  /** A place in words: `compose.yaml:4`. */
  readonly where: (place: Place) => string;
};

type Line = { readonly text: string; readonly why?: string | undefined };

/** Where reasons start, as far as values leave room for that. */
const WIDEST = 60;

export function renderModel(document: Resolved, options: ModelTextOptions): string {
  const lines = linesOf(document, '', options);
  const fitting = lines.filter(({ text, why }) => why !== undefined && text.length <= WIDEST);
  const column = Math.max(0, ...fitting.map(({ text }) => text.length)) + 2;
  return lines
    .map(({ text, why }) => (why === undefined ? `${text}\n` : `${text.padEnd(column - 2)}  # ${why}\n`))
    .join('');
}

function linesOf(node: Resolved, name: string, options: ModelTextOptions): readonly Line[] {
  if (node.kind === 'scalar') return [{ text: textOf(node, name, options), why: whyOf(node, options) }];
  if (node.kind === 'list') {
    return node.items.flatMap((item) => {
      const [first, ...rest] = linesOf(item, name, options);
      return [
        { ...first, text: `- ${first?.text ?? emptyOf(item)}` },
        ...rest.map((line) => ({ ...line, text: `  ${line.text}` })),
      ];
    });
  }
  return [...node.entries].flatMap(([key, value]) => {
    const lines = linesOf(value, key, options);
    const [first] = lines;
    if (value.kind === 'scalar') return [{ ...first, text: `${quoted(key)}: ${first?.text ?? ''}` }];
    if (!first) return [{ text: `${quoted(key)}: ${emptyOf(value)}` }];
    return [{ text: `${quoted(key)}:` }, ...lines.map((line) => ({ ...line, text: `  ${line.text}` }))];
  });
}

function emptyOf(node: Resolved): string {
  return node.kind === 'list' ? '[]' : '{}';
}

function textOf(node: ResolvedScalar, name: string, { values }: ModelTextOptions): string {
  const value = values ? node.value : tellScalar(node, name);
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** A string as YAML has it: without quotes where it is read back as the same string. */
function quoted(text: string): string {
  const isPlain = /^[A-Za-z0-9_./$][\w./:@$+{},=~ -]*$/.test(text) && !/: | #|[: ]$|\s$/.test(text);
  const isOther = /^(?:true|false|null|yes|no|on|off|y|n|~|[-+.]?[0-9][0-9a-fA-FxXoO_.:eE+-]*)$/i.test(text);
  return isPlain && !isOther ? text : JSON.stringify(text);
}

function whyOf(node: ResolvedScalar, { where }: ModelTextOptions): string {
  if (!node.from) return 'by default';
  const place = where(node.from.at);
  const reasons = variablesOf(node).map((variable) => whyOfVariable(variable, where));
  return [node.via === undefined ? place : `${node.via} ${place}`, ...reasons].join('; ');
}

function whyOfVariable({ name, from, at }: VariableOrigin, where: (place: Place) => string): string {
  switch (from) {
    case 'environment':
      return `${name} from the environment`;
    case 'env-file':
      return `${name} from ${at ? where(at) : 'an env file'}`;
    case 'default':
      return `${name} by its default`;
    case 'unset':
      return `${name} is not set`;
  }
}
