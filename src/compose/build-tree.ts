/** The YAML parser's nodes -> nodes with places: aliases shared, merge keys followed, all of it bounded. */
import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Place, Source } from '../source.ts';
import type { LoadProblem, MapEntry, MapNode, MergeTag, Node, ScalarNode } from './model.ts';
import { isTimestamp, resolvePlain } from './plain.ts';
import { type Inherited, twoMergeKeys } from './two-merge-keys.ts';
import { isOwnTag, mergeTag, type Range, rangeOf, readOddEscapes, styleOf } from './yaml-nodes.ts';

/** Compose files are a few levels deep; what is deeper than this is an attack or an accident. */
export const MAX_DEPTH = 200;
/** How many nodes aliases and merge keys may add; `compose` refuses far fewer in a small file. */
const MAX_ALIASED_NODES = 200_000;

/** How many aliases without an anchor are told; each is told with all anchors before it. */
const MAX_UNKNOWN = 100;

type Pair = { readonly key: unknown; readonly value: unknown };

/** What an anchored node is worth when it is referred to. */
type Measure = { readonly height: number; readonly size: number };

const SCALAR: Measure = { height: 1, size: 1 };

/** Builds the trees of one file; what is wrong in it is gathered in `problems`. */
export class TreeBuilder {
  readonly problems: LoadProblem[] = [];
  private readonly source: Source;
  /** Where the parser found faults, in order. */
  private readonly faults: readonly number[];
  private readonly measures = new Map<Node, Measure>();
  private anchors = new Map<string, Node | 'open'>();
  private aliased = 0;
  private unknownAliases = 0;
  private refused = false;

  constructor(source: Source, faults: readonly number[]) {
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
        // In a list there is nothing to take away: the item is left out.
        if (child && child.merge !== 'reset') items.push(child);
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
    if (this.isFaulty(at.start, at.end)) return undefined;
    const style = styleOf(yaml.type);
    const written =
      (style === 'double' ? this.quoted(at) : undefined) ??
      (typeof yaml.value === 'string' ? yaml.value : (yaml.source ?? ''));
    // `!!str` keeps the text as it is, and so does a tag of somebody's own: `!override null` is the word.
    const isText = style !== 'plain' || yaml.tag === 'tag:yaml.org,2002:str' || isOwnTag(yaml.tag);
    const isNull = yaml.tag === 'tag:yaml.org,2002:null';
    const { value, text } =
      isText && !isNull ? { value: written, text: written } : resolvePlain(isNull ? '' : written);
    const node: ScalarNode = { kind: 'scalar', value, text, at, style, base: '' };
    const tagged = isText && style === 'plain';
    return { ...node, ...(merge && { merge }), ...(tagged && { tagged }) };
  }

  private quoted(at: Place): string | undefined {
    const { text, unknownAt } = readOddEscapes(this.source.text.slice(at.start, at.end));
    if (unknownAt === undefined) return text;
    const start = at.start + unknownAt;
    this.invalid(this.place(start, start + 2), 'a backslash sequence that double quotes do not know');
    return undefined;
  }

  private isFaulty(start: number, end: number): boolean {
    if (this.faults.length === 0) return false;
    let low = 0;
    let high = this.faults.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.faults[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const fault = this.faults[low];
    return fault !== undefined && fault < end;
  }

  private alias(name: string, range: Range, depth: number): Node | undefined {
    const target = this.anchors.get(name);
    const at = this.place(range.start, range.end);
    if (target === undefined) {
      if (++this.unknownAliases <= MAX_UNKNOWN)
        this.problems.push({ kind: 'undefined-alias', at, name, known: [...this.anchors.keys()] });
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

  private count(nodes: number, range: Range): void {
    this.aliased += nodes;
    if (this.aliased > MAX_ALIASED_NODES)
      this.refuse(range, 'its aliases stand for too many values to be read');
  }

  private refuse(range: Range, message: string): undefined {
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
    const inherited: Inherited[] = [];
    for (const pair of pairs) {
      if (this.refused) break;
      const key = this.key(pair.key, path);
      if (!key) continue;
      const first = key.merges ? undefined : keys.get(key.text);
      if (first) {
        this.problems.push({ kind: 'duplicate-key', at: key.at, key: key.text, first, inside: path });
      } else if (!key.merges) keys.set(key.text, key.at);
      const value = this.value(pair.value, key, path === '' ? key.text : `${path}.${key.text}`, depth);
      if (!value) continue;
      if (key.merges) inherited.push({ key: key.at, value, written: this.written(pair.value) });
      else entries.set(key.text, { key: key.at, value });
    }
    if (inherited.length > 1) this.problems.push(twoMergeKeys(inherited, entries, path));
    if (inherited.length > 0) this.inherit(entries, inherited);
    const children = [...entries.values()].map((entry) => entry.value);
    return this.measured({ kind: 'map', entries, at, ...(merge && { merge }) }, children);
  }

  /** The place of a value as it stands there: of an alias, the alias. */
  private written(yaml: unknown): Place {
    const { start, end } = rangeOf(yaml);
    return this.place(start, this.trimmed(start, end));
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
      if (!this.isFaulty(range.start, range.start + 1) && !isAlias(yaml))
        this.invalid(at, 'a key is a list or a mapping; Compose takes only names');
      return undefined;
    }
    if (node.style === 'plain' && node.text === '<<') return { text: '<<', at, merges: true };
    const isText =
      typeof node.value === 'string' && !(node.style === 'plain' && !node.tagged && isTimestamp(node.text));
    if (!isText && range.end > range.start) {
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
