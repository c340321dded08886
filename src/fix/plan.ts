/** Which fixes are to be applied, and why the others are not. Pure: nothing is written here. */
import { posix } from 'node:path';
import type { ReadFailure } from '../facts.ts';
import { isOutside } from '../paths.ts';
import type { Fix, Step } from '../rule.ts';
import type { FilePath, Source } from '../source.ts';
import { distinctSteps, stepKey } from './changes.ts';
import { editsCollide, fitEdit, splitsCharacter } from './splice.ts';

/** A fix together with the id of the finding that it mends. */
export type Candidate = { readonly finding: string; readonly fix: Fix };

/** A fix that can land. Its steps are fitted to the files: paths normalised, line breaks as in the file. */
export type PlannedFix = { readonly finding: string; readonly title: string; readonly fix: Fix };

/** A fix that is not applied; `reason` is a sentence without its full stop. */
export type RefusedFix = { readonly finding: string; readonly title: string; readonly reason: string };

export type Plan = {
  readonly accepted: readonly PlannedFix[];
  readonly refused: readonly RefusedFix[];
  /** The texts that the edits were planned on: a file that holds anything else by then is not written. */
  readonly sources: ReadonlyMap<FilePath, Source>;
};

export type Read = (file: FilePath) => Source | ReadFailure;

/** What is asked of a finding to choose among its fixes. */
export type Fixable = { readonly id: string; readonly fixes?: readonly Fix[] };

/**
 * Chooses one fix per finding by consent: its safe one, else, where unsafe ones are wanted, the first of those.
 * `manual` fixes are for a person to pick. A finding with two safe fixes that do different things gets none: its
 * rule was not sure, and neither are we.
 */
export function selectFixes(
  findings: readonly Fixable[],
  consent: { readonly unsafe: boolean },
): readonly Candidate[] {
  return findings.flatMap(({ id, fixes = [] }) => {
    const safe = fixes.filter((fix) => fix.safety === 'safe');
    if (new Set(safe.map((fix) => JSON.stringify(fix.steps.map(stepKey)))).size > 1) return [];
    const chosen = safe[0] ?? (consent.unsafe ? fixes.find((fix) => fix.safety === 'unsafe') : undefined);
    return chosen ? [{ finding: id, fix: chosen }] : [];
  });
}

/** Files outside of the workspace that a fix may edit, as the fix names them: Docker's own configuration and no other. */
export type Outside = readonly FilePath[];

/**
 * Decides which candidates can land together, first come first served. A fix lands whole or not at all: it is
 * refused when one of its steps leaves the workspace, touches a file that cannot be edited as text, or competes with
 * a fix that was accepted before. Steps that two fixes have in common (an anchored value that services share) are
 * one change, and both fixes are accepted.
 *
 * @param existing whether anything is at a path
 */
export function planFixes(
  candidates: readonly Candidate[],
  read: Read,
  existing: (file: FilePath) => boolean,
  outside: Outside = [],
): Plan {
  const accepted: PlannedFix[] = [];
  const refused: RefusedFix[] = [];
  const sources = new Map<FilePath, Source>();
  const claims = new Map<FilePath, Claim[]>();

  for (const { finding, fix } of candidates) {
    const fitted = fitFix(fix, read, existing, outside);
    const reason = 'reason' in fitted ? fitted.reason : collision(fitted.fix, claims);
    if (reason !== undefined || 'reason' in fitted) {
      refused.push({ finding, title: fix.title, reason: reason ?? 'it cannot be applied' });
      continue;
    }
    accepted.push({ finding, title: fix.title, fix: fitted.fix });
    for (const [file, source] of fitted.sources) sources.set(file, source);
    for (const step of fitted.fix.steps) claim(claims, step, fix.title);
  }
  return { accepted, refused, sources };
}

/** A step that an accepted fix takes, and the title of that fix. */
type Claim = { readonly step: Step; readonly key: string; readonly title: string };

type Fitted = { readonly fix: Fix; readonly sources: ReadonlyMap<FilePath, Source> };

function fitFix(
  fix: Fix,
  read: Read,
  existing: (file: FilePath) => boolean,
  outside: Outside,
): Fitted | { readonly reason: string } {
  if (fix.steps.length === 0) return { reason: 'it has no steps that could be applied' };
  const sources = new Map<FilePath, Source>();
  const steps: Step[] = [];
  for (const step of fix.steps) {
    const fitted = fitStep(step, read, existing, sources, outside);
    if ('reason' in fitted) return fitted;
    steps.push(fitted.step);
  }
  const distinct = distinctSteps([{ ...fix, steps }]);
  if (distinct.every((step) => changesNothing(step, sources))) return { reason: 'it would change nothing' };
  const own = new Map<FilePath, Claim[]>();
  for (const step of distinct) {
    if (competitor(step, own))
      return { reason: `two of its own steps change the same place in ${fileOf(step)}` };
    claim(own, step, fix.title);
  }
  return { fix: { ...fix, steps: distinct }, sources };
}

function fitStep(
  step: Step,
  read: Read,
  existing: (file: FilePath) => boolean,
  sources: Map<FilePath, Source>,
  outside: Outside,
): { readonly step: Step } | { readonly reason: string } {
  if (step.kind === 'run') return step.argv.length > 0 ? { step } : { reason: 'its command is empty' };

  const named = step.kind === 'edit' ? step.at.file : step.file;
  const file = posix.normalize(named);
  const reason = forbidden(file, step.kind === 'edit' ? outside : []);
  if (reason) return { reason };

  if (step.kind === 'create') {
    return existing(file) ? { reason: `${file} exists already` } : { step: { ...step, file } };
  }
  if (step.kind === 'chmod') {
    return existing(file) ? { step: { ...step, file } } : { reason: `${file} does not exist` };
  }

  const source = read(file);
  if ('failure' in source) return { reason: `${file} cannot be read: ${source.because}` };
  const { start, end } = step.at;
  const fits = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end;
  if (!fits || end > source.text.length) {
    return { reason: `${file} does not reach as far as the edit does: it was changed since it was read` };
  }
  if (splitsCharacter(source.text, start) || splitsCharacter(source.text, end)) {
    return { reason: `the edit would cut a character of ${file} in two` };
  }
  sources.set(file, source);
  const written = { start, end, text: step.text };
  const edit = step.verbatim ? written : fitEdit(source.text, written);
  const confidential = step.confidential ? { confidential: true as const } : {};
  return {
    step: { kind: 'edit', at: { file, start: edit.start, end: edit.end }, text: edit.text, ...confidential },
  };
}

/**
 * Why a path must not be written, undefined where it may. What git keeps in `.git` is out of bounds as well: a file
 * there can be a program that git runs.
 */
export function forbidden(file: FilePath, outside: Outside = []): string | undefined {
  if (file.includes('\0')) return 'a path with a NUL character in it cannot be written';
  if (outside.includes(file)) return undefined;
  if (isOutside(file)) return `${file} lies outside of the workspace`;
  if (file === '.' || file.endsWith('/')) return `${file} is no file`;
  if (file.split('/').some((part) => part.toLowerCase() === '.git')) return `${file} belongs to git`;
  return undefined;
}

function changesNothing(step: Step, sources: ReadonlyMap<FilePath, Source>): boolean {
  if (step.kind !== 'edit') return false;
  return sources.get(step.at.file)?.text.slice(step.at.start, step.at.end) === step.text;
}

function collision(fix: Fix, claims: ReadonlyMap<FilePath, readonly Claim[]>): string | undefined {
  for (const step of fix.steps) {
    const other = competitor(step, claims);
    if (other) return `it changes the same place in ${fileOf(step)} as “${other.title}”`;
  }
  return undefined;
}

function competitor(step: Step, claims: ReadonlyMap<FilePath, readonly Claim[]>): Claim | undefined {
  const key = stepKey(step);
  return claims.get(fileOf(step))?.find((other) => other.key !== key && compete(step, other.step));
}

function compete(a: Step, b: Step): boolean {
  if (a.kind === 'edit' && b.kind === 'edit') {
    return editsCollide({ ...a.at, text: a.text }, { ...b.at, text: b.text });
  }
  // Permissions and content are two different things of a file; anything else about one file is not.
  return !(
    a.kind === 'run' ||
    b.kind === 'run' ||
    (a.kind !== b.kind && a.kind !== 'create' && b.kind !== 'create')
  );
}

function claim(claims: Map<FilePath, Claim[]>, step: Step, title: string): void {
  const file = fileOf(step);
  const made = { step, key: stepKey(step), title };
  const known = claims.get(file);
  if (known) known.push(made);
  else claims.set(file, [made]);
}

/** The file of a step; commands have none. */
function fileOf(step: Step): FilePath {
  if (step.kind === 'edit') return step.at.file;
  return step.kind === 'run' ? '' : step.file;
}
