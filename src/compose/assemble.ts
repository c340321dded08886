/** Files -> one merged tree, in the order of Compose: each file interpolated, extended, included, then merged. */
import type { FilePath, Source } from '../source.ts';
import { applyExtends } from './extends.ts';
import { findExternalNames } from './external-names.ts';
import { applyIncludes } from './include.ts';
import { mergeTrees } from './merge.ts';
import type { MapNode } from './model.ts';
import { type Reading, readLayers, type Scope } from './reading.ts';
import { checkDocument } from './schema/check.ts';
import { mapAt } from './tree.ts';

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
      findExternalNames(layer, reading.problems);
      const extended = applyExtends(reading, layer, file, scope);
      const complete = applyIncludes(reading, extended, scope, [...chain, file], mergeFiles);
      if (merged) check(reading, merged, false);
      merged = merged ? mergeTrees(merged, complete, reading.problems) : complete;
    }
  }
  if (merged) check(reading, merged, true);
  for (const name of mapAt(merged, 'services')?.entries.keys() ?? []) {
    if (!reading.serviceBases.has(name)) reading.serviceBases.set(name, scope.base);
  }
  const at = { file: files[0] ?? '', start: 0, end: 0 };
  return merged ?? { kind: 'map', entries: new Map(), at };
}

/** Compose holds what is merged so far against its schema after each file: a later file does not excuse an earlier. */
function check(reading: Reading, merged: MapNode, whole: boolean): void {
  const read = (file: FilePath): Source | undefined => {
    const source = reading.files.read(file);
    return 'text' in source ? source : undefined;
  };
  reading.problems.push(...checkDocument(merged, { whole, read }));
}
