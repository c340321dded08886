/** What Compose says of a project: the place it speaks of, and its words without the values of variables. Pure. */
import type { FilePath, Place, Source } from '../source.ts';
import { shown } from './edit.ts';
import type { MapEntry, Node, Project, ScalarNode } from './model.ts';

/** The best place known: a line that is named, else the key or item at the end of a path, else the first file. */
export function placeOf(project: Project, said: string, read: (file: FilePath) => Source | undefined): Place {
  const first = project.files[0] ?? '';
  const files = [...project.files, ...project.alsoRead];
  const named = files.filter((file) => said.includes(file)).sort((a, b) => b.length - a.length)[0];
  // Lines of env files hold values: they are not shown.
  const isYaml = named !== undefined || /^yaml:/.test(said);
  const line = isYaml ? Number(/\bline (\d+)\b/.exec(said)?.[1] ?? 0) : 0;
  const source = line > 0 ? read(named ?? first) : undefined;
  const at = (source && lineAt(source, line)) ?? pathAt(project, said);
  return at ?? { file: named ?? first, start: 0, end: 0 };
}

function lineAt(source: Source, line: number): Place | undefined {
  const lines = source.text.split('\n');
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  const before = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  const indent = text.length - text.trimStart().length;
  return { file: source.file, start: before + indent, end: before + text.trimEnd().length };
}

const SECTION = /\b(services|networks|volumes|secrets|configs|models)(?=[.[])/g;

/** `services.api.ports.0`, `services[api].ports[0]`, `service "api"`. */
function pathAt(project: Project, said: string): Place | undefined {
  for (const match of said.matchAll(SECTION)) {
    const section = project.document.entries.get(match[1] ?? '');
    const found = section && descend(section, said.slice(match.index + match[0].length));
    if (found && found !== section) return placeOfEntry(found);
  }
  const name = /\bservice "([^"]+)"/.exec(said)?.[1];
  const service = name === undefined ? undefined : project.services.get(name);
  return service?.at;
}

type Found = { readonly key?: Place; readonly value: Node };

function descend(found: Found, rest: string): Found {
  const { value } = found;
  const candidates: [string, Found][] =
    value.kind === 'map'
      ? [...value.entries].map(([name, entry]: [string, MapEntry]) => [name, entry])
      : value.kind === 'list'
        ? value.items.map((item, index) => [String(index), { value: item }])
        : [];
  // Names may have dots in them: the longest that fits.
  const next = candidates
    .filter(([name]) => rest.startsWith(`[${name}]`) || (rest.startsWith(`.${name}`) && ends(rest, name)))
    .sort(([a], [b]) => b.length - a.length)[0];
  if (!next) return found;
  const [name, below] = next;
  return descend(below, rest.slice(name.length + (rest.startsWith('[') ? 2 : 1)));
}

function ends(rest: string, name: string): boolean {
  const after = rest[name.length + 1];
  return after === undefined || !/[\w-]/.test(after);
}

function placeOfEntry({ key, value }: Found): Place {
  return value.kind === 'scalar' && value.at.end > value.at.start ? value.at : (key ?? value.at);
}

/** Values shorter than this are digits and words that stand for themselves everywhere. In characters. */
const SHORTEST = 3;

/** Its words with the names of variables where their values stood. */
export function withoutValues(project: Project, said: string): string {
  const values = new Map<string, string>();
  const note = (value: string, name: string): void => {
    values.set(value, name);
    // As it stands between quotes: Compose prints line breaks and quotes with a backslash.
    values.set(JSON.stringify(value).slice(1, -1), name);
  };
  for (const scalar of interpolated(project.document)) {
    const secret = (scalar.parts ?? []).some(
      (part) => part.kind === 'variable' && (part.from === 'environment' || part.from === 'env-file'),
    );
    if (!secret) continue;
    note(scalar.text, shown(scalar));
    for (const part of scalar.parts ?? []) {
      if (part.kind === 'variable' && part.from !== 'default') note(part.text, `\${${part.name}}`);
    }
  }
  let clean = said;
  for (const [value, name] of [...values].sort(([a], [b]) => b.length - a.length)) {
    // A function, since `$&` in a name would be the value again.
    if (value.length >= SHORTEST) clean = clean.replaceAll(value, () => name);
    else if (value !== '') clean = clean.replaceAll(`"${value}"`, () => `"${name}"`);
  }
  // What is wrong in an env file is told with its line: only the first words are of Compose.
  return clean.replace(/(failed to read .*?: (?:line \d+: )?[^'":]*)[\s\S]*$/, (_, known: string) =>
    known.trimEnd(),
  );
}

function interpolated(root: Node): readonly ScalarNode[] {
  const found: ScalarNode[] = [];
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'list') open.push(...node.items);
    else if (node.kind === 'map') for (const { value } of node.entries.values()) open.push(value);
    else if (node.parts) found.push(node);
  }
  return found;
}
