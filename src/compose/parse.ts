/** One compose file's text -> trees of nodes with places. Nothing is interpolated yet. */
import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { Place, Source } from '../source.ts';
import type { LoadProblem, MapEntry, MapNode, MergeTag, Node, ScalarNode } from './model.ts';
import { resolvePlain } from './plain.ts';
import { describeYamlError } from './yaml-errors.ts';

/** Compose files are a few levels deep; what is deeper than this is an attack or an accident. */
const MAX_DEPTH = 200;
/** How many nodes aliases and merge keys may add; `compose` refuses far fewer in a small file. */
const MAX_ALIASED_NODES = 200_000;
/** About 5 MB of ordinary YAML. */
const MAX_LEXEMES = 2_500_000;

export type ParsedFile = {
  /** The documents of the file that are mappings, in order. Compose merges them like files. */
  readonly documents: readonly MapNode[];
  readonly problems: readonly LoadProblem[];
};

const parsed = new WeakMap<Source, ParsedFile>();

/**
 * Parses a compose file. Never throws: what is wrong with it becomes problems, and what could be read is kept.
 * YAML 1.2 with anchors, aliases, merge keys, `!reset` and `!override`. Aliased nodes are shared, not copied.
 */
export function parseFile(source: Source): ParsedFile {
  const known = parsed.get(source);
  if (known) return known;
  const result = parse(source);
  parsed.set(source, result);
  return result;
}

function parse(source: Source): ParsedFile {
  const whole = { file: source.file, start: 0, end: 0 };
  const invalid = (message: string, at: Place = whole): ParsedFile => ({
    documents: [],
    problems: [{ kind: 'invalid-yaml', file: source.file, at, message }],
  });
  const tokens = tokenize(source.text);
  if (tokens === 'too-deep') return invalid(`it is nested more than ${MAX_DEPTH} levels deep`);
  if (tokens === 'too-large') return invalid('it has too many values to be a compose file');
  const composer = new Composer({
    version: '1.2',
    // Plain scalars are resolved in plain.ts: as Compose does, and with their text kept.
    schema: 'failsafe',
    // Found in build(), where both places are at hand (and without comparing every key with every other).
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens, true, source.text.length)];
  const errors = documents.flatMap((document) => document.errors);
  const problems: LoadProblem[] = describeYamlError(source, errors);
  const builder = new Builder(source, new Set(errors.map((error) => error.pos[0])));
  const roots: MapNode[] = [];
  for (const document of documents) {
    const root = builder.document(document);
    if (root === undefined) continue;
    if (root.kind === 'map') roots.push(root);
    else if (root.kind === 'scalar' && root.value === null) continue;
    else if (errors.length === 0) {
      const what = root.kind === 'list' ? 'a list' : 'a single value';
      builder.invalid(root.at, `the file is ${what}; Compose expects a mapping with \`services\``);
    }
  }
  problems.push(...builder.problems);
  if (roots.length === 0 && problems.length === 0) return invalid('the file is empty');
  return { documents: roots, problems };
}

/** The concrete syntax; the parser keeps its own stack, so it is stopped before a tree too deep to walk is built. */
function tokenize(text: string): CST.Token[] | 'too-deep' | 'too-large' {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH + 10) return 'too-deep';
    if (++lexemes > MAX_LEXEMES) return 'too-large';
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

type Pair = { readonly key: unknown; readonly value: unknown };
type Collection = { readonly start: number; readonly end: number };

/** What an anchored node is worth when it is referred to. */
type Measure = { readonly height: number; readonly size: number };

const SCALAR: Measure = { height: 1, size: 1 };

class Builder {
  readonly problems: LoadProblem[] = [];
  private readonly source: Source;
  private readonly faults: ReadonlySet<number>;
  private readonly measures = new Map<Node, Measure>();
  private anchors = new Map<string, Node | 'open'>();
  private aliased = 0;
  private refused = false;

  constructor(source: Source, faults: ReadonlySet<number>) {
    this.source = source;
    this.faults = faults;
  }

  document(document: Document | { contents: unknown }): Node | undefined {
    this.anchors = new Map();
    if (document.contents === null) return undefined;
    const node = this.node(document.contents, '', 0);
    return this.refused ? undefined : node;
  }

  invalid(at: Place, message: string): void {
    this.problems.push({ kind: 'invalid-yaml', file: this.source.file, at, message });
  }

  private place(start: number, end: number): Place {
    return { file: this.source.file, start, end };
  }

  /** The parser counts the last line break of a block as part of it. */
  private trimmed(start: number, end: number): number {
    const { text } = this.source;
    let at = end;
    while (at > start && /\s/.test(text[at - 1] as string)) at--;
    return at;
  }

  private node(yaml: unknown, path: string, depth: number): Node | undefined {
    if (this.refused) return undefined;
    if (depth > MAX_DEPTH)
      return this.refuse(rangeOf(yaml), `it is nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(yaml)) return this.alias(yaml.source, rangeOf(yaml), depth);
    const anchor = (yaml as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const node = this.anchored(yaml, path, depth);
    if (anchor !== undefined && node) this.anchors.set(anchor, node);
    return node;
  }

  private anchored(yaml: unknown, path: string, depth: number): Node | undefined {
    const { start, end } = rangeOf(yaml);
    const at = this.place(start, isScalar(yaml) ? end : this.trimmed(start, end));
    const merge = mergeTag(yaml);
    if (isMap(yaml)) return this.map(yaml.items, at, merge, path, depth);
    if (isSeq(yaml)) {
      const items: Node[] = [];
      for (const [index, item] of yaml.items.entries()) {
        const child = this.node(item, `${path}[${index}]`, depth + 1);
        if (child) items.push(child);
      }
      return this.measured({ kind: 'list', items, at, ...(merge && { merge }) }, items);
    }
    if (isScalar(yaml)) return this.scalar(yaml, at, merge);
    return undefined;
  }

  private scalar(
    yaml: { value: unknown; source?: string; type?: string | null; tag?: string },
    at: Place,
    merge: MergeTag | undefined,
  ): ScalarNode | undefined {
    for (const fault of this.faults) if (fault >= at.start && fault < at.end) return undefined;
    const style = styleOf(yaml.type);
    const text = typeof yaml.value === 'string' ? yaml.value : (yaml.source ?? '');
    const common = { kind: 'scalar', at, style, base: '', ...(merge && { merge }) } as const;
    // An explicit `!!str` (the failsafe schema knows no other scalar tag) keeps the text as it is.
    if (style !== 'plain' || yaml.tag === 'tag:yaml.org,2002:str') return { ...common, value: text, text };
    return { ...common, ...resolvePlain(text) };
  }

  private alias(name: string, range: Collection, depth: number): Node | undefined {
    const target = this.anchors.get(name);
    const at = this.place(range.start, range.end);
    if (target === undefined) {
      this.invalid(at, `nothing before it has the anchor \`&${name}\``);
      return undefined;
    }
    if (target === 'open') {
      this.invalid(at, `the alias \`*${name}\` stands inside the value it refers to`);
      return undefined;
    }
    const { height, size } = this.measure(target);
    if (depth + height > MAX_DEPTH)
      return this.refuse(range, `its aliases nest more than ${MAX_DEPTH} levels deep`);
    this.count(size, range);
    return target;
  }

  private count(nodes: number, range: Collection): void {
    this.aliased += nodes;
    if (this.aliased > MAX_ALIASED_NODES)
      this.refuse(range, 'its aliases stand for too many values to be read');
  }

  private refuse(range: Collection, message: string): undefined {
    if (!this.refused) this.invalid(this.place(range.start, range.end), message);
    this.refused = true;
    return undefined;
  }

  private map(
    pairs: readonly Pair[],
    at: Place,
    merge: MergeTag | undefined,
    path: string,
    depth: number,
  ): MapNode {
    const entries = new Map<string, MapEntry>();
    const keys = new Map<string, Place>();
    const inherited: MapEntry[] = [];
    for (const pair of pairs) {
      if (this.refused) break;
      const key = this.key(pair.key, path);
      if (!key) continue;
      const first = keys.get(key.text);
      if (first) {
        this.problems.push({ kind: 'duplicate-key', at: key.at, key: key.text, first, inside: path });
      } else keys.set(key.text, key.at);
      const value = this.value(pair.value, key, path === '' ? key.text : `${path}.${key.text}`, depth);
      if (!value) continue;
      if (key.merges) inherited.push({ key: key.at, value });
      else entries.set(key.text, { key: key.at, value });
    }
    if (inherited.length > 0) this.inherit(entries, inherited);
    const children = [...entries.values()].map((entry) => entry.value);
    return this.measured({ kind: 'map', entries, at, ...(merge && { merge }) }, children);
  }

  private value(yaml: unknown, key: Key, path: string, depth: number): Node | undefined {
    // `? key` without a value: null, like `key:`.
    if (yaml === null || yaml === undefined) {
      const at = this.place(key.at.end, key.at.end);
      return { kind: 'scalar', value: null, text: '', at, style: 'plain', base: '' };
    }
    return this.node(yaml, path, depth + 1);
  }

  private key(yaml: unknown, path: string): Key | undefined {
    const range = rangeOf(yaml);
    const at = this.place(range.start, range.end);
    const node = isScalar(yaml) || isAlias(yaml) ? this.node(yaml, path, 0) : undefined;
    if (node?.kind !== 'scalar') {
      if (!this.faults.has(range.start) && !isAlias(yaml))
        this.invalid(at, 'a key is a list or a mapping; Compose takes only names');
      return undefined;
    }
    if (node.style === 'plain' && node.text === '<<') return { text: '<<', at, merges: true };
    if (typeof node.value !== 'string' && range.end > range.start) {
      const written = this.source.text.slice(range.start, range.end);
      const message = `the key ${written} in ${path === '' ? 'the file' : `\`${path}\``} is no string; Compose wants it in quotes`;
      this.problems.push({ kind: 'wrong-type', at, message });
      return { text: written, at, merges: false };
    }
    return { text: node.text, at, merges: false };
  }

  /** Merge keys (https://yaml.org/type/merge.html): own keys win, then the earlier of several mappings. */
  private inherit(entries: Map<string, MapEntry>, sources: readonly MapEntry[]): void {
    for (const { value } of sources) {
      const parents = value.kind === 'list' ? value.items : [value];
      for (const parent of parents) {
        if (parent.kind !== 'map') {
          this.invalid(parent.at, 'a merge key `<<` takes a mapping or a list of mappings');
          continue;
        }
        this.count(parent.entries.size, parent.at);
        if (this.refused) return;
        for (const [name, entry] of parent.entries) if (!entries.has(name)) entries.set(name, entry);
      }
    }
  }

  private measure(node: Node): Measure {
    return this.measures.get(node) ?? SCALAR;
  }

  private measured<T extends Node>(node: T, children: readonly Node[]): T {
    let height = 0;
    let size = 1;
    for (const child of children) {
      const measure = this.measure(child);
      height = Math.max(height, measure.height);
      size += measure.size;
    }
    this.measures.set(node, { height: height + 1, size });
    return node;
  }
}

type Key = { readonly text: string; readonly at: Place; readonly merges: boolean };

function rangeOf(yaml: unknown): Collection {
  const range = (yaml as { range?: readonly number[] | null } | null)?.range;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

function mergeTag(yaml: unknown): MergeTag | undefined {
  const tag = (yaml as { tag?: string } | null)?.tag;
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : undefined;
}

function styleOf(type: string | null | undefined): ScalarNode['style'] {
  switch (type) {
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'QUOTE_SINGLE':
      return 'single';
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return 'block';
    default:
      return 'plain';
  }
}
