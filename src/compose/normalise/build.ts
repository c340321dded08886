/** `build` of a service, in full (Compose Build Specification). */
import { pairsToMap } from '../forms.ts';
import type { Node, ScalarNode } from '../model.ts';
import { asWritten, implied, list, map, type Resolved, scalar } from '../resolved.ts';
import { isNull, itemsOf } from '../tree.ts';
import { absolutePath } from './absolute.ts';
import { fromEnvironment } from './environment.ts';
import { fileReferences } from './mounts.ts';
import {
  bytes,
  type Context,
  distinctTexts,
  flag,
  mapOf,
  mapping,
  objectOf,
  type Shape,
  text,
  texts,
  variables,
} from './shapes.ts';
import { hosts, ulimits } from './values.ts';

/** Contexts that a builder fetches by itself. */
const ELSEWHERE = /:\/\/|^(?:service:|github\.com\/|git@)/;

const context: Shape = (node, surroundings, key) =>
  node.kind === 'scalar' && node.text !== ''
    ? scalar(contextPath(node, surroundings), node)
    : text(node, surroundings, key);

function contextPath(node: ScalarNode, surroundings: Context): string {
  return ELSEWHERE.test(node.text) ? node.text : absolutePath(node, surroundings, 'local');
}

const stringOrBoolean: Shape = (node) =>
  node.kind === 'scalar' ? (node.text === '' ? undefined : scalar(node.text, node)) : asWritten(node);

/** Arguments without a value are taken from the environment; where it has none either, they are left out. */
const buildArguments: Shape = (node, surroundings, key) => {
  const read = variables(node, surroundings, key);
  if (read?.kind !== 'map') return read;
  const resolved = [...read.entries].flatMap(([name, value]): [string, Resolved][] => {
    if (value.kind !== 'scalar' || value.value !== null) return [[name, value]];
    const found = fromEnvironment(name, value, surroundings);
    return found ? [[name, found]] : [];
  });
  return resolved.length === 0 ? undefined : map(resolved, read.at);
};

const ssh: Shape = (node, surroundings, key) => {
  if (isNull(node)) return undefined;
  const keys: Resolved[] = [];
  for (const item of sshKeys(node)) {
    if (item.path === undefined && item.id !== 'default' && node.kind === 'list')
      surroundings.fault(item.from.at, `\`${key}\` names a key without a path`);
    const path = item.path && absolutePath(item.path, surroundings, 'host');
    keys.push(scalar(path === undefined ? item.id : `${item.id}: ${path}`, item.from));
  }
  return keys.length === 0 ? undefined : list(keys, node.at);
};

function sshKeys(node: Node): { id: string; path?: ScalarNode; from: ScalarNode }[] {
  const pairs =
    node.kind === 'map'
      ? [node]
      : itemsOf(node).map((item) => pairsToMap({ kind: 'list', items: [item], at: item.at }));
  return pairs.flatMap((pair) =>
    [...pair.entries].flatMap(([id, { value }]) =>
      value.kind === 'scalar' ? [{ id, from: value, ...(value.value !== null && { path: value }) }] : [],
    ),
  );
}

const fields: Readonly<Record<string, Shape>> = {
  context,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: buildArguments,
  provenance: stringOrBoolean,
  sbom: stringOrBoolean,
  ssh,
  labels: mapping,
  cache_from: texts,
  cache_to: texts,
  no_cache: flag,
  additional_contexts: (node, surroundings, key) =>
    isNull(node) ? undefined : mapOf(context)(pairsToMap(node), surroundings, key),
  pull: flag,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: fileReferences(undefined),
  shm_size: bytes,
  tags: distinctTexts,
  ulimits,
  platforms: texts,
  privileged: flag,
};

export const build: Shape = (node, surroundings, key) => {
  if (isNull(node)) return undefined;
  if (node.kind === 'list') return asWritten(node);
  const own =
    node.kind === 'scalar'
      ? map([['context', context(node, surroundings, key)]], node.at)
      : objectOf(node, fields, surroundings, key);
  const isNamed = (name: string): boolean =>
    node.kind === 'scalar' ? name === 'context' : !isNull(node.entries.get(name)?.value);
  return map(
    [
      ['context', isNamed('context') ? undefined : implied(surroundings.directory)],
      [
        'dockerfile',
        isNamed('dockerfile') || isNamed('dockerfile_inline') ? undefined : implied('Dockerfile'),
      ],
      ...own.entries,
    ],
    own.at,
  );
};
