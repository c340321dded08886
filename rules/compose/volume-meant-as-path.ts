import { replaceScalar } from '../../src/compose/edit.ts';
import type { Node, ScalarNode } from '../../src/compose/model.ts';
import { normalise } from '../../src/compose/paths.ts';
import { labelOf } from '../../src/compose/references.ts';
import { refusedFor } from '../../src/compose/refused.ts';
import { itemsOf, mapAt, scalarAt } from '../../src/compose/tree.ts';
import { isHostPath, parseVolume } from '../../src/compose/volume.ts';
import { placeWithin } from '../../src/compose/within.ts';
import type { Facts } from '../../src/facts.ts';
import { listed, MOST_NAMES } from '../../src/listed.ts';
import { defineRule, type Fix } from '../../src/rule.ts';

export default defineRule({
  id: 'compose/volume-meant-as-path',
  title: 'a relative path without ./ is taken for the name of a volume',
  severity: 'error',
  docs: `
A volume's source is a path only where it starts with \`.\`, \`/\` or \`~\`. \`config/nginx.conf:/etc/nginx/nginx.conf\` asks
for a volume of that name, and Compose refuses the project: \`service "web" refers to undefined volume
config/nginx.conf: invalid compose project\`. In the long form, \`type: volume\` does the same.

It speaks where no such volume is declared, and the name has a slash, or a file or directory of that name is there.

**Tried before it is offered.** A name with a slash, or one of a file, can only be a path: adding \`./\` is a safe fix.
Where a directory has the plain name of a volume (\`data:/var/lib/data\`), a volume may have been meant: then the fix is
only proposed.
`,
  *check(facts) {
    for (const project of facts.projects) {
      // What a remote include declares is not known here.
      const declared = mapAt(project.document, 'volumes')?.entries;
      for (const service of project.services.values()) {
        for (const item of itemsOf(service.node.entries.get('volumes')?.value)) {
          const named = namedSource(item);
          if (!named || declared?.has(named.source)) continue;
          const { source, scalar } = named;
          const path = normalise(`${scalar.base}/${source.replaceAll('\\', '/')}`);
          const kind = facts.files.stat(path)?.kind;
          // No volume can have a slash in its name, whatever is there.
          const onlyPath = /[\\/]/.test(source) || kind === 'file';
          if (path === '.' || (!onlyPath && kind !== 'directory')) continue;
          if (project.remote && !onlyPath) continue;
          const written = shownSource(named);
          const fix = fixFor(facts, item, named, onlyPath, kind !== undefined);
          yield {
            ...refusedFor(project, service),
            detail: `${service.name}:${named.target}`,
            at: item.kind === 'scalar' ? placeWithin(item, 0, source.length) : scalar.at,
            message: `Service "${service.name}" mounts ${written} at ${named.target}: without ./ in front, Compose takes it for a volume.`,
            evidence: [
              kind === undefined
                ? 'a volume cannot have a slash in its name'
                : `${path} is ${kind === 'other' ? 'there' : `a ${kind}`}`,
              `no volume of that name is declared${declared && declared.size > 0 ? `, only ${listed([...declared.keys()], MOST_NAMES)}` : ''}`,
            ],
            consequence: `${refusedFor(project, service).consequence.slice(0, -1)}: the service refers to an undefined volume.`,
            ...(fix
              ? { fixes: [fix] }
              : { advice: 'Write ./ in front of it, here or where the variable is set.' }),
          };
        }
      }
    }
  },
});

type Named = { readonly source: string; readonly target: string; readonly scalar: ScalarNode };

/** The source of a volume that is no path by its form, with the scalar that says it. */
function namedSource(item: Node): Named | undefined {
  if (item.kind === 'scalar') {
    const volume = typeof item.value === 'string' ? parseVolume(item.text) : undefined;
    if (!volume || volume.source === '' || isHostPath(volume.source)) return undefined;
    return { ...volume, scalar: item };
  }
  const scalar = scalarAt(item, 'type')?.text === 'volume' ? scalarAt(item, 'source') : undefined;
  if (!scalar || scalar.text === '') return undefined;
  return { source: scalar.text, target: scalarAt(item, 'target')?.text ?? '', scalar };
}

/** The source as it is written; the rest of a short volume is cut off, past the variables. */
function shownSource({ source, scalar }: Named): string {
  return scalar.parts ? labelOf(scalar) : source;
}

function fixFor(
  facts: Facts,
  item: Node,
  named: Named,
  onlyPath: boolean,
  isThere: boolean,
): Fix | undefined {
  const { scalar, source } = named;
  const read = facts.files.read(scalar.at.file);
  if (!('text' in read)) return undefined;
  const type = scalarAt(item, 'type');
  const step = type
    ? replaceScalar(type, read, 'bind')
    : replaceScalar(scalar, read, `./${source.replaceAll('\\', '/')}${scalar.text.slice(source.length)}`);
  if (!step) return undefined;
  const title = type
    ? 'type: volume → bind'
    : `volumes: ${shownSource(named)} → ./${shownSource(named).replaceAll('\\', '/')}`;
  if (onlyPath && isThere) return { title, safety: 'safe', steps: [step] };
  const caveat = onlyPath
    ? 'nothing is there: Docker will make an empty directory of that name'
    : `if a volume is meant, declare ${source} under the top-level \`volumes\` instead`;
  return { title, safety: 'unsafe', caveat, steps: [step] };
}
