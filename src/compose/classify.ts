/** What a file with a name like `docker-compose.prod.yml` is: a compose file of its own, a fragment, something else. */
import type { Files } from '../facts.ts';
import type { FilePath } from '../source.ts';
import { dependenciesOf } from './dependencies.ts';
import type { LoadProblem, MapNode, Node } from './model.ts';
import { type ParsedFile, parseFile } from './parse.ts';
import { directoryOf } from './paths.ts';
import { RESOURCES, referencesOf } from './references.ts';
import { mapAt } from './tree.ts';

type Kind =
  /** Each of its services has an image or a build, or takes them from elsewhere. */
  | 'stand-alone'
  | 'fragment'
  /** Its name matches and that is all. */
  | 'other';

export type Candidate = {
  readonly file: FilePath;
  readonly kind: Kind;
  /** What it defines: `services.web`, `volumes.data`. */
  readonly defines: ReadonlySet<string>;
  /** The services that another file has to complete. */
  readonly incomplete: readonly string[];
  /** What its services use and it does not define. */
  readonly lacks: readonly string[];
};

/** What a compose file may have at its top, besides `x-` keys. */
const TOP_KEYS: ReadonlySet<string> = new Set([
  'version',
  'name',
  'include',
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'models',
]);

const SECTIONS = ['services', ...RESOURCES] as const;

/** Faults that keep parts of a file from being read. */
const BREAKS: ReadonlySet<string> = new Set<LoadProblem['kind']>([
  'invalid-yaml',
  'undefined-alias',
  'conflict-markers',
]);

/** Looks at a file for what it is, before anything is interpolated. */
export function classify(files: Files, file: FilePath): Candidate {
  const source = files.read(file);
  const other: Candidate = { file, kind: 'other', defines: new Set(), incomplete: [], lacks: [] };
  if ('failure' in source) return other;
  const parsed = parseFile(source);
  if (!looksLikeCompose(parsed, source.text) || isTemplate(file, parsed, source.text)) return other;
  const defines = new Set(
    parsed.documents.flatMap((root) =>
      SECTIONS.flatMap((section) =>
        [...(mapAt(root, section)?.entries.keys() ?? [])].map((name) => `${section}.${name}`),
      ),
    ),
  );
  const services = parsed.documents.flatMap((root) => [...(mapAt(root, 'services')?.entries ?? [])]);
  const complete = new Set(
    services.flatMap(([name, { value }]) => (isComplete(value, files, file) ? [`services.${name}`] : [])),
  );
  const incomplete = services.map(([name]) => `services.${name}`).filter((name) => !complete.has(name));
  const elsewhere = parsed.documents.some((root) => root.entries.has('include'))
    ? []
    : services.flatMap(([, { value }]) => usedBy(value)).filter((name) => !defines.has(name));
  // What cannot be parsed is checked by itself: its fault is one of its own.
  const broken = parsed.problems.some((problem) => BREAKS.has(problem.kind));
  const kind = incomplete.length === 0 || broken ? 'stand-alone' : 'fragment';
  return { file, kind, defines, incomplete, lacks: broken ? [] : elsewhere };
}

/** A file with a default name that is something else altogether, such as the workflow `compose.yml` of a CI. */
export function isForeign(files: Files, file: FilePath): boolean {
  const source = files.read(file);
  if ('failure' in source) return false;
  const parsed = parseFile(source);
  if (isTemplate(file, parsed, source.text)) return true;
  if (parsed.documents.length === 0) return isPlaybook(source.text);
  const names = parsed.documents.flatMap((root) => [...root.entries.keys()]);
  if (names.some((name) => SECTIONS.some((section) => section === name))) return false;
  return !looksLikeCompose(parsed, source.text);
}

function isComplete(service: Node, files: Files, file: FilePath): boolean {
  if (service.kind !== 'map') return false;
  if (['image', 'extends', 'provider'].some((key) => service.entries.has(key))) return true;
  const build = service.entries.get('build')?.value;
  if (build?.kind !== 'map') return build !== undefined;
  if (['context', 'dockerfile', 'dockerfile_inline'].some((key) => build.entries.has(key))) return true;
  // `build: {target: base}` over the build of another file, unless the default Dockerfile lies beside it.
  const directory = directoryOf(file);
  return files.stat(directory === '.' ? 'Dockerfile' : `${directory}/Dockerfile`) !== undefined;
}

/** Names that a service takes from the rest of its project; those with a variable in them are not known yet. */
function usedBy(node: Node): string[] {
  if (node.kind !== 'map') return [];
  const used = [
    ...dependenciesOf({ node }).map(({ name }) => `services.${name}`),
    ...RESOURCES.flatMap((section) =>
      referencesOf({ node }, section).map(({ name }) => `${section}.${name}`),
    ),
  ];
  return used.filter((name) => !name.includes('$'));
}

function looksLikeCompose(parsed: ParsedFile, text: string): boolean {
  if (parsed.documents.some((root) => root.entries.has('services') || root.entries.has('include')))
    return !parsed.documents.some(isPipeline);
  return parsed.problems.length > 0 && /^(?:services|include)[ \t]*:/m.test(text);
}

/** `services` as a list beside keys that Compose does not have: the pipeline of a CI such as GitLab's. */
function isPipeline(root: MapNode): boolean {
  if (root.entries.get('services')?.value.kind !== 'list') return false;
  return [...root.entries.keys()].some((key) => !TOP_KEYS.has(key) && !key.startsWith('x-'));
}

/** A list of plays or tasks: Ansible, where a role's `compose.yml` is an ordinary name. */
function isPlaybook(text: string): boolean {
  return /^(?:---[^\n]*\n|#[^\n]*\n|[ \t\r]*\n)*- (?:name|hosts|block|import_\w+|include_\w+|\w+\.\w+\.\w+):/.test(
    text,
  );
}

/**
 * What a generator or a deployment tool fills in first: no YAML as it stands, and with the marks of a template language
 * where YAML has none. The file at the root is what the person asks about, whatever is in it.
 */
function isTemplate(file: FilePath, parsed: ParsedFile, text: string): boolean {
  if (/[._-](?:template|tmpl|tpl)[._-][^/]*$/i.test(file)) return true;
  if (!file.includes('/')) return false;
  // These are sure whether or not they happen to be YAML.
  if (/^[ \t]*(?:(?:image|container_name):[ \t]+["']?\{\{|<%)|:[ \t]+["']?<%/m.test(text)) return true;
  if (parsed.problems.length === 0) return false;
  return file.includes('{{') || /^[ \t]*(?:-[ \t]+)?(?:\{%|\{\{)|:[ \t]+(?:\{\{|\{%)/m.test(text);
}
