/**
 * Subjects: the things a stack is made of, as stable names.
 *
 *     engine
 *     cli:docker                             the docker CLI with Compose; cli:buildx, what it builds with
 *     file:compose.yaml                      a file of a project
 *     project:compose.yaml                   a compose project
 *     service:compose.yaml/api               what the file says of a service
 *     build:compose.yaml/api                 the image build of a service
 *     registry:docker.io                     a registry
 *     image:compose.yaml/postgres:16-alpine  an image that a project needs
 *     container:compose.yaml/api             the running service
 *     endpoint:compose.yaml/api:8080         what it answers on
 *
 * Images are named per project: two projects that need the same image reference may get it in different ways.
 */
import type { FilePath } from './source.ts';

export type SubjectKind =
  | 'engine'
  | 'cli'
  | 'file'
  | 'project'
  | 'service'
  | 'build'
  | 'registry'
  | 'image'
  | 'container'
  | 'endpoint'
  | 'tests';

export type Subject = 'engine' | 'tests' | `${SubjectKind}:${string}`;

export const subject = {
  engine: 'engine' as const,
  tests: 'tests' as const,
  cli: 'cli:docker' as const,
  buildx: 'cli:buildx' as const,
  file: (file: FilePath): Subject => `file:${file}`,
  project: (project: string): Subject => `project:${project}`,
  service: (project: string, service: string): Subject => `service:${project}/${service}`,
  build: (project: string, service: string): Subject => `build:${project}/${service}`,
  registry: (host: string): Subject => `registry:${host}`,
  image: (project: string, reference: string): Subject => `image:${project}/${reference}`,
  container: (project: string, service: string): Subject => `container:${project}/${service}`,
};

/** The kind of a subject. */
export function kindOf(name: Subject): SubjectKind {
  const colon = name.indexOf(':');
  return (colon < 0 ? name : name.slice(0, colon)) as SubjectKind;
}
