/** A merged document against the specification: every fault of it, each with its place and its words. */
import type { Place, Source } from '../../source.ts';
import { shown } from '../edit.ts';
import type { LoadProblem, MapNode, Node } from '../model.ts';
import { faultOf, LATE, TO_ENGINE } from './formats.ts';
import { schemaAt } from './lookup.ts';
import { nodeAt, type Path, type Plain, pathOf, plainOf } from './plain.ts';
import { type Candidate, candidatesFor } from './repair.ts';
import { unknownKey } from './unknown-key.ts';
import { type Fault, validate } from './validate.ts';
import { expected, kindInWords, orList, thing } from './words.ts';

export type CheckOptions = {
  /** False while more files are to be merged over it: they can still put some faults right. */
  readonly whole: boolean;
  readonly read: (file: string) => Source | undefined;
};

/** Candidates are tried by validating again; so many are tried for one document. */
const MAX_TRIALS = 60;

/** So much of a value is told, in characters. */
const MAX_SHOWN = 100;

/** A document that is being checked. */
export type Document = {
  readonly root: MapNode;
  readonly read: CheckOptions['read'];
  /** Whether the specification would take a value at a path, all else being as it is. */
  readonly accepts: (path: Path, value: Plain) => boolean;
};

/** Checks a document as Compose does: after interpolation, and with all that was merged so far. */
export function checkDocument(root: MapNode, { whole, read }: CheckOptions): readonly LoadProblem[] {
  const plain = plainOf(root);
  if (validate(plain)) return [];
  const faults = (validate.errors ?? []).filter((fault) => counts(fault, whole));
  const document: Document = { root, read, accepts: trials(plain) };
  return faults.flatMap((fault) => problemOf(document, fault) ?? []);
}

function counts({ keyword, params }: Fault, whole: boolean): boolean {
  // How a condition came to its end is no fault of its own.
  if (keyword === 'if' || keyword === 'anyOf') return false;
  if (whole) return true;
  if (keyword === 'not' || keyword === 'false schema' || keyword === 'minimum') return false;
  return !(keyword === 'format' && LATE.has(String(params.format)));
}

function trials(plain: Plain): Document['accepts'] {
  let left = MAX_TRIALS;
  return (path, value) => {
    if (--left < 0) return false;
    const place = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (validate(replaced(plain, path, value))) return true;
    return !(validate.errors ?? []).some(
      ({ instancePath }) => instancePath === place || instancePath.startsWith(`${place}/`),
    );
  };
}

/** A copy with another value at a path; values that several places share do not change with it. */
function replaced(plain: Plain, [step, ...rest]: Path, value: Plain): Plain {
  if (step === undefined) return value;
  const old = plain as Readonly<Record<string | number, Plain>>;
  const copy: Record<string | number, Plain> = Array.isArray(plain)
    ? ([...plain] as unknown as Record<number, Plain>)
    : Object.assign(Object.create(null), old);
  copy[step] = replaced(old[step], rest, value);
  return copy;
}

function problemOf(document: Document, fault: Fault): LoadProblem | undefined {
  const path = pathOf(document.root, fault.instancePath);
  const { keyword, params } = fault;
  if (keyword === 'additionalProperties') {
    return unknownKey(document, path, String(params.additionalProperty));
  }
  if (keyword === 'uniqueItems')
    return repeatedItem(document, path, Math.max(Number(params.i), Number(params.j)));
  const found = nodeAt(document.root, path);
  if (!found) return undefined;
  const { value, entry } = found;
  // An empty value has no place that could be shown, and a mapping is best shown by its name.
  const isNamed = entry !== undefined && (isEmpty(value) || keyword === 'required' || keyword === 'not');
  const named =
    isNamed || (entry && value.kind === 'map' && keyword === 'false schema') ? entry.key : value.at;
  const at = (keyword === 'not' ? oneTooMany(path, value) : undefined) ?? named;
  const message = messageOf(path, value, fault);
  if (message === undefined) return undefined;
  const repairs = repairsOf(document, path, value);
  const isLeftToEngine = keyword === 'format' && TO_ENGINE.has(String(params.format));
  return {
    kind: 'wrong-type',
    at,
    message,
    ...(repairs.length > 0 && { repairs }),
    ...(keyword === 'type' && value.kind !== 'scalar' && { whole: true }),
    ...(isLeftToEngine && { refusedBy: 'engine' }),
  };
}

/** Of keys that may not stand together, the last one. */
function oneTooMany(path: Path, node: Node): Place | undefined {
  const keys = schemaAt(path)?.not?.required ?? [];
  if (node.kind !== 'map' || keys.length < 2) return undefined;
  const places = keys.flatMap((key) => node.entries.get(key)?.key ?? []);
  return places.filter(({ file }) => file === places[0]?.file).sort((a, b) => b.start - a.start)[0];
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.text === '' && node.at.start >= node.at.end - 2;
}

function repeatedItem({ root }: Document, path: Path, index: number): LoadProblem | undefined {
  const item = nodeAt(root, [...path, index])?.value;
  if (item?.kind !== 'scalar') return undefined;
  const message = `\`${shown(item)}\` stands twice in ${thing(path)}; Compose takes it once`;
  return { kind: 'wrong-type', at: item.at, message };
}

function messageOf(path: Path, node: Node, { keyword, params }: Fault): string | undefined {
  const schema = schemaAt(path) ?? {};
  switch (keyword) {
    case 'type':
      return `${thing(path)} is ${kindInWords(node)}; Compose expects ${expected(schema)}`;
    case 'required':
      return `${thing(path)} has no \`${String(params.missingProperty)}\`; Compose wants one`;
    case 'enum':
      return `${thing(path)} is ${value(node)}; Compose takes ${orList((schema.enum ?? []).map((one) => `\`${one}\``))}`;
    case 'minimum':
    case 'maximum':
      return `${thing(path)} is ${value(node)}; Compose takes numbers from ${schema.minimum ?? 0} ${schema.maximum === undefined ? 'on' : `to ${schema.maximum}`}`;
    case 'format':
      return formatMessage(path, node, String(params.format));
    case 'not':
      return `${thing(path)} ${schema.why}${isChoice(schema.why) ? ', and no more' : ''}`;
    case 'false schema':
      return `${thing(path)} ${schema.why ?? reasonAbove(path)}${isChoice(schema.why) ? ', and has none' : ''}`;
  }
  return undefined;
}

function isChoice(why: string | undefined): boolean {
  return why?.startsWith('takes one of ') === true;
}

/** Why a key may not stand beside the others of its mapping. */
function reasonAbove(path: Path): string {
  const then = schemaAt(path.slice(0, -1))?.then;
  return (typeof then === 'object' ? then.why : undefined) ?? 'cannot stand here';
}

function formatMessage(path: Path, node: Node, format: string): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  const unset = node.parts?.find((part) => part.kind === 'variable' && part.from === 'unset');
  // There the variable is the fault, and not the form.
  if (unset && (format === 'port' || format === 'volume' || format === 'not-empty')) return undefined;
  // Of `${PREFIX}-db` nothing else would say that the engine refuses it.
  if (unset && format === 'container-name' && !/[a-zA-Z0-9][\w.-]+/.test(node.text)) return undefined;
  const fault = faultOf(format, node.text);
  if (fault === undefined) return undefined;
  const because = unset?.kind === 'variable' && unset.name !== '' ? ` (\`${unset.name}\` is not set)` : '';
  return `${thing(path)} is ${value(node)}${because}, ${fault}`;
}

function value(node: Node): string {
  if (node.kind !== 'scalar') return kindInWords(node);
  const text = shown(node);
  return text === '' ? 'empty' : `\`${short(text)}\``;
}

/** A script in a value is told by its first line. */
function short(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line === text && line.length <= MAX_SHOWN ? text : `${line.slice(0, MAX_SHOWN)}…`;
}

/** What the value may have been meant to be, as far as Compose would take it. */
function repairsOf({ read, accepts }: Document, path: Path, node: Node): readonly Candidate[] {
  const source = read(node.at.file);
  const schema = schemaAt(path);
  if (!source || !schema) return [];
  const written = source.text.slice(node.at.start, node.at.end);
  return candidatesFor(node, schema, written).filter((candidate) => accepts(path, candidate.value));
}
