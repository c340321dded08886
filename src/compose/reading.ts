/** Reading the files of one project: each once, interpolated, with what is wrong gathered. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { interpolateTree, type Variables } from './interpolate.ts';
import type { LoadProblem, MapNode, PathRef, ScalarNode } from './model.ts';
import { parseFile } from './parse.ts';
import type { Roots } from './paths.ts';

/** More inclusions than this are not followed in one project. */
export const MAX_FILES = 500;

/** What is gathered while the files of one project are read. */
export type Reading = {
  readonly files: Files;
  readonly roots: Roots;
  readonly problems: LoadProblem[];
  /** Files pulled in, and by what. */
  readonly alsoRead: Map<FilePath, 'include' | 'extends'>;
  readonly remote: ScalarNode[];
  /** The paths of `include` and `extends` that lead to a file. */
  readonly pulledIn: PathRef[];
  /** Interpolated files, by the variables and the base they were read with. */
  readonly layers: Map<Variables, Map<string, readonly MapNode[]>>;
  /** The directory that an included service's default build context is. */
  readonly serviceBases: Map<string, FilePath>;
  /** How many files were read. */
  count: number;
  /** How many times something was included; a file that is included again is not read again. */
  includes: number;
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
    pulledIn: [],
    layers: new Map(),
    serviceBases: new Map(),
    count: 0,
    includes: 0,
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
  // Twice as many as may be included: those that are extended count, too.
  const layers = ++reading.count > 2 * MAX_FILES ? [] : readFile(reading, file, scope);
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
      message: source.because,
    });
    return [];
  }
  const { documents, problems } = parseFile(source);
  reading.problems.push(...problems);
  return documents.map((root) => interpolateTree(root, { source, ...scope, problems: reading.problems }));
}
