/** Fixes as a unified diff that `git apply` takes. Commands are no part of it. */
import { formatPatch, structuredPatch } from 'diff';
import type { Fix } from '../rule.ts';
import type { FilePath } from '../source.ts';
import { changesOf, type FileChange } from './changes.ts';
import { type Plan, planFixes, type Read } from './plan.ts';

/** The permission bits of a file; undefined where they are not known. */
export type ModeOf = (file: FilePath) => number | undefined;

/**
 * What a fix would do to the files, whatever its safety; empty where it only runs commands or could not land.
 *
 * @param modeOf lets a change of permissions name the old ones; without it they are taken to differ
 */
export function diffOfFix(fix: Fix, read: Read, modeOf?: ModeOf): string {
  const existing = (file: FilePath) => {
    const found = read(file);
    return !('failure' in found) || found.failure !== 'missing';
  };
  return diffOfPlan(planFixes([{ finding: '', fix }], read, existing), modeOf);
}

/** What the accepted fixes of a plan do to the files together. */
export function diffOfPlan(plan: Plan, modeOf: ModeOf = () => undefined): string {
  const fixes = plan.accepted.map((planned) => planned.fix);
  return changesOf(fixes, plan.sources)
    .map((change) => diffOfChange(change, modeOf(change.file)))
    .join('');
}

function diffOfChange(change: FileChange, oldMode: number | undefined): string {
  const { file } = change;
  if (change.kind === 'create') {
    const patch = structuredPatch('/dev/null', `b/${file}`, '', change.after, undefined, undefined, CONTEXT);
    return formatPatch({ ...patch, isGit: true, isCreate: true, newMode: gitMode(change.mode ?? 0o644) });
  }
  const [before, after] = change.kind === 'edit' ? [change.before, change.after] : ['', ''];
  const modes = modeChange(change.mode, oldMode);
  if (before === after && !modes) return '';
  const cut = aroundChange(before, after);
  const patch = structuredPatch(
    `a/${file}`,
    `b/${file}`,
    cut.before,
    cut.after,
    undefined,
    undefined,
    CONTEXT,
  );
  const hunks = patch.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + cut.above,
    newStart: hunk.newStart + cut.above,
  }));
  return formatPatch({ ...patch, hunks, isGit: true, ...modes });
}

/**
 * Two texts without most of what they have in common at their beginning: a fix changes a line or two, and to compare
 * a long file with itself for each of its fixes takes its time. What follows the change stays, so that the end of the
 * file is seen for what it is.
 */
function aroundChange(before: string, after: string): { before: string; after: string; above: number } {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same++;
  // A negative place would be taken for the first.
  const lineStart = (at: number) => (at < 1 ? 0 : before.lastIndexOf('\n', at - 1) + 1);
  let start = lineStart(same);
  for (let lines = 0; lines < CONTEXT.context; lines++) start = lineStart(start - 1);
  let above = 0;
  for (let at = before.indexOf('\n'); at >= 0 && at < start; at = before.indexOf('\n', at + 1)) above++;
  return { before: before.slice(start), after: after.slice(start), above };
}

const CONTEXT = { context: 3 };

/** Git knows two kinds of plain files: those that the owner may execute, and the others. */
function gitMode(mode: number): '100644' | '100755' {
  return mode & 0o100 ? '100755' : '100644';
}

function modeChange(
  mode: number | null,
  oldMode: number | undefined,
): { oldMode: string; newMode: string } | undefined {
  if (mode === null) return undefined;
  const to = gitMode(mode);
  const from = oldMode === undefined ? (to === '100755' ? '100644' : '100755') : gitMode(oldMode);
  return from === to ? undefined : { oldMode: from, newMode: to };
}

/** How many lines differ between two texts, as a diff counts them; null stands for a file that is not there. */
export function countLines(before: string | null, after: string | null): { added: number; removed: number } {
  const patch = structuredPatch('a', 'b', before ?? '', after ?? '', undefined, undefined, { context: 0 });
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count('+'), removed: count('-') };
}
