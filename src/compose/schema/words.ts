/** Places of a document in words. */
import type { Node } from '../model.ts';
import { CAST } from './formats.ts';
import { kindsOf, type Schema } from './lookup.ts';
import { isDate, type Path } from './plain.ts';

const SECTIONS: Readonly<Record<string, string>> = {
  services: 'service',
  networks: 'network',
  volumes: 'volume',
  secrets: 'secret',
  configs: 'config',
  models: 'model',
};

/** `image` of `api`; an item of `ports` of `api`; the service `api`. Starts in lower case. */
export function thing(path: Path): string {
  const [section, name, ...rest] = path;
  const owner = SECTIONS[String(section)];
  if (section === undefined) return 'the file';
  if (name === undefined || owner === undefined) return keys(path);
  const what = owner === 'service' ? `\`${name}\`` : `the ${owner} \`${name}\``;
  if (rest.length === 0) return owner === 'service' ? `the service \`${name}\`` : what;
  return `${keys(rest)} of ${what}`;
}

function keys(path: Path): string {
  const names = path.filter((step) => typeof step === 'string');
  const written = `\`${names.join('.')}\``;
  return typeof path.at(-1) === 'number' ? `an item of ${written}` : written;
}

/** What a value is, with its article. */
export function kindInWords(node: Node): string {
  if (isDate(node)) return 'a date to YAML';
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  if (typeof node.value === 'boolean') return `\`${node.text}\``;
  return typeof node.value === 'string' ? 'a string' : `the number ${node.text}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  array: 'a list',
  object: 'a mapping',
  boolean: '`true` or `false`',
  integer: 'a whole number',
  number: 'a number',
};

/** The kinds that a schema takes: `a string or a list`. Texts that only stand for a number are left out. */
export function expected(schema: Schema): string {
  const kinds = kindsOf(schema).filter(
    (kind) => kind !== 'null' && !(kind === 'string' && CAST.has(schema.format ?? '')),
  );
  if (schema.format === 'size' && kinds.length === 1) return 'a string such as `512m`';
  if (schema.format === 'duration') return 'a string such as `30s`';
  return orList(kinds.map((kind) => KINDS[kind] ?? kind));
}

export function orList(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
