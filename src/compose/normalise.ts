/** A project -> the resolved model, in the shape of `docker compose config`, with the place of every value kept. */
import type { Files } from '../facts.ts';
import type { Place } from '../source.ts';
import type { MapNode, Project } from './model.ts';
import { model, resolveResource, type Section } from './normalise/resources.ts';
import { resolveService } from './normalise/service.ts';
import type { Context } from './normalise/shapes.ts';
import { normalise as cleanPath, isAbsolute, type Roots } from './paths.ts';
import { cleanName } from './project-name.ts';
import { asWritten, implied, map, type Resolved, type ResolvedMap, scalar } from './resolved.ts';
import { mapAt, scalarAt } from './tree.ts';

/** A value that Compose refuses when it works out the model. */
export type Fault = { readonly at: Place; readonly message: string };

export type Normalised = { readonly document: ResolvedMap; readonly faults: readonly Fault[] };

/** The resolved model: services that are active, and the resources that they use. */
export function normalise(project: Project, files: Files, roots: Roots): Normalised {
  const faults: Fault[] = [];
  const context: Context = {
    roots,
    files,
    variables: project.variables,
    readsFiles: true,
    directory: absolute(project.directory, roots),
    fault: (at, message) => faults.push({ at, message }),
  };
  const services = new Map<string, ResolvedMap>();
  for (const service of project.services.values()) {
    const { name, active } = service;
    const directory = absolute(service.directory, roots);
    // Compose reads the values of every service, and the files of those that will run.
    const resolved = resolveService(service.node, { ...context, directory, readsFiles: active }, name);
    if (active) services.set(name, resolved);
  }
  const used = usedBy([...services.values()]);
  const entries: [string, Resolved | undefined][] = [
    ['name', nameOf(project)],
    ['services', map(services, mapAt(project.document, 'services')?.at)],
  ];
  for (const section of ['networks', 'volumes', 'secrets', 'configs'] as const) {
    entries.push([section, resolveSection(project, section, used[section], context)]);
  }
  entries.push(['models', resolveModels(project.document, used.models, context)]);
  for (const [name, { value }] of project.document.entries) {
    if (name.startsWith('x-')) entries.push([name, asWritten(value)]);
  }
  return { document: map(entries, project.document.at), faults };
}

/** The project's name, from the file that gives it. */
function nameOf(project: Project): Resolved {
  const written = scalarAt(project.document, 'name');
  return written && cleanName(written.text) === project.name
    ? scalar(project.name, written)
    : implied(project.name);
}

function absolute(directory: string, { root }: Roots): string {
  return isAbsolute(directory) ? directory : cleanPath(`${root.replaceAll('\\', '/')}/${directory}`);
}

type Used = Readonly<Record<Section | 'models', ReadonlySet<string>>>;

function usedBy(services: readonly ResolvedMap[]): Used {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
    models: new Set<string>(),
  };
  for (const service of services) {
    for (const name of keysAt(service, 'networks')) used.networks.add(name);
    for (const name of keysAt(service, 'models')) used.models.add(name);
    for (const volume of itemsAt(service, 'volumes')) {
      const source = textAt(volume, 'source');
      if (textAt(volume, 'type') === 'volume' && source) used.volumes.add(source);
    }
    const build = service.entries.get('build');
    const buildSecrets = build?.kind === 'map' ? itemsAt(build, 'secrets') : [];
    for (const secret of [...itemsAt(service, 'secrets'), ...buildSecrets])
      used.secrets.add(textAt(secret, 'source'));
    for (const config of itemsAt(service, 'configs')) used.configs.add(textAt(config, 'source'));
  }
  return used;
}

function keysAt(service: ResolvedMap, name: string): readonly string[] {
  const value = service.entries.get(name);
  return value?.kind === 'map' ? [...value.entries.keys()] : [];
}

function itemsAt(node: ResolvedMap, name: string): readonly Resolved[] {
  const value = node.entries.get(name);
  return value?.kind === 'list' ? value.items : [];
}

function textAt(node: Resolved, name: string): string {
  const value = node.kind === 'map' ? node.entries.get(name) : undefined;
  return value?.kind === 'scalar' ? String(value.value ?? '') : '';
}

function resolveSection(
  project: Project,
  section: Section,
  used: ReadonlySet<string>,
  context: Context,
): Resolved | undefined {
  const written = mapAt(project.document, section);
  const resources = new Map<string, Resolved>();
  const resolve = (name: string, node: MapNode | undefined): void => {
    resources.set(name, resolveResource(section, name, node, project.name, context));
  };
  for (const [name, { value }] of written?.entries ?? []) {
    if (used.has(name)) resolve(name, value.kind === 'map' ? value : undefined);
  }
  if (section === 'networks' && used.has('default') && !resources.has('default'))
    resolve('default', undefined);
  return resources.size === 0 ? undefined : map(resources, written?.at);
}

function resolveModels(document: MapNode, used: ReadonlySet<string>, context: Context): Resolved | undefined {
  const models = new Map<string, Resolved | undefined>();
  for (const [name, { value }] of mapAt(document, 'models')?.entries ?? []) {
    if (used.has(name)) models.set(name, model(value, context, `models.${name}`));
  }
  return models.size === 0 ? undefined : map(models, mapAt(document, 'models')?.at);
}
