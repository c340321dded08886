/** Fixes for a name that nothing defines: write the right one, or define it. */
import { replaceScalar } from '../compose/edit.ts';
import type { MapEntry, Project, ScalarNode } from '../compose/model.ts';
import { definedIn, type Reference, referencesOf, type Section } from '../compose/references.ts';
import { mapAt } from '../compose/tree.ts';
import type { Facts } from '../facts.ts';
import type { Fix, Step } from '../rule.ts';
import { type NearName, nearName } from '../slip.ts';
import type { Place, Source } from '../source.ts';

type Written = { readonly at: Place; readonly scalar?: ScalarNode; readonly prefix?: string };

/** The edit that puts another name where one is written; undefined where only a variable could be changed. */
function renameAt(facts: Facts, written: Written, wrong: string, right: string): Step | undefined {
  const source = facts.files.read(written.at.file);
  if (!('text' in source)) return undefined;
  const { scalar, prefix = '' } = written;
  if (scalar) {
    if (!scalar.text.startsWith(prefix + wrong)) return undefined;
    return replaceScalar(scalar, source, prefix + right + scalar.text.slice(prefix.length + wrong.length));
  }
  // A key: whole, without quotes or with them around it.
  const text = source.text.slice(written.at.start, written.at.end);
  if (text === wrong) return { kind: 'edit', at: written.at, text: right };
  if (text !== `"${wrong}"` && text !== `'${wrong}'`) return undefined;
  return { kind: 'edit', at: written.at, text: `${text[0]}${right}${text[0]}` };
}

/** Fixes that write a near name at every place; safe where it is the only one a slip away. */
export function renameFixes(
  facts: Facts,
  places: readonly Written[],
  { name: wrong, label }: { readonly name: string; readonly label: string },
  near: NearName | undefined,
): readonly Fix[] {
  if (!near) return [];
  const steps = places.map((place) => renameAt(facts, place, wrong, near.name));
  if (steps.some((step) => step === undefined)) return [];
  return [
    {
      title: `${label} → ${near.name}`,
      safety: near.sure ? 'safe' : 'manual',
      ...(near.sure ? {} : { caveat: 'another one may be meant' }),
      steps: steps.filter((step) => step !== undefined),
    },
  ];
}

/** The edit that adds an empty entry to a top-level section, or the section with it at the end of the file. */
export function declaration(facts: Facts, project: Project, section: Section, name: string, near: Place) {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) return undefined;
  const file = project.files.includes(near.file) ? near.file : project.files[0];
  const source = file === undefined ? undefined : facts.files.read(file);
  if (!source || !('text' in source)) return undefined;
  const eol = source.text.includes('\r\n') ? '\r\n' : '\n';
  if (!project.document.entries.has(section)) return append(source, section, name, eol);
  const last = [...(mapAt(project.document, section)?.entries.values() ?? [])].at(-1);
  return last ? insertAfter(facts, last, name) : undefined;
}

function append(source: Source, section: Section, name: string, eol: string): Step | undefined {
  // A document end or a second document: where to add is not clear.
  if (/^(?:---|\.\.\.)/m.test(source.text.replace(/^(?:\uFEFF|[ \t]*#[^\n]*\n|\s)*---/, '')))
    return undefined;
  if (/^\s*\{/.test(source.text)) return undefined;
  const end = source.text.trimEnd().length;
  const at = { file: source.file, start: end, end };
  return { kind: 'edit', at, text: `${eol}${eol}${section}:${eol}  ${name}:` };
}

/** A new entry below the last one of a block mapping. */
function insertAfter(facts: Facts, { key, value }: MapEntry, name: string): Step | undefined {
  const source = facts.files.read(key.file);
  if (!('text' in source) || value.at.file !== key.file) return undefined;
  const { text } = source;
  const indent = text.slice(text.lastIndexOf('\n', key.start - 1) + 1, key.start);
  // An alias stands for a value elsewhere in the file.
  const written =
    value.at.start < key.end && !isEmpty(value) ? undefined : Math.max(value.at.end, key.end + 1);
  if (written === undefined || !/^ +$/.test(indent)) return undefined;
  const rest = /^[^\S\r\n]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(written));
  if (!rest) return undefined;
  const at = written + rest[0].length;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { kind: 'edit', at: { file: key.file, start: at, end: at }, text: `${eol}${indent}${name}:` };
}

function isEmpty(value: MapEntry['value']): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** One name of a section that nothing defines, with every place that uses it. */
export type Undefined = {
  readonly project: Project;
  readonly name: string;
  readonly first: Reference;
  readonly places: readonly Reference[];
  /** The services that use it. */
  readonly services: readonly string[];
  /** Whether one of them starts as things are: then Compose refuses the project. */
  readonly active: boolean;
  readonly known: readonly string[];
  readonly near: NearName | undefined;
};

/** The names of a section that services of a project use and nothing defines. */
export function undefinedIn(project: Project, section: Section): readonly Undefined[] {
  const known = definedIn(project, section);
  const uses = new Map<string, { places: Reference[]; services: string[]; active: boolean }>();
  for (const service of project.services.values()) {
    for (const reference of referencesOf(service, section)) {
      if (known.includes(reference.name)) continue;
      const use = uses.get(reference.name) ?? { places: [], services: [], active: false };
      uses.set(reference.name, use);
      use.active ||= service.active;
      if (!use.services.includes(service.name)) use.services.push(service.name);
      const twice = use.places.some(
        ({ at }) => at.file === reference.at.file && at.start === reference.at.start,
      );
      if (!twice) use.places.push(reference);
    }
  }
  return [...uses].flatMap(([name, use]) => {
    const [first] = use.places;
    return first ? [{ project, name, first, ...use, known, near: nearName(name, known) }] : [];
  });
}
