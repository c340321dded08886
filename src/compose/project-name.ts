/** The name of a project: who gives it, and what Compose makes of it. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { interpolateScalar, lookUp, type Variables } from './interpolate.ts';
import type { NameFault, ScalarNode } from './model.ts';
import { parseFile } from './parse.ts';
import { isAbsolute, nameOf, normalise, type Roots } from './paths.ts';
import { scalarAt } from './tree.ts';

/** Lower-case letters, digits, hyphens and underscores, starting with a letter or digit. */
export function cleanName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-_a-z0-9]/g, '')
    .replace(/^[-_]+/, '');
}

type Named = {
  readonly files: readonly FilePath[];
  readonly directory: FilePath;
  readonly variables: Variables;
};
type Given = { readonly files: Files; readonly projectName?: string | undefined };

/**
 * `--project-name`, COMPOSE_PROJECT_NAME, the `name` of the last file that has one, or the directory. Compose cleans
 * the last two and refuses them where nothing is left; the first two it takes only as they have to be.
 */
export function projectName(
  chosen: Named,
  { files, projectName: option }: Given,
  { root }: Roots,
): { readonly name: string; readonly fault?: NameFault } {
  const found = lookUp(chosen.variables, 'COMPOSE_PROJECT_NAME');
  const given = option || found?.text;
  if (given) {
    const name = cleanName(given);
    if (name === given) return { name };
    const by = option ? '-p' : 'COMPOSE_PROJECT_NAME';
    const at = option ? undefined : found?.origin;
    return { name: name || 'default', fault: { kind: 'given', by, text: given, ...(at && { at }) } };
  }
  const { directory } = chosen;
  const folder = nameOf(
    isAbsolute(directory) ? directory : normalise(`${root.replaceAll('\\', '/')}/${directory}`),
  );
  const written = writtenName(chosen, files);
  const name = cleanName(written?.text ?? folder);
  if (name !== '') return { name };
  const fault: NameFault = written
    ? { kind: 'written', by: 'name', text: written.text, at: written.at, scalar: written }
    : { kind: 'directory', by: 'directory', text: folder };
  return { name: cleanName(folder) || 'default', fault };
}

/** The last `name` that says something before variables are put in. */
function writtenName({ files, variables }: Named, on: Files): ScalarNode | undefined {
  let name: ScalarNode | undefined;
  for (const file of files) {
    const source = on.read(file);
    if ('failure' in source) continue;
    for (const root of parseFile(source).documents) {
      const scalar = scalarAt(root, 'name');
      if (!scalar || scalar.text === '') continue;
      name = interpolateScalar(scalar, { source, variables, base: '', problems: [] });
    }
  }
  return name;
}
