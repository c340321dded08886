/** The environment and the labels of a service, with what the files that it names add to them. */
import { shown } from '../edit.ts';
import { parseEnvFile } from '../env-file.ts';
import { lookUp } from '../interpolate.ts';
import type { MapNode, Node, ScalarNode } from '../model.ts';
import { resolvePath } from '../paths.ts';
import { readRawEnvFile } from '../raw-env-file.ts';
import { map, type Resolved, type ResolvedScalar, scalar } from '../resolved.ts';
import { childAt, isNull, itemsOf, scalarAt } from '../tree.ts';
import { type Context, mapping, variables } from './shapes.ts';

/** A name without a value takes that of the environment; undefined where there is none either. */
export function fromEnvironment(
  name: string,
  written: ResolvedScalar,
  context: Context,
): ResolvedScalar | undefined {
  const found = lookUp(context.variables, name);
  const { from } = written;
  if (!found || !from) return undefined;
  const { text, origin } = found;
  const part = {
    kind: 'variable',
    name,
    text,
    from: found.from,
    at: from.at,
    ...(origin && { origin }),
  } as const;
  return scalar(text, { ...from, value: text, text, parts: [part] });
}

/** `environment` over the files of `env_file`; a name whose value is nowhere stays, without one. */
export function environmentOf(service: MapNode, context: Context, key: string): Resolved | undefined {
  const written = childAt(service, 'environment');
  const own = new Map<string, Resolved>();
  const read = written && variables(written, context, `${key}.environment`);
  for (const [name, value] of read?.kind === 'map' ? read.entries : []) {
    if (/\s$/.test(name) && written?.kind === 'list')
      context.fault(written.at, `the variable \`${name}\` of \`${key}\` ends in a space`);
    const isOpen = value.kind === 'scalar' && value.value === null;
    own.set(name, (isOpen ? fromEnvironment(name, value, context) : undefined) ?? value);
  }
  const files = new Map<string, Resolved>();
  for (const entry of envFileEntries(childAt(service, 'env_file'))) {
    for (const [name, value] of readValues(entry, own, files, context)) files.set(name, value);
  }
  const all = new Map([...files, ...own]);
  return all.size === 0 ? undefined : map(all, written?.at);
}

/** `labels` over the files of `label_file`. */
export function labelsOf(service: MapNode, context: Context, key: string): Resolved | undefined {
  const written = childAt(service, 'labels');
  const own = written && mapping(written, context, `${key}.labels`);
  const files = new Map<string, Resolved>();
  for (const item of itemsOf(childAt(service, 'label_file'))) {
    if (item.kind !== 'scalar') continue;
    const entry: FileEntry = { path: item, required: true, via: 'label_file' };
    for (const [name, value] of readValues(entry, new Map(), files, context)) files.set(name, value);
  }
  const all = new Map([...files, ...(own?.kind === 'map' ? own.entries : [])]);
  return all.size === 0 ? undefined : map(all, written?.at);
}

type FileEntry = {
  readonly path: ScalarNode;
  readonly required: boolean;
  readonly format?: string | undefined;
  readonly via: 'env_file' | 'label_file';
};

/** The files of `env_file`; of one that is named twice, the last entry counts, in the place of the first. */
function envFileEntries(node: Node | undefined): readonly FileEntry[] {
  const entries = new Map<string, FileEntry>();
  for (const item of itemsOf(node)) {
    const path = item.kind === 'map' ? scalarAt(item, 'path') : item;
    if (path?.kind !== 'scalar' || isNull(path)) continue;
    const required = !/^(?:false|n|no|off)$/i.test(scalarAt(item, 'required')?.text ?? 'true');
    entries.set(path.text, { path, required, format: scalarAt(item, 'format')?.text, via: 'env_file' });
  }
  return [...entries.values()];
}

/** What a file says. It may refer to the project's variables, then to the service's own, then to earlier files. */
function readValues(
  entry: FileEntry,
  own: ReadonlyMap<string, Resolved>,
  before: ReadonlyMap<string, Resolved>,
  context: Context,
): readonly (readonly [string, Resolved])[] {
  const { path } = entry;
  if (!context.readsFiles) return [];
  const file = resolvePath(path.base, path.text, context.roots);
  if (context.files.stat(file) === undefined) {
    if (entry.required)
      context.fault(path.at, `the file \`${shown(path)}\` of \`${entry.via}\` does not exist`);
    return [];
  }
  const source = context.files.read(file);
  if ('failure' in source) {
    context.fault(
      path.at,
      `the file \`${shown(path)}\` of \`${entry.via}\` cannot be read: ${source.because}`,
    );
    return [];
  }
  const isEnvironment = entry.via === 'env_file';
  const known = { ...context.variables.envFile, ...context.variables.environment };
  const environment = isEnvironment ? { ...textsOf(own), ...known } : {};
  const surroundings = { environment, envFile: textsOf(before) };
  const read =
    entry.format === 'raw'
      ? readRawEnvFile(source, environment)
      : parseEnvFile(source, surroundings, 'service');
  if (entry.format !== undefined && entry.format !== 'raw')
    context.fault(path.at, `the \`format\` of an env file is \`raw\` or left out`);
  if (read.fault) context.fault(read.fault.at, read.fault.message);
  return Object.entries(read.values).map(([name, text]) => {
    const at = read.places[name] ?? { file: source.file, start: 0, end: 0 };
    const from: ScalarNode = { kind: 'scalar', value: text, text, at, style: 'plain', base: '' };
    return [name, { kind: 'scalar', value: text, from, via: entry.via }] as const;
  });
}

function textsOf(values: ReadonlyMap<string, Resolved>): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of values) {
    if (value.kind === 'scalar' && value.value !== null) texts[name] = String(value.value);
  }
  return texts;
}
