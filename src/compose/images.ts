/** Which image a service runs, and how it is called. Pure. */
import { shown } from './edit.ts';
import type { Project, ScalarNode, Service } from './model.ts';

export type ServiceImage = {
  /** What Docker is asked for. May hold values of environment variables: never printed. */
  readonly reference: string;
  /** Its name in subjects and messages: equal references have equal keys, and no environment value is in it. */
  readonly key: string;
  /** Where it is written; undefined where Compose makes the name up for a build. */
  readonly scalar?: ScalarNode;
};

/**
 * The image of a service: `image:`, else the name that Compose gives to what it builds, `<project>-<service>`
 * (Compose Specification, build › image). Undefined where there is neither or the value is empty.
 */
export function imageOf(project: Project, service: Service): ServiceImage | undefined {
  if (service.image) {
    const reference = service.image.text.trim();
    if (reference === '') return undefined;
    return { reference, key: shown(service.image), scalar: service.image };
  }
  if (!service.build) return undefined;
  const reference = `${project.name}-${service.name}`;
  return { reference, key: reference };
}

/** `app`, `app:latest` and `docker.io/library/app` are one image: the form in which references are compared. */
export function canonical(reference: string): string {
  const name = reference.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
  return /[:@]/.test(name.slice(name.lastIndexOf('/') + 1)) ? name : `${name}:latest`;
}

/** The images that the build of a service makes, in canonical form; empty where it has no build. */
export function madeBy(project: Project, service: Service): readonly string[] {
  if (!service.build) return [];
  const own = imageOf(project, service);
  return [...(own ? [own.reference] : []), ...service.build.tags.map((tag) => tag.text)].map(canonical);
}
