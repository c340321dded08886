/** Looks at the real files of a plan and turns its changes into writes; what does not fit any more is told apart. */
import { access, constants, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from '../rule.ts';
import type { FilePath } from '../source.ts';
import { changesOf, distinctSteps, type FileChange } from './changes.ts';
import { explain } from './failure.ts';
import { type JournalEntry, sha256, type TextEdit } from './journal-model.ts';
import type { Outside, Plan, PlannedFix, RefusedFix } from './plan.ts';
import { inverseOf } from './splice.ts';
import { locateExisting, locateNew, nameIn } from './target.ts';
import { permissions, temporaryBeside, type Write } from './write.ts';

export type Prepared = {
  readonly fixes: readonly PlannedFix[];
  /** Fixes of the plan that a file stood in the way of. */
  readonly refused: readonly RefusedFix[];
  readonly changes: readonly FileChange[];
  readonly writes: readonly Write[];
  readonly entries: readonly JournalEntry[];
  /** Old contents by the names that the entries use. */
  readonly bytes: ReadonlyMap<string, Buffer>;
};

/**
 * Compares every file of a plan with the bytes that the plan was made on and finds out where it really lies. A fix
 * that touches a file which does not fit any more is refused whole; the others stay.
 *
 * @param root a real path
 */
export async function preparePlan(plan: Plan, root: string, outside: Outside = []): Promise<Prepared> {
  const changes = changesOf(
    plan.accepted.map(({ fix }) => fix),
    plan.sources,
  );
  const obstacles = new Map<FilePath, string>();
  const writes = new Map<string, { readonly write: Write; readonly change: FileChange }>();
  for (const change of changes) {
    const write = await prepareChange(change, root, outside);
    if ('reason' in write) {
      obstacles.set(change.file, write.reason);
      continue;
    }
    const other = writes.get(write.target)?.write.file;
    if (other !== undefined) obstacles.set(change.file, `${change.file} is the same file as ${other}`);
    else writes.set(write.target, { write, change });
  }
  if (obstacles.size > 0) return withoutObstacles(plan, root, obstacles, outside);

  const bytes = new Map<string, Buffer>();
  const entries = [...writes.values()].map(({ write, change }, index) => {
    if (outside.includes(write.file))
      return entryOutside(
        write,
        inverseOf(editsOf(plan, write.file), plan.sources.get(write.file)?.text ?? ''),
      );
    const name = write.kind === 'replace' ? `${index}.bytes` : null;
    if (name !== null && write.kind === 'replace') bytes.set(name, write.before);
    return entryOf(write, root, name, change.kind === 'create' ? null : change.mode);
  });
  return {
    fixes: plan.accepted,
    refused: [],
    changes,
    writes: [...writes.values()].map(({ write }) => write),
    entries,
    bytes,
  };
}

/** The same plan without the fixes that touch a file which stands in the way. They go whole, so there are fewer. */
async function withoutObstacles(
  plan: Plan,
  root: string,
  obstacles: ReadonlyMap<FilePath, string>,
  outside: Outside,
): Promise<Prepared> {
  const refused: RefusedFix[] = [];
  const accepted = plan.accepted.filter(({ finding, title, fix }) => {
    const reason = fix.steps
      .flatMap(filesOf)
      .map((file) => obstacles.get(file))
      .find((found) => found !== undefined);
    if (reason !== undefined) refused.push({ finding, title, reason });
    return reason === undefined;
  });
  const prepared = await preparePlan({ ...plan, accepted }, root, outside);
  return { ...prepared, refused: [...refused, ...prepared.refused] };
}

function filesOf(step: Step): readonly FilePath[] {
  if (step.kind === 'run') return [];
  return [step.kind === 'edit' ? step.at.file : step.file];
}

async function prepareChange(
  change: FileChange,
  root: string,
  outside: Outside,
): Promise<Write | { readonly reason: string }> {
  const { file } = change;
  if (change.kind === 'create') {
    const located = await locateNew(root, file);
    if ('reason' in located) return located;
    const { target, directories } = located;
    const temporary = temporaryBeside(target);
    return {
      kind: 'create',
      file,
      target,
      temporary,
      after: Buffer.from(change.after),
      mode: change.mode,
      directories,
    };
  }

  const located = await locateExisting(root, file, outside);
  if ('reason' in located) return located;
  const { target } = located;
  const common = { file, target, temporary: temporaryBeside(target) };
  try {
    const found = await stat(target);
    const mode = permissions(found.mode);
    if (change.kind === 'chmod')
      return { ...common, kind: 'chmod', modeBefore: mode, modeAfter: change.mode };
    if (!found.isFile()) return { reason: `${file} is no plain file` };
    if ((mode & 0o222) === 0) return { reason: `${file} is read-only` };
    await access(target, constants.W_OK);
    await access(path.dirname(target), constants.W_OK);
    const before = await readFile(target);
    if (!before.equals(Buffer.from(change.before)))
      return { reason: `${file} was changed since it was read` };
    const after = Buffer.from(change.after);
    return { ...common, kind: 'replace', before, after, modeBefore: mode, modeAfter: change.mode ?? mode };
  } catch (error) {
    return { reason: explain(file, error) };
  }
}

/** The edits of a plan to one file. */
function editsOf(plan: Plan, file: FilePath): readonly TextEdit[] {
  return distinctSteps(plan.accepted.map(({ fix }) => fix)).flatMap((step) =>
    step.kind === 'edit' && step.at.file === file
      ? [{ start: step.at.start, end: step.at.end, text: step.text }]
      : [],
  );
}

/** A file outside of the workspace is named by its absolute path, and none of it is copied but what is changed. */
function entryOutside(write: Write, inverse: readonly TextEdit[]): JournalEntry {
  return {
    ...entryOf(write, '', null, null),
    target: write.target,
    temporary: write.temporary,
    inverse,
  };
}

function entryOf(write: Write, root: string, bytes: string | null, newMode: number | null): JournalEntry {
  return {
    file: write.file,
    target: nameIn(root, write.target),
    bytes,
    oldSha256: write.kind === 'replace' ? sha256(write.before) : null,
    newSha256: write.kind === 'replace' || write.kind === 'create' ? sha256(write.after) : null,
    oldMode: write.kind === 'replace' || write.kind === 'chmod' ? write.modeBefore : null,
    newMode,
    temporary: nameIn(root, write.temporary),
    directories: write.kind === 'create' ? write.directories.map((directory) => nameIn(root, directory)) : [],
  };
}
