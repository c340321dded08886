import { statSync } from 'node:fs';
import path from 'node:path';
import { undoLast } from '../../fix/undo.ts';
import { thisMachine } from '../machine.ts';
import { outsideOf } from '../outside.ts';
import { runOnce } from '../run-command.ts';
import { UsageError } from '../usage-error.ts';

/** `dockmedic undo [dir]`: takes back the last run that changed something here. */
export async function undoCommand(directory: string): Promise<number> {
  const root = path.resolve(directory);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`there is no directory "${directory}" here.`);
  }
  const { ok, message } = await undo(root);
  (ok ? process.stdout : process.stderr).write(`${message}\n`);
  return ok ? 0 : 2;
}

/** Takes the last run back and says in words what came of it. */
export async function undo(root: string): Promise<{ ok: boolean; message: string }> {
  const machine = thisMachine();
  const run = (argv: readonly string[]) => runOnce(root, argv);
  const undone = await undoLast(root, machine.stateDirectory, run, outsideOf(machine));
  switch (undone.state) {
    case 'nothing':
      return { ok: true, message: 'There is nothing to take back here.' };
    case 'damaged':
      return {
        ok: false,
        message: `The journal in ${undone.directory} cannot be read, so nothing was taken back.`,
      };
    case 'refused': {
      const files = undone.conflicts.map(({ file, reason }) => `  ${file}: ${reason}`);
      return {
        ok: false,
        message: ['Nothing was taken back, because of changes made since:', ...files].join('\n'),
      };
    }
    case 'failed':
      return { ok: false, message: `It could not be taken back: ${undone.reason}.` };
    case 'restored': {
      const files = undone.files.length;
      const what = [
        files === 1 ? '1 file is' : `${files} files are`,
        `as before the run of ${undone.at}`,
      ].join(' ');
      const left = undone.irreversible.map(
        (argv) => `  ${argv.join(' ')}: this command cannot be taken back`,
      );
      const failed = undone.runs
        .filter((run) => !run.ok)
        .map((run) => `  ${run.argv.join(' ')}: ${run.output}`);
      return { ok: failed.length === 0, message: [`${what}.`, ...left, ...failed].join('\n') };
    }
  }
}
