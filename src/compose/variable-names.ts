/** Names of variables that end in a space: Compose refuses them wherever it reads them out of a list. */
import type { FilePath, Place, Source } from '../source.ts';
import { replaceScalar } from './edit.ts';
import type { LoadProblem, MapNode, Node, ScalarNode } from './model.ts';
import { childAt, itemsOf, mapAt } from './tree.ts';

type Read = (file: FilePath) => Source | undefined;

const BLANK = /^[^=]*?(\s+)(?==|$)/;

/** Looks at the `environment` of services, at that of their hooks, and at the arguments of builds. */
export function findBlanksInNames(document: MapNode, read: Read, problems: LoadProblem[]): void {
  for (const [service, { value }] of mapAt(document, 'services')?.entries ?? []) {
    const look = (node: Node | undefined, key: string): void => {
      for (const found of blanksIn(node, `\`${key}\` of \`${service}\``, read)) problems.push(found);
    };
    look(childAt(value, 'environment'), 'environment');
    look(childAt(childAt(value, 'build'), 'args'), 'build.args');
    for (const key of ['post_start', 'pre_stop']) {
      for (const hook of itemsOf(childAt(value, key)))
        look(childAt(hook, 'environment'), `${key}.environment`);
    }
    for (const watch of itemsOf(childAt(childAt(value, 'develop'), 'watch')))
      look(childAt(childAt(watch, 'exec'), 'environment'), 'develop.watch.exec.environment');
  }
}

function blanksIn(node: Node | undefined, where: string, read: Read): LoadProblem[] {
  if (node?.kind === 'list') {
    return node.items.flatMap((item) => (item.kind === 'scalar' ? (inItem(item, where, read) ?? []) : []));
  }
  // Merged with another, a mapping becomes a list on the way.
  if (node?.kind !== 'map' || !node.listed) return [];
  return [...node.entries].flatMap(([name, { key, value }]) =>
    /\s$/.test(name)
      ? problem(name, where, key, value.kind === 'scalar' ? inKey(key, name, read) : undefined)
      : [],
  );
}

function inItem(item: ScalarNode, where: string, read: Read): LoadProblem | undefined {
  const found = BLANK.exec(item.text);
  if (!found) return undefined;
  const [before, blank = ''] = found;
  const name = before.slice(0, before.length - blank.length);
  const source = read(item.at.file);
  const fixed = name + item.text.slice(before.length);
  const edit = source && name !== '' ? replaceScalar(item, source, fixed) : undefined;
  if (!source || !edit) return problem(before, where, item.at);
  const { start, end, file } = item.at;
  const text = source.text.slice(start, edit.at.start) + edit.text + source.text.slice(edit.at.end, end);
  return problem(before, where, item.at, { at: { file, start, end }, text });
}

/** The key of a mapping, or the item of a list that it was made of, without the blanks. */
function inKey(at: Place, name: string, read: Read): Edit | undefined {
  const text = read(at.file)?.text.slice(at.start, at.end) ?? '';
  const from = text.indexOf(name);
  if (from < 0 || name.trim() === '') return undefined;
  return { at, text: text.slice(0, from) + name.trimEnd() + text.slice(from + name.length) };
}

type Edit = { readonly at: Place; readonly text: string };

function problem(name: string, where: string, at: Place, edit?: Edit): LoadProblem {
  const message = `the name of the variable \`${name}\` in ${where} ends in a space, which Compose does not take`;
  return { kind: 'wrong-type', at, message, ...(edit && { repairs: [edit] }) };
}
