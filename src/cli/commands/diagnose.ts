import { rules } from '../../../rules/index.ts';
import { nearest } from '../../nearest.ts';
import type { Report } from '../../report.ts';
import { renderJson } from '../../reporters/json.ts';
import { renderText } from '../../reporters/text.ts';
import { LAYERS } from '../../rule.ts';
import type { OptionsOf } from '../commands.ts';
import { locate } from '../locate.ts';
import { lookOfStdout, thisMachine } from '../machine.ts';
import { secondsOf } from '../seconds.ts';
import { openSession, type Session, type SessionOptions } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `dockmedic [dir]`: looks, reports, and with `--fix` repairs. Returns the exit status. */
export async function diagnoseCommand(directory: string, flags: OptionsOf<'diagnose'>): Promise<number> {
  refuseContradictions(flags);
  const session = openSession(sessionOptions(directory, flags));

  if (flags.fix || flags.dryRun) {
    const { fixCommand } = await import('./fix.ts');
    return fixCommand(session, flags, (report) => print(report, flags));
  }
  if (flags.format === undefined && hasScreen()) {
    const { screenCommand } = await import('./screen.ts');
    return screenCommand(session, (report) => print(report, flags));
  }
  const { report, crashes } = await lookOnce(session);
  await print(report, flags);
  for (const { rule, error } of crashes) {
    const said = error instanceof Error ? error.message : String(error);
    process.stderr.write(`dockmedic: ${rule} failed, which is a bug in dockmedic: ${said}\n`);
    if (process.env.DOCKMEDIC_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
  return report.exitCode;
}

async function lookOnce(session: Session) {
  const diagnosis = await session.look();
  return { report: await session.report(diagnosis), crashes: diagnosis.crashes };
}

async function print(report: Report, flags: OptionsOf<'diagnose'>): Promise<void> {
  if (flags.format === 'json') {
    process.stdout.write(renderJson(report));
    return;
  }
  const look = await lookOfStdout(flags.color);
  process.stdout.write(renderText(report, { ...look, verbose: flags.verbose === true }));
}

/** The screen needs a terminal on both sides; CI systems give one that nobody sits at. */
function hasScreen(): boolean {
  const { CI, TERM } = process.env;
  const ci = CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !ci && TERM !== 'dumb';
}

function refuseContradictions(flags: OptionsOf<'diagnose'>): void {
  if (flags.unsafe && !flags.fix && !flags.dryRun)
    throw new UsageError('--unsafe goes with --fix or --dry-run.');
  if (flags.yes && !flags.unsafe)
    throw new UsageError('--yes goes with --unsafe: safe fixes need no consent.');
  if (flags.fix && flags.dryRun)
    throw new UsageError('--fix writes and --dry-run does not: give one of them.');
  if (flags.dryRun && flags.format)
    throw new UsageError('--dry-run prints a diff, so --format does not go with it.');
}

function sessionOptions(directory: string, flags: OptionsOf<'diagnose'>): SessionOptions {
  const { root, selection } = locate(directory, flags);
  return {
    root,
    selection,
    machine: thisMachine(),
    only: knownRules('--only', flags.only ?? []),
    skip: knownRules('--skip', flags.skip ?? []),
    failOn: flags.failOn,
    askEngine: flags.engine,
    askRegistries: !flags.offline,
    timeoutMs: secondsOf(flags.timeout) * 1_000,
  };
}

function knownRules(flag: string, names: readonly string[]): readonly string[] {
  const known = [...rules.map((rule) => rule.id), ...LAYERS];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known) ?? rules.find((rule) => rule.id.endsWith(`/${name}`))?.id;
    throw new UsageError(
      `${flag}: there is no rule or layer "${name}"${near ? `; did you mean ${near}?` : ' (see dockmedic rules).'}`,
    );
  }
  return names;
}
