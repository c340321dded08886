/** Runs what was typed: one call of one command. */

import { clean } from '../reporters/terminal-text.ts';
import { NoProject } from '../workspace/workspace.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { hasUnicode } from './machine.ts';
import { type Call, parseCall } from './parse.ts';
import { withoutRelative } from './search-path.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/**
 * Runs one call; the exit status is returned, never set here.
 *
 * 0 nothing wrong, 1 findings, 2 not run as asked, 3 something could not be checked, 130 interrupted.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  if (process.env.PATH) process.env.PATH = withoutRelative(process.env.PATH);
  try {
    return await run(parseCall(args));
  } catch (error) {
    if (error instanceof UsageError || error instanceof NoProject) {
      // What was typed is told as it was typed, but on one line and harmless to the terminal.
      process.stderr.write(`dockmedic: ${clean(error.message, hasUnicode())}\n`);
      return 2;
    }
    process.stderr.write(
      `dockmedic: this is a bug in dockmedic ${VERSION}, not in your stack: ${messageOf(error)}\n`,
    );
    if (process.env.DOCKMEDIC_DEBUG) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    else process.stderr.write('Set DOCKMEDIC_DEBUG=1 to see where it happened.\n');
    return 2;
  }
}

/** What a plain run does not need is loaded where it is asked for: `undo` alone would be a tenth of every start. */
async function run(call: Call): Promise<number> {
  switch (call.command) {
    case 'diagnose':
      return diagnoseCommand(call.argument, call.options);
    case 'explain':
      return (await import('./commands/explain.ts')).explainCommand(call.argument);
    case 'rules':
      return (await import('./commands/rules.ts')).rulesCommand(call.options.format);
    case 'config':
      return (await import('./commands/config.ts')).configCommand(call.argument, call.options);
    case 'engine':
      return (await import('./commands/engine.ts')).engineCommand(call.options);
    case 'image':
      return (await import('./commands/image.ts')).imageCommand(call.argument, call.options);
    case 'undo':
      return (await import('./commands/undo.ts')).undoCommand(call.argument);
    case 'help': {
      const { helpOf } = await import('./help.ts');
      process.stdout.write(helpOf(call.about, process.stdout.columns ?? 80));
      return 0;
    }
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return 0;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
