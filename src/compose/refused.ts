/** When a fault of a service is one: Compose looks at services that are to start, and at no others. Pure. */
import type { Severity } from '../rule.ts';
import { type Subject, subject } from '../subject.ts';
import type { Project, Service } from './model.ts';

type Refused = {
  readonly subject: Subject;
  readonly severity?: Severity;
  readonly consequence: string;
};

/** What a fault makes Compose do that refuses the project: now, or once somebody chooses the profile of the service. */
export function refusedFor(project: Project, { name, active }: Pick<Service, 'name' | 'active'>): Refused {
  if (active)
    return { subject: subject.project(project.id), consequence: 'Compose refuses the whole project.' };
  return {
    subject: subject.service(project.id, name),
    severity: 'warning',
    consequence: `Compose refuses the whole project as soon as the profile of "${name}" is chosen.`,
  };
}
