/** `build` of a service, in its short and its long form (Compose Build Specification). */
import type { FilePath } from '../source.ts';
import { pairsToMap } from './forms.ts';
import { lookUp, type Variables } from './interpolate.ts';
import type { Build, MapNode, Node, PathRef, ScalarNode } from './model.ts';
import { normalise, type Roots, resolvePath } from './paths.ts';
import { childAt, isNull, itemsOf, pathRef, scalarAt } from './tree.ts';

type Options = {
  readonly roots: Roots;
  readonly isFile: (path: FilePath) => boolean;
  /** What arguments without a value take theirs from. */
  readonly variables: Variables;
};

/**
 * Whether a build context is fetched by the builder: a URL, a git address, another service or a build target.
 * Any other text is a directory, however much it looks like a host name; that is how Compose takes it.
 */
function isRemoteContext(written: string): boolean {
  return written.includes('://') || /^(?:git@|github\.com\/|service:|target:)/.test(written);
}

/** Reads `build`; undefined where there is none, or none that can be read. */
export function readBuild(node: MapNode, base: FilePath, options: Options): Build | undefined {
  const entry = node.entries.get('build');
  if (entry === undefined) return undefined;
  const build = entry.value;
  if (build.kind === 'scalar' && typeof build.value === 'string') {
    return {
      ...collections(undefined, options),
      at: build.at,
      ...locate(build, undefined, undefined, base, options),
      node: build,
    };
  }
  if (build.kind !== 'map') return undefined;
  const inline = scalarAt(build, 'dockerfile_inline');
  const target = scalarAt(build, 'target');
  const context = pathScalar(build, 'context');
  const dockerfile = pathScalar(build, 'dockerfile');
  return {
    ...collections(build, options),
    at: entry.key,
    ...locate(context, dockerfile, inline, base, options),
    ...(inline && { dockerfileInline: inline }),
    ...(target && { target }),
    node: build,
  };
}

function pathScalar(build: MapNode, key: string): ScalarNode | undefined {
  const value = scalarAt(build, key);
  return typeof value?.value === 'string' ? value : undefined;
}

type Located = Pick<Build, 'context' | 'contextDirectory' | 'dockerfile' | 'dockerfilePath'>;

function locate(
  context: ScalarNode | undefined,
  dockerfile: ScalarNode | undefined,
  inline: ScalarNode | undefined,
  base: FilePath,
  options: Options,
): Located {
  const remote = context !== undefined && isRemoteContext(context.text);
  const contextRef = context && (remote ? unresolved(context) : pathRef(context, options.roots));
  // An empty context (a variable that is not set) is no directory that could be judged.
  const directory = remote || context?.text === '' ? undefined : (contextRef?.path ?? base);
  const dockerfileRef = dockerfile && dockerfilePath(dockerfile, directory, options.roots);
  const local = directory !== undefined && !inline;
  const named = dockerfileRef && dockerfileRef.written !== '' ? dockerfileRef.path : undefined;
  const said = local
    ? (named ?? (isUnset(dockerfile) ? undefined : inDirectory(directory, options.roots)))
    : undefined;
  const path = said === undefined ? undefined : asBuildKitFinds(said, options.isFile);
  return {
    ...(contextRef && { context: contextRef }),
    ...(directory !== undefined && { contextDirectory: directory }),
    ...(dockerfileRef && { dockerfile: dockerfileRef }),
    ...(path !== undefined && { dockerfilePath: path }),
  };
}

/** BuildKit falls back to an all lower-case name where the file is called `Dockerfile`; for no other name. */
function asBuildKitFinds(file: FilePath, isFile: (path: FilePath) => boolean): FilePath {
  if (!/(?:^|\/)Dockerfile$/.test(file) || isFile(file)) return file;
  const lower = file.replace(/Dockerfile$/, 'dockerfile');
  return isFile(lower) ? lower : file;
}

function isUnset(scalar: ScalarNode | undefined): boolean {
  return scalar?.parts?.some((part) => part.kind === 'variable' && part.from === 'unset') ?? false;
}

function inDirectory(directory: FilePath, roots: Roots): FilePath {
  return resolvePath(directory, 'Dockerfile', roots);
}

function unresolved(scalar: ScalarNode): PathRef {
  return { scalar, written: scalar.text, path: scalar.text };
}

/** Relative to the context; `~` is an ordinary name here. */
function dockerfilePath(scalar: ScalarNode, directory: FilePath | undefined, roots: Roots): PathRef {
  if (directory === undefined) return { scalar, written: scalar.text, path: normalise(scalar.text) };
  const written = scalar.text.startsWith('~') ? `./${scalar.text}` : scalar.text;
  return { scalar, written: scalar.text, path: resolvePath(directory, written, roots) };
}

function collections(
  build: MapNode | undefined,
  { variables }: Options,
): Pick<Build, 'args' | 'additionalContexts' | 'tags' | 'platforms'> {
  const args = new Map<string, ScalarNode | undefined>();
  for (const [name, value] of pairs(childAt(build, 'args')))
    args.set(name, value.value === null ? fromSurroundings(name, value, variables) : value);
  return {
    args,
    additionalContexts: new Map(pairs(childAt(build, 'additional_contexts'))),
    tags: scalars(childAt(build, 'tags')),
    platforms: scalars(childAt(build, 'platforms')),
  };
}

/** `args: [NAME]` passes on what the variable is set to, if it is (Compose Build Specification, `args`). */
function fromSurroundings(name: string, written: ScalarNode, variables: Variables): ScalarNode | undefined {
  const found = lookUp(variables, name);
  if (!found) return undefined;
  const { text, from, origin } = found;
  const part = { kind: 'variable', name, text, from, at: written.at, ...(origin && { origin }) } as const;
  return { ...written, value: text, text, parts: [part] };
}

function pairs(node: Node | undefined): [string, ScalarNode][] {
  if (node === undefined || isNull(node)) return [];
  return [...pairsToMap(node).entries].flatMap(([name, { value }]): [string, ScalarNode][] =>
    value.kind === 'scalar' ? [[name, value]] : [],
  );
}

function scalars(node: Node | undefined): ScalarNode[] {
  return itemsOf(node).filter((item): item is ScalarNode => item.kind === 'scalar');
}
