/** Edits that put a new path where an old one is written. */
import path from 'node:path';
import { replaceScalar, shown } from '../compose/edit.ts';
import type { Build, MapEntry, PathRef, ScalarNode } from '../compose/model.ts';
import { parseFile } from '../compose/parse.ts';
import { labelOf } from '../compose/references.ts';
import type { Facts } from '../facts.ts';
import { relativeTo } from '../paths.ts';
import type { Step } from '../rule.ts';
import type { FilePath, Place } from '../source.ts';

type Edit = Extract<Step, { kind: 'edit' }>;

/**
 * The edit that makes a path of a compose file stand for `target`; undefined where the value cannot be edited
 * without touching what is not at fault (a variable in the changed part, a block scalar, another volume).
 */
export function pointTo(
  facts: Facts,
  ref: PathRef,
  target: FilePath,
  from: FilePath = ref.scalar.base,
): Step | undefined {
  const { scalar } = ref;
  const written = writtenAs(ref.written, from, target);
  // The short form of a bind holds more than the path: `./conf:/etc/conf:ro`.
  if (written === undefined || !scalar.text.startsWith(ref.written)) return undefined;
  if (!changesLiteralsOnly(scalar, ref.written, written)) return undefined;
  return editOf(facts, scalar, written + scalar.text.slice(ref.written.length));
}

/**
 * Whether the parts of a path that change are written in the file itself. Where a variable made one of them, its value
 * is at fault, and an edit beside it (`${DIR}files/x`) would be right by accident.
 */
function changesLiteralsOnly(scalar: ScalarNode, before: string, after: string): boolean {
  if (!scalar.parts) return true;
  const old = before.split('/');
  const now = after.split('/');
  let start = 0;
  while (start < old.length && old[start] === now[start]) start++;
  let end = old.length;
  while (end > start && old[end - 1] === now[end - 1 + now.length - old.length]) end--;
  const from = old.slice(0, start).join('/').length;
  const to = old.slice(0, end).join('/').length;
  let at = 0;
  for (const part of scalar.parts) {
    if (part.kind === 'variable' && at < to && at + part.text.length > from) return false;
    at += part.text.length;
  }
  return true;
}

/** How a path of a compose file is shown to people: as written, without the values of environment variables. */
export function shownPath(ref: PathRef): string {
  const { scalar } = ref;
  if (scalar.text === ref.written) return shown(scalar);
  return scalar.parts === undefined ? ref.written : labelOf(scalar);
}

/** How a path is written from a directory, in the manner of what stood there before (`./x` stays `./y`). */
export function writtenAs(before: string, from: FilePath, target: FilePath): string | undefined {
  const relative = relativeTo(from, target);
  if (relative === undefined) return undefined;
  const dotted = before.startsWith('./') && !relative.startsWith('.') ? `./${relative}` : relative;
  return before.endsWith('/') && dotted !== '.' && dotted !== '..' ? `${dotted}/` : dotted;
}

/** The edit that gives a scalar a new value. */
function editOf(facts: Facts, scalar: ScalarNode, value: string): Step | undefined {
  const source = facts.files.read(scalar.at.file);
  return 'text' in source ? replaceScalar(scalar, source, value) : undefined;
}

/** The step that names a Dockerfile where none is named so far; undefined where that has no plain place. */
export function addDockerfile(facts: Facts, build: Build, target: string): Step | undefined {
  if (/^[-?:,[\]{}#&*!|>'"%@`]|[\s,{}[\]]|: |\$/.test(target)) return undefined;
  const { node } = build;
  if (node.kind === 'scalar') return spreadContext(facts, node, target);
  const context = node.entries.get('context');
  const [first] = node.entries.values();
  const steps = context
    ? [addBelow(facts, context, 'dockerfile', target), addInFlow(facts, context, target)]
    : [first && addAbove(facts, first.key, 'dockerfile', target)];
  return steps.find((step) => step && staysReadable(facts, step));
}

/** Whether a file is still YAML with an edit: on a line of its own, a key can stand in a flow mapping all the same. */
function staysReadable(facts: Facts, { at, text }: Edit): boolean {
  const source = facts.files.read(at.file);
  if (!('text' in source)) return false;
  const edited = source.text.slice(0, at.start) + text + source.text.slice(at.end);
  return parseFile({ file: at.file, text: edited }).problems.length <= parseFile(source).problems.length;
}

/** Where the value of an entry ends as it is written there: of an alias, where the alias ends. */
function endOfValue(text: string, { key, value }: MapEntry): number | undefined {
  const before = value.at.file === key.file ? text.slice(key.end, Math.max(key.end, value.at.start)) : '';
  if (/^[ \t]*:\s+(?:[&!]\S*\s+)*$/.test(before)) return value.at.end;
  const alias = /^[ \t]*:[ \t]+\*[^\s,[\]{}]+/.exec(text.slice(key.end, key.end + 200))?.[0];
  return alias === undefined ? undefined : key.end + alias.length;
}

/** `build: ./api` as `build: { context: ./api, dockerfile: … }`. */
function spreadContext(facts: Facts, scalar: ScalarNode, target: string): Step | undefined {
  const source = facts.files.read(scalar.at.file);
  if (!('text' in source) || scalar.style === 'block') return undefined;
  const before = source.text.slice(0, scalar.at.start);
  const written = source.text.slice(scalar.at.start, scalar.at.end);
  // An anchored or aliased value is shared with others.
  if (!/(?:^|[\s{,"'])build["']?\s*:\s+$/.test(before.slice(-80))) return undefined;
  if (scalar.style === 'plain' && /[,[\]{}]|: /.test(written)) return undefined;
  return { kind: 'edit', at: scalar.at, text: `{ context: ${written}, dockerfile: ${target} }` };
}

function addInFlow(facts: Facts, entry: MapEntry, target: string): Edit | undefined {
  const { file } = entry.key;
  const source = facts.files.read(file);
  const end = 'text' in source ? endOfValue(source.text, entry) : undefined;
  if (!('text' in source) || end === undefined || !/^\s*[,}]/.test(source.text.slice(end, end + 40)))
    return undefined;
  return { kind: 'edit', at: { file, start: end, end }, text: `, dockerfile: ${target}` };
}

/** Adds `key: value` above a key that is the first thing on its line. */
function addAbove(facts: Facts, at: Place, key: string, value: string): Edit | undefined {
  const source = facts.files.read(at.file);
  if (!('text' in source)) return undefined;
  const lineStart = source.text.lastIndexOf('\n', at.start - 1) + 1;
  const indent = source.text.slice(lineStart, at.start);
  if (!/^ +$/.test(indent)) return undefined;
  const lineBreak = source.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  return {
    kind: 'edit',
    at: { file: at.file, start: at.start, end: at.start },
    text: `${key}: ${value}${lineBreak}${indent}`,
  };
}

/**
 * The step that adds `key: value` on a line of its own below another entry of the same block mapping; undefined where
 * the entry shares its line with more than a comment.
 */
export function addBelow(facts: Facts, entry: MapEntry, key: string, value: string): Edit | undefined {
  const { file, start } = entry.key;
  const source = facts.files.read(file);
  const valueEnd = 'text' in source ? endOfValue(source.text, entry) : undefined;
  if (!('text' in source) || valueEnd === undefined) return undefined;
  const indent = source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^[ ]*$/.test(indent) || /[\r\n]/.test(source.text.slice(start, valueEnd))) return undefined;
  const after = source.text.slice(valueEnd).match(/^[^\r\n]*/)?.[0] ?? '';
  if (!/^\s*(#.*)?$/.test(after)) return undefined;
  const end = valueEnd + after.length;
  const lineBreak = source.text.startsWith('\r\n', end) ? '\r\n' : '\n';
  return { kind: 'edit', at: { file, start: end, end }, text: `${lineBreak}${indent}${key}: ${value}` };
}

/** The directory part that a path lost and the one it got, where the rest is the same: `docker` → `dockerfiles`. */
export function movedDirectory(from: FilePath, to: FilePath): { from: FilePath; to: FilePath } | undefined {
  const wrong = from.split('/');
  const right = to.split('/');
  while (wrong.length > 0 && right.length > 0 && wrong.at(-1) === right.at(-1)) {
    wrong.pop();
    right.pop();
  }
  // Nothing was lost in front, or the name itself is another one.
  if (wrong.length === 0 || wrong.length === from.split('/').length) return undefined;
  return { from: path.posix.join(...wrong), to: right.length === 0 ? '.' : path.posix.join(...right) };
}
