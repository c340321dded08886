/** What a set of fixes makes of each file: the one account that the diff shows and that is written. Pure. */
import type { Fix, Step } from '../rule.ts';
import type { FilePath, Source } from '../source.ts';
import { applyEdits } from './splice.ts';

export type FileChange =
  | {
      readonly kind: 'edit';
      readonly file: FilePath;
      readonly before: string;
      readonly after: string;
      /** The permission bits to give it; null where they stay. */
      readonly mode: number | null;
    }
  | { readonly kind: 'create'; readonly file: FilePath; readonly after: string; readonly mode: number | null }
  | { readonly kind: 'chmod'; readonly file: FilePath; readonly mode: number };

export type RunStep = Extract<Step, { kind: 'run' }>;

/** Equal for steps that do the same thing; fixes that share such a step share one change. */
export function stepKey(step: Step): string {
  switch (step.kind) {
    case 'edit':
      return JSON.stringify(['edit', step.at.file, step.at.start, step.at.end, step.text]);
    case 'create':
      return JSON.stringify(['create', step.file, step.text, step.mode ?? null]);
    case 'chmod':
      return JSON.stringify(['chmod', step.file, step.mode]);
    case 'run':
      return JSON.stringify(['run', step.argv, step.undo ?? null]);
  }
}

/** The steps of all fixes, each once, in the order in which they first occur. */
export function distinctSteps(fixes: readonly Fix[]): readonly Step[] {
  return [...new Map(fixes.flatMap((fix) => fix.steps).map((step) => [stepKey(step), step])).values()];
}

/**
 * The change of each file, sorted by path. Expects the fixes of a plan (their edits fit and do not collide) and the
 * texts that it was made on.
 */
export function changesOf(
  fixes: readonly Fix[],
  sources: ReadonlyMap<FilePath, Source>,
): readonly FileChange[] {
  const steps = distinctSteps(fixes);
  const changes = new Map<FilePath, FileChange>();
  for (const step of steps) {
    if (step.kind === 'create') {
      changes.set(step.file, { kind: 'create', file: step.file, after: step.text, mode: step.mode ?? null });
    }
    if (step.kind === 'chmod') changes.set(step.file, { kind: 'chmod', file: step.file, mode: step.mode });
  }
  for (const file of new Set(steps.flatMap((step) => (step.kind === 'edit' ? [step.at.file] : [])))) {
    const source = sources.get(file);
    if (!source) continue;
    const edits = steps.flatMap((step) =>
      step.kind === 'edit' && step.at.file === file ? [{ ...step.at, text: step.text }] : [],
    );
    const permissions = changes.get(file);
    changes.set(file, {
      kind: 'edit',
      file,
      before: source.text,
      after: applyEdits(source.text, edits),
      mode: permissions?.kind === 'chmod' ? permissions.mode : null,
    });
  }
  return [...changes.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The commands of all fixes, each once, in order. */
export function runsOf(fixes: readonly Fix[]): readonly RunStep[] {
  return distinctSteps(fixes).filter((step) => step.kind === 'run');
}
