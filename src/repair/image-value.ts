/** Edits that make a place ask for another image: only the value at fault, wherever it is really written. */
import { replaceScalar } from '../compose/edit.ts';
import type { InterpolationPart, Node, Project, ScalarNode } from '../compose/model.ts';
import { CONTEXT_IMAGE, dockerfileOf } from '../dockerfile/bases.ts';
import type { Facts } from '../facts.ts';
import type { NeededImage } from '../needed-images.ts';
import type { Step } from '../rule.ts';
import type { Source } from '../source.ts';

type Edit = Extract<Step, { kind: 'edit' }>;

/** The edit, or why there is none: the end of a sentence about the value. */
export type ImageEdit = { readonly step: Edit } | { readonly because: string };

const NOT_PLAIN = 'it is written in a form that is not changed from here';

/** Makes one place ask for `reference` instead of what it asks for. */
export function askFor(facts: Facts, image: NeededImage, reference: string): ImageEdit {
  const { scalar } = image;
  if (scalar) {
    const start = scalar.text.indexOf(image.reference);
    if (start < 0) return { because: NOT_PLAIN };
    const before = image.role === 'context' ? CONTEXT_IMAGE : '';
    const wanted = before + reference;
    return editScalar(facts, scalar, wanted);
  }
  if (image.role === 'service')
    return { because: 'its name is made up from those of the project and the service' };
  return editDockerfile(facts, image, reference);
}

/** Makes a value of a compose file `wanted`: in its literal text, or in the one variable that brings what differs. */
function editScalar(facts: Facts, scalar: ScalarNode, wanted: string): ImageEdit {
  const source = facts.files.read(scalar.at.file);
  if (!('text' in source)) return { because: NOT_PLAIN };
  const step = replaceScalar(scalar, source, wanted);
  if (step) return { step };
  const variables = (scalar.parts ?? []).flatMap((part, index) => {
    if (part.kind !== 'variable') return [];
    const text = (parts: readonly InterpolationPart[]) => parts.map((one) => one.text).join('');
    const [before, after] = [
      text(scalar.parts?.slice(0, index) ?? []),
      text(scalar.parts?.slice(index + 1) ?? []),
    ];
    const fits =
      wanted.startsWith(before) && wanted.endsWith(after) && wanted.length >= before.length + after.length;
    return fits ? [{ part, value: wanted.slice(before.length, wanted.length - after.length) }] : [];
  });
  const [only] = variables;
  if (!only || variables.length > 1) return { because: NOT_PLAIN };
  const { part, value } = only;
  if (part.from === 'environment') return { because: `it comes from the environment variable ${part.name}` };
  if (isSharedWithOthers(facts.projects, scalar, part.name))
    return { because: `it comes from the variable ${part.name}, which other values are made of too` };
  if (part.from === 'default') return editDefault(source, scalar, part.name, part.text, value);
  if (part.from === 'env-file' && part.origin)
    return editEnvFile(facts, part.origin, part.name, part.text, value);
  return { because: NOT_PLAIN };
}

/** Whether a variable goes into values that are not the same as this one: they would change with it. */
function isSharedWithOthers(projects: readonly Project[], scalar: ScalarNode, name: string): boolean {
  const open: Node[] = projects.map(({ document }) => document);
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'list') open.push(...node.items);
    else if (node.kind === 'map') for (const { value } of node.entries.values()) open.push(value);
    else if (
      node.text !== scalar.text &&
      node.parts?.some((part) => part.kind === 'variable' && part.name === name)
    )
      return true;
  }
  return false;
}

/** Characters that need no quotes and are no template wherever a default or a setting stands. */
const PLAIN = /^[\w.@:/-]+$/;

/** `${TAG:-15-alpin}`: the word behind the operator. */
function editDefault(
  source: Source,
  scalar: ScalarNode,
  name: string,
  old: string,
  value: string,
): ImageEdit {
  const { file, start, end } = scalar.at;
  const written = source.text.slice(start, end);
  const found = [...written.matchAll(/\$\{(\w+):?-([^${}]*)\}/g)].filter(
    (one) => one[1] === name && one[2] === old,
  );
  const [only] = found;
  if (!only || found.length > 1 || !PLAIN.test(value)) return { because: NOT_PLAIN };
  const from = start + only.index + only[0].length - 1 - old.length;
  return { step: { kind: 'edit', at: { file, start: from, end: from + old.length }, text: value } };
}

/** `TAG=15-alpin`, as written and without anything to expand. */
function editEnvFile(
  facts: Facts,
  { file, start, end }: NonNullable<Extract<InterpolationPart, { kind: 'variable' }>['origin']>,
  name: string,
  old: string,
  value: string,
): ImageEdit {
  const source = facts.files.read(file);
  if (!('text' in source) || !PLAIN.test(value)) return { because: NOT_PLAIN };
  const line = source.text.slice(start, end);
  const head = /^(?:export\s+)?([\w.-]+)\s*=\s*(["']?)/.exec(line);
  if (!head || head[1] !== name || !line.startsWith(old, head[0].length)) return { because: NOT_PLAIN };
  const rest = line.slice(head[0].length + old.length);
  if (!(head[2] ? rest.startsWith(head[2]) : /^\s*(?:#.*)?$/.test(rest))) return { because: NOT_PLAIN };
  // A variable that is set twice has two places.
  const settings = source.text.match(new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'gm')) ?? [];
  if (settings.length !== 1) return { because: `${file} sets ${name} more than once` };
  const from = start + head[0].length;
  return {
    step: {
      kind: 'edit',
      at: { file, start: from, end: from + old.length },
      text: value,
      confidential: true,
    },
  };
}

/** The reference itself, the default of the one ARG that it is made of, or that argument in the compose file. */
function editDockerfile(facts: Facts, image: NeededImage, reference: string): ImageEdit {
  const { file, start, end } = image.at;
  const { build } = image.service;
  const source = facts.files.read(file);
  if (!build || build.dockerfileInline || file !== build.dockerfilePath || !('text' in source))
    return { because: NOT_PLAIN };
  const written = source.text.slice(start, end);
  const literal = onlyPlace(written, image.reference);
  if (literal !== undefined) {
    const from = start + literal;
    return {
      step: { kind: 'edit', at: { file, start: from, end: from + image.reference.length }, text: reference },
    };
  }
  const variable = /^([^$]*)\$(?:(\w+)|\{(\w+)\})([^$]*)$/.exec(written);
  if (!variable) return { because: NOT_PLAIN };
  const [, before = '', bare, braced, after = ''] = variable;
  const name = bare ?? braced ?? '';
  const fits = (text: string) => text.startsWith(before) && text.endsWith(after);
  if (!fits(image.reference) || !fits(reference) || reference.length < before.length + after.length)
    return { because: NOT_PLAIN };
  const value = (text: string) => text.slice(before.length, text.length - after.length);
  if (usesOfArgument(source.text, name, written) > 0)
    return { because: `it comes from the argument ${name}, which other lines of ${file} use too` };
  const given = build.args.get(name);
  if (given) {
    if (given.text !== value(image.reference)) return { because: NOT_PLAIN };
    return editScalar(facts, given, value(reference));
  }
  return editArgument(facts, image, source, name, value(image.reference), value(reference));
}

/** Where a text holds a reference, if it does so once and not as a part of a longer word. */
function onlyPlace(text: string, reference: string): number | undefined {
  const at = text.indexOf(reference);
  if (at < 0 || text.indexOf(reference, at + 1) >= 0) return undefined;
  const isOpen = (character: string | undefined) => character === undefined || !/[\w.:@/-]/.test(character);
  return isOpen(text[at - 1]) && isOpen(text[at + reference.length]) ? at : undefined;
}

/** How often an argument is used besides in `FROM` with this very word. */
function usesOfArgument(text: string, name: string, word: string): number {
  const uses = text.match(new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`, 'g'))?.length ?? 0;
  return uses - (text.split(word).length - 1);
}

/** `ARG TAG=3.91` before the first `FROM`. */
function editArgument(
  facts: Facts,
  image: NeededImage,
  source: Source,
  name: string,
  old: string,
  value: string,
): ImageEdit {
  const { build } = image.service;
  const known = build && dockerfileOf(facts, build)?.globalArgs.get(name);
  if (known !== old || !PLAIN.test(value)) return { because: NOT_PLAIN };
  const head = source.text.slice(0, /^[ \t]*FROM\s/im.exec(source.text)?.index ?? 0);
  const found = [
    ...head.matchAll(new RegExp(`^[ \\t]*ARG[ \\t]+${name}=(["']?)([^\\s"'$]+)\\1[ \\t]*\\r?$`, 'gim')),
  ];
  const [only] = found;
  if (!only || found.length > 1 || only[2] !== old) return { because: NOT_PLAIN };
  const from = only.index + only[0].indexOf('=') + 1 + (only[1]?.length ?? 0);
  return {
    step: { kind: 'edit', at: { file: source.file, start: from, end: from + old.length }, text: value },
  };
}
