/** Files -> one merged tree, in the order of Compose: each file interpolated, extended, included, then merged. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { applyExtends } from './extends.ts';
import { applyIncludes } from './include.ts';
import { interpolateTree, type Variables } from './interpolate.ts';
import { mergeTrees } from './merge.ts';
import type { LoadProblem, MapNode, ScalarNode } from './model.ts';
import { parseFile } from './parse.ts';
import type { Roots } from './paths.ts';
import { mapAt } from './tree.ts';

/** More files than this are not read for one project. */
export const MAX_FILES = 500;

/** What is gathered while the files of one project are read. */
export type Reading = {
  readonly files: Files;
  readonly roots: Roots;
  readonly problems: LoadProblem[];
  /** Files pulled in, and by what. */
  readonly alsoRead: Map<FilePath, 'include' | 'extends'>;
  readonly remote: ScalarNode[];
  /** Interpolated files, by the variables and the base they were read with. */
  readonly layers: Map<Variables, Map<string, readonly MapNode[]>>;
  /** The directory that an included service's default build context is. */
  readonly serviceBases: Map<string, FilePath>;
  /** How many files were read. */
  count: number;
};

/** What a file is read with. */
export type Scope = {
  readonly variables: Variables;
  /** The directory that relative paths start at. */
  readonly base: FilePath;
};

export function startReading(files: Files, roots: Roots): Reading {
  return {
    files,
    roots,
    problems: [],
    alsoRead: new Map(),
    remote: [],
    layers: new Map(),
    serviceBases: new Map(),
    count: 0,
  };
}

/** The documents of a file, interpolated. Problems are noted; what cannot be read is no document. */
export function readLayers(reading: Reading, file: FilePath, scope: Scope): readonly MapNode[] {
  let known = reading.layers.get(scope.variables);
  if (!known) {
    known = new Map();
    reading.layers.set(scope.variables, known);
  }
  const key = `${scope.base}\0${file}`;
  const before = known.get(key);
  if (before) return before;
  const layers = ++reading.count > MAX_FILES ? [] : readFile(reading, file, scope);
  known.set(key, layers);
  return layers;
}

function readFile(reading: Reading, file: FilePath, scope: Scope): readonly MapNode[] {
  const source = reading.files.read(file);
  if ('failure' in source) {
    const at = { file, start: 0, end: 0 };
    reading.problems.push({
      kind: 'invalid-yaml',
      file,
      at,
      message: `it cannot be read: ${source.because}`,
    });
    return [];
  }
  const { documents, problems } = parseFile(source);
  reading.problems.push(...problems);
  return documents.map((root) => interpolateTree(root, { source, ...scope, problems: reading.problems }));
}

/**
 * Merges files over each other as one `docker compose -f … -f …` would.
 *
 * @param chain the files whose `include` led here
 */
export function mergeFiles(
  reading: Reading,
  files: readonly FilePath[],
  scope: Scope,
  chain: readonly FilePath[] = [],
): MapNode {
  let merged: MapNode | undefined;
  for (const file of files) {
    for (const layer of readLayers(reading, file, scope)) {
      const extended = applyExtends(reading, layer, file, scope);
      const complete = applyIncludes(reading, extended, scope, [...chain, file]);
      merged = merged ? mergeTrees(merged, complete, reading.problems) : complete;
    }
  }
  for (const name of mapAt(merged, 'services')?.entries.keys() ?? []) {
    if (!reading.serviceBases.has(name)) reading.serviceBases.set(name, scope.base);
  }
  const at = { file: files[0] ?? '', start: 0, end: 0 };
  return merged ?? { kind: 'map', entries: new Map(), at };
}
