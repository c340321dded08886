import type { Project } from '../../compose/model.ts';
import { normalise } from '../../compose/normalise.ts';
import { tellScalar, variablesOf } from '../../compose/origin.ts';
import type { Resolved, ResolvedScalar } from '../../compose/resolved.ts';
import { createRedactor } from '../../redact.ts';
import { locate as locatePlace, type Place, type Source } from '../../source.ts';
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import type { OptionsOf } from '../commands.ts';
import { locate } from '../locate.ts';
import { thisMachine } from '../machine.ts';
import { renderModel } from '../model-text.ts';

type ConfigFlags = OptionsOf<'config'>;

/** `dockmedic config [dir]`: the model that Compose works with, and why each value is what it is. */
export function configCommand(directory: string, flags: ConfigFlags): number {
  const { root, selection } = locate(directory, flags);
  const { docker } = thisMachine();
  const workspace = openWorkspace(root, selection, docker);
  const roots = { root, home: docker.home };
  const resolved = workspace.projects.map((project) => ({
    project,
    ...normalise(project, workspace.files, roots),
  }));
  const told =
    flags.format === 'json' ? jsonOf(resolved, workspace, flags) : textOf(resolved, workspace, flags);
  const redact = flags.values ? (text: string) => text : createRedactor(workspace.projects);
  process.stdout.write(redact(told));
  const where = placeTeller(workspace);
  let isWhole = true;
  for (const { project, faults } of resolved) {
    for (const { at, message } of faults)
      process.stderr.write(redact(`dockmedic: ${where(at)}: ${message}\n`));
    if (project.problems.length > 0) {
      const many = project.problems.length === 1 ? 'a fault' : `${project.problems.length} faults`;
      process.stderr.write(
        `dockmedic: ${project.id} has ${many}, which \`dockmedic\` tells; what could be read is shown\n`,
      );
    }
    if (project.problems.length > 0 || faults.length > 0) isWhole = false;
  }
  return isWhole ? 0 : 1;
}

type ResolvedProject = { readonly project: Project; readonly document: Resolved };

function textOf(resolved: readonly ResolvedProject[], workspace: Workspace, flags: ConfigFlags): string {
  const options = { values: flags.values === true, where: placeTeller(workspace) };
  return resolved
    .map(({ project, document }) => `# ${project.id} (${project.taken})\n${renderModel(document, options)}`)
    .join('\n');
}

/** A place as file and line. */
function placeTeller(workspace: Workspace): (place: Place) => string {
  const lineOf = locator(workspace);
  return (place) => {
    const at = lineOf(place);
    return at ? `${place.file}:${at.line}` : place.file;
  };
}

function locator({ files }: Workspace): (place: Place) => { line: number; column: number } | undefined {
  const sources = new Map<string, Source | undefined>();
  return (place) => {
    if (!sources.has(place.file)) {
      const source = files.read(place.file);
      sources.set(place.file, 'text' in source ? source : undefined);
    }
    const source = sources.get(place.file);
    return source && locatePlace(source, place);
  };
}

function jsonOf(resolved: readonly ResolvedProject[], workspace: Workspace, flags: ConfigFlags): string {
  const lineOf = locator(workspace);
  const told = (place: Place) => {
    const at = lineOf(place);
    return { file: place.file, ...(at && { line: at.line, column: at.column }) };
  };
  const projects = resolved.map(({ project, document }) => {
    const origins: Record<string, unknown> = {};
    const add = (scalar: ResolvedScalar, pointer: string): void => {
      const variables = variablesOf(scalar).map(({ name, from, at }) => ({
        name,
        from,
        ...(at && told(at)),
      }));
      origins[pointer] = scalar.from
        ? {
            ...(scalar.via !== undefined && { via: scalar.via }),
            ...told(scalar.from.at),
            ...(variables.length > 0 && { variables }),
          }
        : { implied: true };
    };
    const model = plainOf(document, '', '', (scalar, name, pointer) => {
      add(scalar, pointer);
      return flags.values ? scalar.value : tellScalar(scalar, name);
    });
    return { id: project.id, files: project.files, model, origins };
  });
  return `${JSON.stringify({ schemaVersion: 1, projects }, null, 2)}\n`;
}

/** The plain value; every scalar is told with its name and its JSON pointer (RFC 6901). */
function plainOf(
  node: Resolved,
  name: string,
  pointer: string,
  tell: (scalar: ResolvedScalar, name: string, pointer: string) => unknown,
): unknown {
  if (node.kind === 'scalar') return tell(node, name, pointer);
  if (node.kind === 'list') return node.items.map((item, i) => plainOf(item, name, `${pointer}/${i}`, tell));
  return Object.fromEntries(
    [...node.entries].map(([key, value]) => {
      const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
      return [key, plainOf(value, key, `${pointer}/${step}`, tell)];
    }),
  );
}
