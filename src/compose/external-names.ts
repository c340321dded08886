/** `external: {name: a}`, the older form, beside a `name` of its own. */
import { shown } from './edit.ts';
import type { LoadProblem, MapNode } from './model.ts';
import { mapAt, scalarAt } from './tree.ts';

/** Compose wants both to be the same, within one file. */
export function findExternalNames(layer: MapNode, problems: LoadProblem[]): void {
  for (const section of ['networks', 'volumes', 'secrets', 'configs']) {
    for (const [key, { value }] of mapAt(layer, section)?.entries ?? []) {
      const older = scalarAt(mapAt(value, 'external'), 'name');
      const name = scalarAt(value, 'name');
      if (!older || !name || older.text === name.text) continue;
      const message = `\`name\` of \`${section}.${key}\` is \`${shown(name)}\` and \`external.name\` is \`${shown(older)}\`; Compose takes one name`;
      problems.push({ kind: 'wrong-type', at: name.at, message });
    }
  }
}
