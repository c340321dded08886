/** The specification as data: what may stand at a path, and where a key is at home. */
import type { Path } from './plain.ts';
import specification from './specification.json' with { type: 'json' };

/** The words of JSON Schema that the specification uses. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | readonly Schema[];
  readonly additionalItems?: Schema;
  readonly then?: Schema | boolean;
  readonly not?: { readonly required?: readonly string[] };
  /** What to say of a fault that no other word explains. */
  readonly why?: string;
  /** Compose passes over keys that it does not know here. */
  readonly lenient?: boolean;
};

const root = specification as Schema;
const definitions = specification.definitions as unknown as Readonly<Record<string, Schema>>;

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.slice('#/definitions/'.length);
  return (name === undefined ? undefined : definitions[name]) ?? schema;
}

/** What the specification says of a path; undefined where it says nothing. */
export function schemaAt(path: Path): Schema | undefined {
  let schema: Schema | undefined = root;
  for (const step of path) schema = schema && child(schema, step);
  return schema;
}

function child(schema: Schema, step: string | number): Schema | undefined {
  if (typeof step === 'number') {
    const { items, additionalItems } = schema;
    const found = isTuple(items) ? (items[step] ?? additionalItems) : items;
    return found && resolved(found);
  }
  const { properties = {}, patternProperties = {} } = schema;
  const own = Object.hasOwn(properties, step) ? properties[step] : undefined;
  if (typeof own === 'object') return resolved(own);
  const pattern = Object.keys(patternProperties).find((one) => new RegExp(one).test(step));
  const found = pattern === undefined ? undefined : patternProperties[pattern];
  return found && resolved(found);
}

function isTuple(items: Schema['items']): items is readonly Schema[] {
  return Array.isArray(items);
}

export function keysOf(schema: Schema | undefined): readonly string[] {
  return Object.keys(schema?.properties ?? {});
}

/** The kinds of values that a schema takes, by their names in JSON Schema. */
export function kindsOf(schema: Schema): readonly string[] {
  if (schema.type === undefined) return [];
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

export type Home =
  /** Some levels up from the mapping at fault; `path` is that of the mapping it belongs to. */
  | { readonly where: 'above'; readonly path: Path }
  /** Under one of the keys of the mapping, or of a service. */
  | { readonly where: 'below' | 'service' | 'elsewhere'; readonly keys: readonly string[] };

/** Where else a key is known, the nearest first: a level up, a level down, in a service, anywhere. */
export function homeOf(key: string, path: Path): Home | undefined {
  for (let up = path.length - 1; up >= 0; up--) {
    if (keysOf(schemaAt(path.slice(0, up))).includes(key)) return { where: 'above', path: path.slice(0, up) };
  }
  const under = descend(key, schemaAt(path), 1);
  if (under) return { where: 'below', keys: under };
  const service = definitions.service;
  if (keysOf(service).includes(key)) return { where: 'service', keys: [] };
  for (const depth of [1, 2, 3]) {
    const found = descend(key, service, depth);
    if (found) return { where: 'elsewhere', keys: found };
  }
  return undefined;
}

/** The keys that lead to a mapping `depth` levels down that knows a key. */
function descend(key: string, schema: Schema | undefined, depth: number): readonly string[] | undefined {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    const below = resolved(property);
    if (depth === 1 && Object.hasOwn(below.properties ?? {}, key)) return [name];
    const further = depth > 1 ? descend(key, below, depth - 1) : undefined;
    if (further) return [name, ...further];
  }
  return undefined;
}
