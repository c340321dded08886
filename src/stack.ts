/**
 * The graph of subjects, each resting on others, and what follows from it: causes, reach, order, priority. Pure.
 *
 *     file <- project <- service <- build <- image <- container <- endpoint
 *                                  registry <-'         |
 *                             engine, cli   <-----------'
 */
import { canonical, imageOf, madeBy } from './compose/images.ts';
import type { Project } from './compose/model.ts';
import type { Priority } from './report.ts';
import type { Severity } from './rule.ts';
import { kindOf, type Subject, type SubjectKind, subject } from './subject.ts';

export type Stack = {
  /** All subjects in topological order: what others rest on first. */
  readonly subjects: readonly Subject[];
  /** What a subject rests on directly. */
  upstreamOf(name: Subject): readonly Subject[];
  /** All that rests on a subject, directly or not; the subject itself is left out. */
  downstreamOf(name: Subject): ReadonlySet<Subject>;
  /** All that a subject rests on, directly or not; the subject itself is left out. */
  restsOn(name: Subject): ReadonlySet<Subject>;
  /** The containers of each project. */
  readonly projects: readonly { readonly name: Subject; readonly containers: readonly Subject[] }[];
};

/** The base images that a service's build takes from outside of it; handed in, because Dockerfiles are facts. */
export type BaseImages = (project: Project, service: string) => readonly string[];

/** Builds the graph of every project of a workspace. */
export function buildStack(projects: readonly Project[], baseImages: BaseImages): Stack {
  const upstream = new Map<Subject, Set<Subject>>(
    [subject.engine, subject.cli, subject.buildx].map((name) => [name, new Set()]),
  );
  const rest = (on: Subject, ...lower: Subject[]) => {
    const known = upstream.get(on) ?? new Set();
    upstream.set(on, known);
    for (const name of lower) {
      if (!upstream.has(name)) upstream.set(name, new Set());
      if (name !== on) known.add(name);
    }
  };

  const builders = buildersOf(projects);
  for (const project of projects) {
    const own = subject.project(project.id);
    rest(own, ...[...project.files, ...project.alsoRead].map(subject.file));
    for (const service of project.services.values()) {
      const at = subject.service(project.id, service.name);
      const container = subject.container(project.id, service.name);
      rest(at, own);
      rest(container, at, subject.engine, subject.cli);
      for (const other of service.dependsOn) {
        if (project.services.has(other.name)) rest(container, subject.container(project.id, other.name));
      }
      const needed: { key: string; reference: string }[] = [];
      const image = imageOf(project, service);
      if (image) {
        rest(container, subject.image(project.id, image.key));
        needed.push(image);
      }
      if (service.build) {
        const build = subject.build(project.id, service.name);
        rest(build, at);
        // Above the container alone, like the engine: a wrong path in a build is wrong whatever builds it.
        rest(container, subject.buildx);
        if (!image) rest(container, build);
        for (const base of baseImages(project, service.name)) {
          rest(build, subject.image(project.id, base));
          needed.push({ key: base, reference: base });
        }
      }
      for (const { key, reference } of needed) {
        rest(subject.image(project.id, key), ...suppliersOf(project, reference, builders));
      }
    }
  }

  const subjects = inTopologicalOrder(upstream);
  const downstream = invert(upstream);
  return {
    subjects,
    upstreamOf: (name) => [...(upstream.get(name) ?? [])],
    downstreamOf: reachability(downstream),
    restsOn: reachability(upstream),
    projects: projects.map((project) => ({
      name: subject.project(project.id),
      containers: [...project.services.keys()].map((name) => subject.container(project.id, name)),
    })),
  };
}

type Builder = { readonly project: string; readonly build: Subject };

/** Which builds make which image, by its canonical reference. */
function buildersOf(projects: readonly Project[]): ReadonlyMap<string, readonly Builder[]> {
  const builders = new Map<string, Builder[]>();
  for (const project of projects) {
    for (const service of project.services.values()) {
      const made = { project: project.id, build: subject.build(project.id, service.name) };
      for (const image of madeBy(project, service)) {
        const known = builders.get(image);
        if (known) known.push(made);
        else builders.set(image, [made]);
      }
    }
  }
  return builders;
}

/** Where an image of a project comes from: its own builds, else other projects' builds, else a registry. */
function suppliersOf(
  project: Project,
  reference: string,
  builders: ReadonlyMap<string, readonly Builder[]>,
): readonly Subject[] {
  const all = builders.get(canonical(reference)) ?? [];
  const own = all.filter((builder) => builder.project === project.id);
  return (own.length > 0 ? own : all).map((builder) => builder.build);
}

/** What rests on what, read the other way round. */
function invert(
  edges: ReadonlyMap<Subject, ReadonlySet<Subject>>,
): ReadonlyMap<Subject, ReadonlySet<Subject>> {
  const inverted = new Map<Subject, Set<Subject>>();
  for (const [from, tos] of edges) {
    for (const to of tos) inverted.set(to, (inverted.get(to) ?? new Set()).add(from));
  }
  return inverted;
}

/** Everything that can be reached from a subject; memoised. Cycles (a `depends_on` in a circle) end by themselves. */
function reachability(
  edges: ReadonlyMap<Subject, ReadonlySet<Subject>>,
): (from: Subject) => ReadonlySet<Subject> {
  const known = new Map<Subject, ReadonlySet<Subject>>();
  return (from) => {
    const before = known.get(from);
    if (before) return before;
    const reached = new Set<Subject>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const next of edges.get(at) ?? []) {
        if (reached.has(next) || next === from) continue;
        reached.add(next);
        open.push(next);
      }
    }
    known.set(from, reached);
    return reached;
  };
}

/** Depth first, in the order of insertion; an edge that closes a circle is passed over. Iterative: stacks are deep. */
function inTopologicalOrder(edges: ReadonlyMap<Subject, ReadonlySet<Subject>>): readonly Subject[] {
  const order: Subject[] = [];
  const state = new Map<Subject, 'open' | 'done'>();
  for (const root of edges.keys()) {
    const path: { name: Subject; rest: Iterator<Subject> }[] = [];
    const enter = (name: Subject) => {
      if (state.has(name)) return;
      state.set(name, 'open');
      path.push({ name, rest: (edges.get(name) ?? new Set<Subject>()).values() });
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.next();
      if (!next.done) {
        enter(next.value);
        continue;
      }
      path.pop();
      state.set(top.name, 'done');
      order.push(top.name);
    }
  }
  return order;
}

/** What the graph needs to know of a finding. */
export type Fault = {
  readonly id: string;
  readonly subject: Subject;
  readonly severity: Severity;
  /** The id of a cause that it shares with others. */
  readonly cause?: string;
  /** What stands below its subject cannot be trusted while it stands: a file that cannot be parsed. */
  readonly hides?: boolean;
  /** Ids of the findings that it follows from, whatever their subjects. */
  readonly follows?: readonly string[];
  /** Where it stops something, if that is not its own subject. */
  readonly feltOn?: readonly Subject[];
};

export type Consequences = {
  /** Ids of the error findings that this one follows from. */
  readonly causedBy: readonly string[];
  /** Subjects that cannot work while it stands, in topological order. */
  readonly blocks: readonly Subject[];
  readonly priority: Priority;
};

export type Analysis = {
  readonly of: ReadonlyMap<string, Consequences>;
  /** Ids of the error findings in the order in which to resolve them. */
  readonly resolutionOrder: readonly string[];
  /** Every subject that some error blocks and that has no error of its own. */
  readonly blocked: ReadonlySet<Subject>;
};

/**
 * Causes, reach and order of a set of findings. A root cause is an error with no error on anything that its subject
 * rests on; findings that share a cause have their reach counted together.
 */
export function analyse(stack: Stack, faults: readonly Fault[]): Analysis {
  const errors = faults.filter((fault) => fault.severity === 'error');
  const bySubject = new Map<Subject, Fault[]>();
  const feltOn = ({ subject, feltOn = [subject] }: Fault) => feltOn;
  for (const error of errors) {
    // What is felt elsewhere is told of there.
    if (!feltOn(error).includes(error.subject)) continue;
    const known = bySubject.get(error.subject);
    if (known) known.push(error);
    else bySubject.set(error.subject, [error]);
  }
  const place = new Map(errors.map((error, index) => [error, index]));
  const rank = new Map(stack.subjects.map((name, index) => [name, index]));
  const byRank = (a: Subject, b: Subject) => (rank.get(a) ?? -1) - (rank.get(b) ?? -1);

  // Many errors can stand on one subject: what follows from it is worked out once.
  const reachOfSubject = remember((name: Subject) => new Set([name, ...stack.downstreamOf(name)]));
  const blocksOf = remember((name: Subject) => [...stack.downstreamOf(name)].sort(byRank));
  const blocksOfAll = ([first, ...others]: readonly Subject[]): readonly Subject[] => {
    if (first === undefined) return [];
    if (others.length === 0) return blocksOf(first);
    return [...new Set([first, ...others].flatMap(blocksOf))].sort(byRank);
  };
  const priorityOfReach = remember((reach: ReadonlySet<Subject>) => priorityOf(stack, reach));
  const subjectsOfCause = new Map<string, Set<Subject>>();
  for (const error of errors) {
    const key = error.cause ?? error.id;
    const known = subjectsOfCause.get(key) ?? new Set();
    for (const felt of feltOn(error)) known.add(felt);
    subjectsOfCause.set(key, known);
  }
  const reachOfCause = remember((key: string): ReadonlySet<Subject> => {
    const [first, ...others] = [...(subjectsOfCause.get(key) ?? [])];
    if (first === undefined) return new Set();
    const reach = reachOfSubject(first);
    return others.length === 0
      ? reach
      : new Set([reach, ...others.map(reachOfSubject)].flatMap((one) => [...one]));
  });

  const of = new Map<string, Consequences>();
  for (const fault of faults) {
    const upstream = stack.restsOn(fault.subject);
    // In the order of the findings; what a subject rests on is little, and the findings may be many.
    const above = [...upstream]
      .filter((name) => name !== fault.subject)
      .flatMap((name) => bySubject.get(name) ?? [])
      .filter((error) => explains(error, fault))
      .sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
      .map((error) => error.id);
    const causedBy = [...new Set([...(fault.follows ?? []), ...above])];
    if (fault.severity !== 'error') {
      of.set(fault.id, { causedBy, blocks: [], priority: 'P2' });
      continue;
    }
    of.set(fault.id, {
      causedBy,
      blocks: blocksOfAll(feltOn(fault)),
      priority: priorityOfReach(reachOfCause(fault.cause ?? fault.id)),
    });
  }

  const blocked = new Set<Subject>();
  for (const faulty of new Set(errors.flatMap(feltOn))) {
    for (const name of stack.downstreamOf(faulty)) if (!bySubject.has(name)) blocked.add(name);
  }
  const reachOf = (fault: Fault) => reachOfCause(fault.cause ?? fault.id).size;
  const isRoot = (fault: Fault) => of.get(fault.id)?.causedBy.length === 0;
  const resolutionOrder = errors
    .map((error, index) => ({ error, index }))
    .sort(
      (a, b) =>
        // What several things wait for comes first; among equals the order of the findings, which is that of the files.
        Number(isRoot(b.error)) - Number(isRoot(a.error)) ||
        (isRoot(a.error) ? reachOf(b.error) - reachOf(a.error) : byRank(a.error.subject, b.error.subject)) ||
        a.index - b.index,
    )
    .map(({ error }) => error.id);
  return { of, resolutionOrder, blocked };
}

/** A function that works each answer out once. */
function remember<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = find(key);
    known.set(key, value);
    return value;
  };
}

/**
 * Whether an error upstream is a reason for a fault. Compose refuses a whole project for one wrong key, and nothing of it
 * runs then; but a wrong path in the same project stays wrong when the key is right. So what is at fault in a file or a
 * project explains what does not run, and what is written elsewhere only if it hid that.
 */
function explains(error: Fault, fault: Fault): boolean {
  if (error.hides || !REFUSING.has(kindOf(error.subject))) return true;
  return RUNNING.has(kindOf(fault.subject));
}

const REFUSING: ReadonlySet<SubjectKind> = new Set(['file', 'project']);
const RUNNING: ReadonlySet<SubjectKind> = new Set(['container', 'endpoint', 'tests']);

/** P0 where every container of some project is out of reach, P1 where some are, else P2. */
function priorityOf(stack: Stack, reach: ReadonlySet<Subject>): Priority {
  const stopsWhole = stack.projects.some(
    ({ name, containers }) =>
      reach.has(name) || (containers.length > 0 && containers.every((one) => reach.has(one))),
  );
  if (stopsWhole) return 'P0';
  return [...reach].some((name) => kindOf(name) === 'container') ? 'P1' : 'P2';
}
