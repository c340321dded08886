/** What the env files of a service cannot do without, and nobody sets: `${NAME:?}`. */
import type { Files } from '../facts.ts';
import type { FilePath, Place, Source } from '../source.ts';
import { parseEnvFile } from './env-file.ts';
import { pairsToMap } from './forms.ts';
import { lookUp } from './interpolate.ts';
import type { EnvFile, Project, Service } from './model.ts';
import { readRawEnvFile } from './raw-env-file.ts';
import { childAt, itemsOf, scalarAt } from './tree.ts';

export type Unmet = { readonly file: FilePath; readonly name: string; readonly at: Place };

const MESSAGE = /^the required variable `([^`]+)`/;

/** Faults of one file that are looked for. */
const MOST = 10;

/** Values may refer to the project's variables, to the service's own, and to what earlier files set. */
export function unmetIn(files: Files, project: Project, service: Service): readonly Unmet[] {
  if (service.envFiles.length === 0 || !isKnown(project)) return [];
  const { variables } = project;
  const environment = { ...ownValues(project, service), ...variables.envFile, ...variables.environment };
  const before: Record<string, string | undefined> = Object.create(null);
  return inOrder(service).flatMap((envFile) => {
    const file = envFile.path.path;
    const source = files.read(file);
    if ('failure' in source) return [];
    if (hasFormat(service, envFile)) {
      const { values, fault } = readRawEnvFile(source, environment);
      Object.assign(before, values);
      return unmetOf(file, fault);
    }
    const unmet: Unmet[] = [];
    const parse = (text: string) =>
      parseEnvFile({ file, text }, { environment, envFile: { ...before } }, 'service');
    for (const { values, fault, set } of everyFault(source, parse)) {
      Object.assign(before, values);
      // What the line sets is not known; enough that nobody is told of it again.
      if (set !== undefined) before[set] = 'set';
      unmet.push(...unmetOf(file, fault));
    }
    return unmet;
  });
}

/** What is included, and an env file that cannot be read, may set anything. */
function isKnown(project: Project): boolean {
  return (
    childAt(project.document, 'include') === undefined &&
    project.problems.every(({ kind }) => kind !== 'env-file')
  );
}

type Step = ReturnType<typeof parseEnvFile> & { readonly set?: string };

/** Reads a file again and again, each time without the lines that stopped it. */
function* everyFault(
  { text }: Source,
  parse: (text: string) => ReturnType<typeof parseEnvFile>,
): Generator<Step> {
  let rest = text;
  for (let count = 0; count < MOST; count++) {
    const step = parse(rest);
    const { fault } = step;
    if (!fault) {
      yield step;
      return;
    }
    const start = rest.lastIndexOf('\n', fault.at.start - 1) + 1;
    const next = rest.indexOf('\n', fault.at.start);
    const end = next < 0 ? rest.length : next;
    const set = /^\s*(?:export\s+)?([^=:\s]+)/.exec(rest.slice(start, end))?.[1];
    yield set === undefined ? step : { ...step, set };
    // What follows a quote that is not closed may belong to the value.
    if (fault.message.includes('not closed')) return;
    rest = `${rest.slice(0, start)}${' '.repeat(end - start)}${rest.slice(end)}`;
  }
}

function unmetOf(
  file: FilePath,
  fault: { readonly message: string; readonly at: Place } | undefined,
): Unmet[] {
  const name = fault && MESSAGE.exec(fault.message)?.[1];
  return fault && name !== undefined ? [{ file, name, at: fault.at }] : [];
}

/** Values of a label file may refer to what stands before them, and to nothing else. */
export function unmetInLabels(files: Files, file: FilePath): readonly Unmet[] {
  const source = files.read(file);
  if ('failure' in source) return [];
  const { fault } = parseEnvFile(source, { environment: {}, envFile: {} }, 'service');
  return unmetOf(file, fault);
}

/** Of a file that is named twice, the last entry counts, in the place of the first. */
function inOrder(service: Service): readonly EnvFile[] {
  return [...new Map(service.envFiles.map((envFile) => [envFile.path.written, envFile])).values()];
}

function ownValues(project: Project, service: Service): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  const written = childAt(service.node, 'environment');
  if (!written) return values;
  for (const [name, { value }] of pairsToMap(written).entries) {
    const text =
      value.kind !== 'scalar'
        ? undefined
        : value.value === null
          ? lookUp(project.variables, name)?.text
          : value.text;
    if (text !== undefined) values[name] = text;
  }
  return values;
}

function hasFormat(service: Service, envFile: EnvFile): boolean {
  return itemsOf(childAt(service.node, 'env_file')).some(
    (item) => scalarAt(item, 'path') === envFile.path.scalar && scalarAt(item, 'format') !== undefined,
  );
}
