/** Variables that are set nowhere and have no default: each with all its places, and what becomes of the values. Pure. */
import { parseReference } from '../registry/reference.ts';
import type { Place, Source } from '../source.ts';
import type { InterpolationPart, Node, Project, ScalarNode } from './model.ts';
import { parsePort } from './ports.ts';
import { parseVolume } from './volume.ts';

/** What an empty variable does to a value. */
export type Effect =
  /** Nothing that could be told. */
  | 'empty'
  /** Compose refuses the project. */
  | 'refused'
  /** It is no image reference, which the engine refuses. */
  | 'image';

export type UnsetPlace = {
  readonly at: Place;
  readonly scalar: ScalarNode;
  /** The keys that lead to the value, items of lists as numbers: `services`, `web`, `ports`, `0`. */
  readonly path: readonly string[];
  readonly effect: Effect;
};

export type Unset = { readonly name: string; readonly places: readonly UnsetPlace[] };

/** The text of a file, for the form in which a variable is written. */
type Read = (file: string) => Source | undefined;

/** The unset variables of a project, in the order in which they are met. */
export function unsetVariables(project: Project, read: Read): readonly Unset[] {
  const found = new Map<string, UnsetPlace[]>();
  const seen = new Set<string>();
  const visit = (node: Node, path: readonly string[]): void => {
    if (node.kind === 'map') {
      for (const [key, { value }] of node.entries) visit(value, [...path, key]);
      return;
    }
    if (node.kind === 'list') {
      node.items.forEach((item, index) => {
        visit(item, [...path, String(index)]);
      });
      return;
    }
    for (const part of node.parts ?? []) {
      if (part.kind !== 'variable' || part.from !== 'unset' || !isBare(part, node, read)) continue;
      const key = `${part.name}\0${part.at.file}\0${part.at.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const place = { at: part.at, scalar: node, path, effect: effectOn(project, node, path) };
      const known = found.get(part.name);
      if (known) known.push(place);
      else found.set(part.name, [place]);
    }
  };
  visit(project.document, []);
  return [...found].map(([name, places]) => ({ name, places }));
}

/** `$NAME` or `${NAME}`: with `:?` it is required and reported as that, with `:+` nothing is missing. */
function isBare(part: InterpolationPart & { kind: 'variable' }, scalar: ScalarNode, read: Read): boolean {
  const written = read(part.at.file)?.text.slice(part.at.start, part.at.end);
  if (written === undefined || part.name === '') return false;
  if (written === `$${part.name}` || written === `\${${part.name}}`) return true;
  // Where a variable stands inside its value is not always known.
  const isWhole = part.at.start === scalar.at.start && part.at.end === scalar.at.end;
  return isWhole && new RegExp(`\\$(?:${part.name}(?!\\w)|\\{${part.name}\\})`).test(written);
}

function effectOn(project: Project, scalar: ScalarNode, path: readonly string[]): Effect {
  const [section, service = '', key, ...rest] = path;
  if (section === 'name') return project.nameFault?.kind === 'written' ? 'refused' : 'empty';
  if (section !== 'services') return 'empty';
  const { text } = scalar;
  const known = project.services.get(service);
  switch (key) {
    case 'image':
      if (text.trim() === '') return known?.build ? 'empty' : known?.active ? 'refused' : 'empty';
      return 'invalid' in parseReference(text) ? 'image' : 'empty';
    case 'ports':
      if (rest.length === 1) return parsePort(text) ? 'empty' : 'refused';
      return rest[1] === 'target' && text === '' ? 'refused' : 'empty';
    case 'volumes':
      return rest.length === 1 && !parseVolume(text) ? 'refused' : 'empty';
    case 'container_name':
      return /[a-zA-Z0-9][a-zA-Z0-9_.-]+/.test(text) ? 'empty' : 'refused';
    case 'networks':
    case 'secrets':
    case 'configs':
    case 'depends_on':
      return rest.length === 1 && text === '' && known?.active ? 'refused' : 'empty';
    default:
      return 'empty';
  }
}

/** The value as it is with the variable empty; the values of other variables are not shown. */
export function becomes({ text, parts }: ScalarNode): string {
  if (!parts) return text;
  return parts
    .map((part) => {
      if (part.kind === 'literal' || part.from === 'default') return part.text;
      return part.from === 'unset' ? '' : `\${${part.name}}`;
    })
    .join('');
}

/** Whether anybody set anything for this project: without that, it is a template that is filled in elsewhere. */
export function isFilledIn(project: Project): boolean {
  if (project.envFileNames.length > 0) return true;
  const ambient = /^(?:COMPOSE_.*|DOCKER_.*|HOME|HOSTNAME|LOGNAME|PATH|PWD|SHELL|UID|USER)$/;
  const visit = (node: Node): boolean => {
    if (node.kind === 'map') return [...node.entries.values()].some(({ value }) => visit(value));
    if (node.kind === 'list') return node.items.some(visit);
    return (node.parts ?? []).some(
      (part) => part.kind === 'variable' && part.from === 'environment' && !ambient.test(part.name),
    );
  };
  return visit(project.document);
}
