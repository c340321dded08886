/** `.env` files in the dialect that Compose reads (Docker docs, "Syntax for environment files"). */
import type { Place, Source } from '../source.ts';
import { evaluate, type Variables } from './interpolate.ts';
import { readTemplate } from './template.ts';

export type EnvFileContent = {
  readonly values: Readonly<Record<string, string>>;
  /** The line that each value stands on, from its name on. */
  readonly places: Readonly<Record<string, Place>>;
  /** Why the rest of the file was not read; never tells a value. */
  readonly fault?: { readonly message: string; readonly at: Place };
};

/** All values of a file together, in characters. Lines that double each other reach it soon. */
const MAX_SIZE = 10_000_000;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/**
 * Parses an env file: `export`, `#` comments, `=` or `:`, single quotes taken as they are, double quotes with
 * escapes, both over several lines, variables of the surroundings and of earlier lines.
 *
 * @param variables what is known before the file is read; the environment among it wins over the file's own values,
 * except in a file that a service names, where it only fills in what values refer to
 */
export function parseEnvFile(
  source: Source,
  variables: Variables,
  whose: 'project' | 'service' = 'project',
): EnvFileContent {
  const values: Record<string, string> = Object.create(null);
  const places: Record<string, Place> = Object.create(null);
  // One object for all lines, since copying it for each would take its time in a long file.
  const envFile: Record<string, string | undefined> = Object.assign(Object.create(null), variables.envFile);
  const surroundings = { environment: variables.environment, envFile };
  let size = 0;
  const reader: Reader = { source, text: source.text, at: source.text.startsWith('\uFEFF') ? 1 : 0 };
  for (;;) {
    skipToStatement(reader);
    if (reader.at >= reader.text.length) return { values, places };
    const start = reader.at;
    const statement = readStatement(reader, surroundings);
    if ('message' in statement) return { values, places, fault: statement };
    const { key, value } = statement;
    if (key === '' || value === undefined) continue;
    // A name that starts with a digit is nothing that a template could refer to.
    if (whose === 'project' && /^\d/.test(key)) continue;
    size += value.length;
    if (size > MAX_SIZE)
      return { values, places, fault: faultAt(reader, reader.at, reader.at, 'its values become too long') };
    values[key] = (whose === 'project' ? surrounding(variables, key) : undefined) ?? value;
    places[key] = { file: source.file, start, end: Math.min(reader.at, lineEnd(source.text, start)) };
    envFile[key] = values[key];
  }
}

function surrounding({ environment }: Variables, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

type Reader = { readonly source: Source; readonly text: string; at: number };
type Fault = { readonly message: string; readonly at: Place };
type Statement = { readonly key: string; readonly value: string | undefined };

function faultAt(reader: Reader, start: number, end: number, message: string): Fault {
  return { message, at: { file: reader.source.file, start, end } };
}

function skipToStatement(reader: Reader): void {
  const pattern = /(?:\s+|#[^\n]*)*/y;
  pattern.lastIndex = reader.at;
  pattern.exec(reader.text);
  reader.at = pattern.lastIndex;
}

function readStatement(reader: Reader, variables: Variables): Statement | Fault {
  const prefix = /export\s+/y;
  prefix.lastIndex = reader.at;
  if (prefix.test(reader.text)) reader.at = prefix.lastIndex;
  const start = reader.at;
  const name = /[\p{L}\p{N}_.\-[\] \t\v\f\r\u0085\u00a0]*/uy;
  name.lastIndex = start;
  name.test(reader.text);
  const end = Math.max(name.lastIndex, start);
  const stop = reader.text[end];
  const key = reader.text.slice(start, end).trim();
  if (stop !== undefined && !'=:\n'.includes(stop)) {
    return faultAt(
      reader,
      end,
      end + 1,
      `the character \`${stop}\` is not allowed in the name of a variable`,
    );
  }
  // A name without `=` and without a line break after it: passed over.
  if (stop === undefined) {
    reader.at = reader.text.length;
    return { key: '', value: undefined };
  }
  if (/\s/.test(key)) return faultAt(reader, start, end, 'the name of a variable cannot contain a space');
  reader.at = end + 1;
  // A name alone: taken over from the surroundings, which win anyway.
  if (stop === '\n') return { key, value: surrounding(variables, key) };
  const gap = /[ \t\v\f\r\u0085\u00a0]*/y;
  gap.lastIndex = reader.at;
  gap.test(reader.text);
  reader.at = gap.lastIndex;
  const value = readValue(reader, variables);
  return typeof value === 'string' ? { key, value } : value;
}

function readValue(reader: Reader, variables: Variables): string | Fault {
  const quote = reader.text[reader.at];
  if (quote === '"' || quote === "'") return readQuoted(reader, quote, variables);
  const start = reader.at;
  const lineEnd = reader.text.indexOf('\n', start);
  const end = lineEnd < 0 ? reader.text.length : lineEnd;
  reader.at = end;
  const line = reader.text.slice(start, end);
  const comment = line.indexOf(' #');
  return expand(reader, (comment < 0 ? line : line.slice(0, comment)).trimEnd(), start, end, variables);
}

function readQuoted(reader: Reader, quote: string, variables: Variables): string | Fault {
  const start = reader.at;
  let value = '';
  let at = start + 1;
  while (at < reader.text.length) {
    const char = reader.text[at] as string;
    if (char === quote) {
      reader.at = at + 1;
      const text = value.replaceAll('\r\n', '\n');
      return quote === "'" ? text : expand(reader, text, start, at + 1, variables);
    }
    if (char !== '\\') {
      value += char;
      at++;
      continue;
    }
    const next = reader.text[at + 1] ?? '';
    const octal = /^0([0-3][0-7]{2})/.exec(reader.text.slice(at + 1, at + 5));
    if (quote === "'") value += next === "'" ? next : char + next;
    else if (octal) value += String.fromCharCode(Number.parseInt(octal[1] ?? '', 8));
    // An escaped dollar stays one: doubled, it passes through the expansion.
    else if (next === '$') value += '$$';
    else value += ESCAPES[next] ?? char + next;
    at += quote === '"' && octal ? 5 : 1 + next.length;
  }
  const lineEnd = reader.text.indexOf('\n', start);
  return faultAt(reader, start, lineEnd < 0 ? reader.text.length : lineEnd, 'a quoted value is not closed');
}

function expand(
  reader: Reader,
  value: string,
  start: number,
  end: number,
  variables: Variables,
): string | Fault {
  if (!value.includes('$')) return value;
  const { parts, faults } = evaluate(readTemplate(value), variables);
  const fault = faults[0];
  if (fault) return faultAt(reader, start, end, fault.message);
  return parts.map((part) => part.text).join('');
}
