/** What is said of a name that a service uses and no top-level entry defines: the same for every section. */
import type { Project } from '../compose/model.ts';
import { definedIn, isWhole, type Section } from '../compose/references.ts';
import type { Facts } from '../facts.ts';
import { listed, MOST_NAMES } from '../listed.ts';
import type { Finding, Fix } from '../rule.ts';
import { locate } from '../source.ts';
import { subject } from '../subject.ts';
import { declaration, renameFixes, type Undefined, undefinedIn } from './name.ts';

type Kind = {
  readonly section: Section;
  /** `network`, as Compose says it. */
  readonly word: string;
  /** What an entry without a value would make; undefined where such an entry is not allowed. */
  readonly makes?: string;
  /** Names that another rule, or none, has to judge. */
  readonly leaveOut?: (found: Undefined) => boolean;
  readonly advice?: (found: Undefined) => string | undefined;
};

/** One finding for each undefined name of a project. */
export function* undefinedNames(facts: Facts, kind: Kind): Generator<Finding> {
  for (const project of facts.projects) {
    if (!isWhole(project)) continue;
    for (const found of undefinedIn(project, kind.section)) {
      if (kind.leaveOut?.(found)) continue;
      yield finding(facts, kind, found);
    }
  }
}

function finding(facts: Facts, kind: Kind, found: Undefined): Finding {
  const { project, name, near, known, services, first } = found;
  const { label } = first;
  const [service = ''] = services;
  const beside = projectsBeside(facts, project, kind.section, name);
  const renames = beside.length > 0 ? [] : renameFixes(facts, found.places, first, near);
  const step =
    kind.makes && label === name ? declaration(facts, project, kind.section, name, first.at) : undefined;
  const isSpecific = beside.length > 0 || kind.advice?.(found) !== undefined;
  const declare: Fix[] =
    step && kind.makes && !near?.sure && !isSpecific
      ? [
          {
            title: `add ${name} to the top-level ${kind.section}`,
            safety: 'unsafe',
            caveat: `it makes ${kind.makes}`,
            steps: [step],
          },
        ]
      : [];
  const fixes = [...renames, ...declare];
  const advice =
    beside.length > 0
      ? `${beside[0]?.files.join(', ')} defines it: run the files together, each with its own -f.`
      : (kind.advice?.(found) ??
        `Name ${article(kind.word)} that is defined, or define it in the top-level ${kind.section}.`);
  return {
    subject: found.active ? subject.project(project.id) : subject.service(project.id, service),
    detail: label,
    ...(beside.length > 0 || !found.active ? { severity: 'warning' as const } : {}),
    at: first.at,
    message: `${usedBy(services)} the ${kind.word} "${label}", which no top-level ${kind.section} entry defines${near ? `; did you mean "${near.name}"?` : '.'}`,
    evidence: [
      known.length === 0
        ? `the project defines no ${kind.word}`
        : `the ${kind.section} defined are ${listed(known, MOST_NAMES)}`,
      ...alsoAt(facts, found),
    ],
    consequence: found.active
      ? `Compose refuses the whole project: \`service "${service}" refers to undefined ${kind.word} ${label}\`.`
      : `Compose refuses the whole project as soon as the profile of "${service}" is chosen.`,
    ...(fixes.length === 0 || isSpecific ? { advice } : {}),
    fixes,
  };
}

function article(word: string): string {
  return `a ${word}`;
}

function usedBy(services: readonly string[]): string {
  const [first = '', second] = services;
  if (second === undefined) return `Service "${first}" uses`;
  if (services.length === 2) return `Services "${first}" and "${second}" use`;
  return `Service "${first}" and ${services.length - 1} others use`;
}

function alsoAt(facts: Facts, { places }: Undefined): string[] {
  const others = places.slice(1).flatMap(({ at }) => {
    const source = facts.files.read(at.file);
    return 'text' in source ? [`${at.file}:${locate(source, at).line}`] : [];
  });
  return others.length === 0 ? [] : [`also used at ${others.join(', ')}`];
}

/** Other projects of the same directory that define a name: files that are perhaps run together with these. */
export function projectsBeside(
  facts: Facts,
  project: Project,
  section: Section | 'services',
  name: string,
): readonly Project[] {
  return facts.projects.filter(
    (other) =>
      other !== project &&
      other.directory === project.directory &&
      !other.files.every((file) => project.files.includes(file)) &&
      definedIn(other, section).includes(name),
  );
}
