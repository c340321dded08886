/** `include`: other compose files as parts of this one (Compose Specification, Include). */
import type { FilePath } from '../source.ts';
import { dotEnvOf, readEnvFiles } from './environment.ts';
import { isShort } from './include-conflict.ts';
import type { Variables } from './interpolate.ts';
import { resolveListed } from './listed-environment.ts';
import type { MapEntry, MapNode, Node, PathRef } from './model.ts';
import { directoryOf, isAbsolute } from './paths.ts';
import { MAX_FILES, type Reading, type Scope } from './reading.ts';
import {
  childAt,
  isNull,
  isRemoteResource,
  itemsOf,
  kindInWords,
  pathRef,
  sameValue,
  scalarAt,
  without,
} from './tree.ts';

const IMPORTED = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const;

/** Loads the files of an include, which may include others. */
export type MergeFiles = (
  reading: Reading,
  files: readonly FilePath[],
  scope: Scope,
  chain: readonly FilePath[],
) => MapNode;

/**
 * A document with what it includes taken in, and without `include`. What is missing becomes a problem.
 *
 * @param chain the files that led here, this one last
 * @param merge loads what is included, as the file that includes it was loaded
 */
export function applyIncludes(
  reading: Reading,
  tree: MapNode,
  scope: Scope,
  chain: readonly FilePath[],
  merge: MergeFiles,
): MapNode {
  const include = childAt(tree, 'include');
  if (!include) return tree;
  let result = without(tree, 'include');
  if (isNull(include)) return result;
  if (include.kind !== 'list') {
    const message = `\`include\` is ${kindInWords(include)}; Compose expects a list`;
    reading.problems.push({ kind: 'wrong-type', at: include.at, message });
    return result;
  }
  for (const entry of include.items) {
    const imported = readInclude(reading, entry, scope, chain, merge);
    if (imported) result = importInto(reading, result, imported, chain);
  }
  return result;
}

function readInclude(
  reading: Reading,
  entry: Node,
  scope: Scope,
  chain: readonly FilePath[],
  merge: MergeFiles,
): MapNode | undefined {
  const paths = pathsOf(reading, entry.kind === 'map' ? childAt(entry, 'path') : entry);
  const files: FilePath[] = [];
  for (const path of paths) {
    if (isRemoteResource(path.written)) {
      reading.remote.push(path.scalar);
      continue;
    }
    if (reading.files.stat(path.path)?.kind !== 'file') {
      reading.problems.push({ kind: 'include-not-found', path });
      continue;
    }
    if (chain.includes(path.path)) {
      reading.problems.push({
        kind: 'cycle',
        what: 'include',
        at: path.scalar.at,
        chain: [...chain, path.path],
      });
      continue;
    }
    reading.alsoRead.set(path.path, 'include');
    reading.pulledIn.push(path);
    files.push(path.path);
  }
  const [first] = files;
  if (first === undefined || !withinBounds(reading, entry)) return undefined;
  const directory = scalarAt(entry, 'project_directory');
  const own = directory ? pathRef(directory, reading.roots).path : directoryOf(first);
  const variables = variablesFor(reading, entry, own, scope);
  // A project directory that is not there is taken for a file, and its directory counts.
  const isFile = directory && !isAbsolute(directory.text) && reading.files.stat(own)?.kind !== 'directory';
  const base = isFile ? directoryOf(own) : own;
  return resolveListed(merge(reading, files, { base, variables }, chain), variables);
}

/** Files that include each other in many ways are read again for each; that has to end. */
function withinBounds(reading: Reading, entry: Node): boolean {
  reading.includes++;
  if (reading.includes === MAX_FILES + 1) {
    const message = `more than ${MAX_FILES} files are included; the rest is not read`;
    reading.problems.push({ kind: 'wrong-type', at: entry.at, message });
  }
  return reading.includes <= MAX_FILES;
}

function pathsOf(reading: Reading, node: Node | undefined): PathRef[] {
  return itemsOf(node).flatMap((item) => {
    if (item.kind === 'scalar') return [pathRef(item, reading.roots)];
    const message = `a path of \`include\` is ${kindInWords(item)}`;
    reading.problems.push({ kind: 'wrong-type', at: item.at, message });
    return [];
  });
}

/** The including project's variables, and below them those of the included directory's own env files. */
function variablesFor(reading: Reading, entry: Node, base: FilePath, scope: Scope): Variables {
  const { environment, envFile, places } = scope.variables;
  const named = pathsOf(reading, childAt(entry, 'env_file'));
  const found = named.filter((path) => {
    if (path.path === '/dev/null') return false;
    const there = reading.files.stat(path.path)?.kind === 'file';
    if (!there) reading.problems.push({ kind: 'include-not-found', path });
    return there;
  });
  const files = named.length > 0 ? found.map((path) => path.path) : dotEnvOf(reading.files, base);
  if (files.length === 0) return scope.variables;
  const read = readEnvFiles(reading.files, files, { ...envFile, ...environment }, reading.problems);
  return {
    environment,
    envFile: { ...read.values, ...envFile },
    places: { ...read.places, ...places },
  };
}

/** Takes in what the included files define. Compose refuses a name that both define differently. */
function importInto(
  reading: Reading,
  target: MapNode,
  imported: MapNode,
  chain: readonly FilePath[],
): MapNode {
  const entries = new Map(target.entries);
  for (const section of IMPORTED) {
    const from = imported.entries.get(section);
    if (from?.value.kind !== 'map') continue;
    const into = entries.get(section);
    const own = into?.value.kind === 'map' ? into.value : undefined;
    const merged = new Map<string, MapEntry>(own?.entries);
    for (const [name, entry] of from.value.entries) {
      const local = merged.get(name);
      if (!local) merged.set(name, entry);
      else if (
        !sameValue(local.value, entry.value) ||
        (chain.includes(local.key.file) && isShort(local.value))
      ) {
        const message = `\`${section}.${name}\` is also defined by the included file ${entry.key.file}`;
        reading.problems.push({ kind: 'wrong-type', at: local.key, message });
      }
    }
    const value: MapNode = { kind: 'map', entries: merged, at: own?.at ?? from.value.at };
    entries.set(section, { key: into?.key ?? from.key, value });
  }
  return { ...target, entries };
}
