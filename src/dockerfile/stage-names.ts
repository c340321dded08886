/** Names in a Dockerfile that were meant for a stage and name none: BuildKit takes them for images, and pulls. */
import { distance } from 'fastest-levenshtein';
import { canonical, madeBy } from '../compose/images.ts';
import type { Build, Project } from '../compose/model.ts';
import { isOfficial } from './known-images.ts';
import type { DockerfileModel, Range, Stage } from './model.ts';

export type MistakenStage = {
  readonly why:
    | 'itself'
    /** It is defined further down. */
    | 'later'
    /** `FROM` compares letter by letter. */
    | 'letter-case'
    /** A slip of the pen. */
    | 'near';
  readonly stage: Stage;
  /** For `near`: how many letters differ. */
  readonly off: number;
};

/**
 * The stage that a name means although it does not reach it; undefined where the name may well be an image.
 *
 * @param index the stage that it stands in
 * @param name what FROM, COPY --from or RUN --mount=from= name
 */
export function mistakenStage(
  model: DockerfileModel,
  index: number,
  name: string,
  isBase: boolean,
  { project, build }: { readonly project: Project; readonly build: Build },
): MistakenStage | undefined {
  const lower = name.toLowerCase();
  if (!/^[a-z][\w.-]*$/.test(lower)) return undefined;
  if ([...build.additionalContexts.keys()].some((known) => known.toLowerCase() === lower)) return undefined;
  const before = model.stages.slice(0, index);
  if (isBase) {
    const same = before.findLast((stage) => stage.name === lower);
    if (same) return lower === name ? undefined : { why: 'letter-case', stage: same, off: 0 };
  }
  const named = model.stages.findLast((stage) => stage.name === lower);
  if (!isBase && named && named.index >= index)
    return { why: named.index === index ? 'itself' : 'later', stage: named, off: 0 };
  if (named && named.index < index) return undefined;

  // From here on it may be an image's name after all.
  if (lower !== name || isImage(project, name)) return undefined;
  if (named) return named.index > index ? { why: 'later', stage: named, off: 0 } : undefined;
  return nearStage(before, name, isBase);
}

function isImage(project: Project, name: string): boolean {
  if (isOfficial(name)) return true;
  const wanted = canonical(name);
  return [...project.services.values()].some((service) => madeBy(project, service).includes(wanted));
}

/**
 * The one stage that is a slip of the pen away, or whose name is the longer or shorter form (`build`, `builder`; for a
 * base, that may be another image). Short names differ by one letter too easily.
 */
function nearStage(before: readonly Stage[], name: string, isBase: boolean): MistakenStage | undefined {
  const bound = name.length < 4 ? 0 : name.length < 6 ? 1 : 2;
  const near = before.flatMap((stage) => {
    if (stage.name === undefined || stage.name.length < 4) return [];
    const off = distance(name, stage.name);
    const form = !isBase && name.length >= 4 && (stage.name.startsWith(name) || name.startsWith(stage.name));
    return off <= bound || form ? [{ why: 'near' as const, stage, off }] : [];
  });
  const least = Math.min(...near.map(({ off }) => off));
  const best = near.filter(({ off }) => off === least);
  return best.length === 1 ? best[0] : undefined;
}

/** The name alone within an instruction; the whole of it where it is not written exactly once as `from=name`. */
export function rangeOfFrom(text: string | undefined, range: Range, name: string): Range {
  const at = text?.indexOf(`from=${name}`) ?? -1;
  if (at < 0 || text?.includes(`from=${name}`, at + 1)) return range;
  const start = range.start + at + 'from='.length;
  return { start, end: start + name.length };
}
