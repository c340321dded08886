/** What can be typed, and which command it runs. */

import { Command, CommanderError, Option } from 'commander';
import { nearest } from '../nearest.ts';
import { SEVERITIES } from '../rule.ts';
import { NoProject } from '../workspace/workspace.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { explainCommand } from './commands/explain.ts';
import { rulesCommand } from './commands/rules.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

const list = (value: string, before: readonly string[] = []) => [
  ...before,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];
const repeated = (value: string, before: readonly string[] = []) => [...before, value];

/**
 * Runs one call; the exit status is returned, never set here.
 *
 * 0 nothing wrong, 1 findings, 2 not run as asked, 3 something could not be checked, 130 interrupted.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = createProgram((result) => {
    status = result;
  });
  try {
    await program.parseAsync(args as string[], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      process.stderr.write(`dockmedic: ${usageSentence(error.message, args, program)}\n`);
      return 2;
    }
    if (error instanceof UsageError || error instanceof NoProject) {
      process.stderr.write(`dockmedic: ${error.message}\n`);
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

function createProgram(done: (status: number) => void): Command {
  const program = new Command('dockmedic')
    .description('Finds out why a Docker stack does not come up, and repairs what it can prove it repaired.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
    .argument('[dir]', 'the directory to look at', '.')
    .option('-f, --file <file>', 'a compose file to take, as `docker compose -f`; may be repeated', repeated)
    .option('--project-directory <dir>', 'what relative paths are resolved against, as in Compose')
    .option('--env-file <file>', 'take variables from this file instead of .env; may be repeated', repeated)
    .option('--profile <name>', 'a profile to switch on; may be repeated', repeated)
    .option('--fix', 'apply the safe fixes, check each, and report what remains')
    .option('--unsafe', 'with --fix: the unsafe ones too, after asking')
    .option('-y, --yes', 'with --unsafe: do not ask')
    .option('--dry-run', 'print what --fix would change as a diff that `git apply` takes, and change nothing')
    .option('--only <rules>', 'run only these rules or layers (compose, compose/dockerfile-not-found)', list)
    .option('--skip <rules>', 'leave these rules or layers out', list)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...SEVERITIES, 'never'])
        .default('error'),
    )
    .option('--offline', 'ask no registry')
    .option('--no-engine', 'ask no Docker engine, and not the docker CLI')
    .option('--timeout <seconds>', 'for everything that is asked of engines and registries together', '10')
    .addOption(
      new Option('--format <format>', 'how to report (default: the screen on a terminal, else text)').choices(
        ['text', 'json'],
      ),
    )
    .option('--verbose', 'list every place of a fault')
    .option('--color', 'colour even where it would not be used')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      '\nExit status: 0 nothing wrong, 1 findings, 2 not run as asked, 3 something could not be checked.',
    )
    .action(async (directory: string, options) => {
      done(await diagnoseCommand(directory, options));
    });

  program
    .command('explain')
    .description('say what a rule looks for, why it matters and when to ignore it')
    .argument('<rule>', 'compose/dockerfile-not-found')
    .action(async (rule: string) => {
      done(explainCommand(rule));
    });
  program
    .command('rules')
    .description('list the rules')
    .addOption(new Option('--format <format>', 'how to list them').choices(['text', 'json']).default('text'))
    .action(async (options) => {
      done(rulesCommand(options.format));
    });
  program
    .command('config')
    .description('print what Compose makes of the files, and where each value comes from')
    .argument('[dir]', 'the directory to look at', '.')
    .option('-f, --file <file>', 'a compose file to take; may be repeated', repeated)
    .option('--project-directory <dir>', 'what relative paths are resolved against')
    .option('--env-file <file>', 'take variables from this file instead of .env; may be repeated', repeated)
    .option('--profile <name>', 'a profile to switch on; may be repeated', repeated)
    .option('--values', 'print the values of environment variables, which may be secret')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (directory: string, options) => {
      const { configCommand } = await import('./commands/config.ts');
      done(configCommand(directory, options));
    });
  program
    .command('undo')
    .description('take back what the last --fix changed')
    .argument('[dir]', 'the directory that was fixed', '.')
    .action(async (directory: string) => {
      // With what it rests on (the journal, cryptography) it would cost every other command a tenth of its start.
      const { undoCommand } = await import('./commands/undo.ts');
      done(await undoCommand(directory));
    });
  for (const command of program.commands) {
    command
      .exitOverride()
      .helpCommand(false)
      .showSuggestionAfterError(false)
      .configureOutput({ writeErr: () => {} });
  }
  return program;
}

/** One clear line from what commander says, with the nearest right spelling. */
function usageSentence(message: string, args: readonly string[], program: Command): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const unknown = /^unknown option '([^']+)'/.exec(text)?.[1];
  if (unknown !== undefined) {
    const command = program.commands.find((one) => one.name() === args[0]) ?? program;
    const known = command.options.flatMap((option) =>
      [option.long, option.short].filter((name) => name !== undefined),
    );
    const near = nearest(unknown.split('=')[0] ?? unknown, [...known, '--help']);
    return `there is no option ${unknown}${near ? `; did you mean ${near}?` : ' (see dockmedic --help).'}`;
  }
  const choice = /^option '([^']+)' argument '([^']*)' is invalid\. Allowed choices are (.+)\.$/.exec(text);
  if (choice) {
    const [, option = '', value = '', choices = ''] = choice;
    const near = nearest(value, choices.split(', '));
    const flag = /--[\w-]+/.exec(option)?.[0] ?? option;
    return `${flag} takes ${choices.replaceAll(', ', ', ')}, not "${value}"${near ? `; did you mean ${near}?` : '.'}`;
  }
  return `${text.replace(/\.$/, '')} (see dockmedic --help).`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
