import { createInterface } from 'node:readline/promises';
import type { DiagnosedFinding, Diagnosis } from '../../diagnose.ts';
import { diffOfPlan } from '../../fix/diff.ts';
import { planFixes, selectFixes } from '../../fix/plan.ts';
import { repair } from '../../fix/repair.ts';
import { snapshotOf } from '../../fix/snapshot.ts';
import { createRedactor } from '../../redact.ts';
import type { Report } from '../../report.ts';
import type { Step } from '../../rule.ts';
import type { OptionsOf } from '../commands.ts';
import { outsideOf } from '../outside.ts';
import { createRunner } from '../run-command.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

/** `--fix` and `--dry-run`. Returns the exit status, which is that of the state left on disk. */
export async function fixCommand(
  session: Session,
  flags: OptionsOf<'diagnose'>,
  print: (report: Report) => Promise<void>,
): Promise<number> {
  const before = await session.look();
  const unsafe = flags.unsafe === true && (flags.dryRun === true || (await consents(before, flags)));
  const hasTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const select = (findings: readonly DiagnosedFinding[]) =>
    selectFixes(hasTerminal || flags.dryRun ? findings : findings.map(withoutTalks), { unsafe });
  const outside = outsideOf(session.machine);

  if (flags.dryRun) {
    const { facts } = before;
    const plan = planFixes(
      select(before.findings),
      facts.files.read,
      (file) => facts.files.stat(file) !== undefined,
      outside,
    );
    // A diff shows what stands around the change; what lies outside is no part of one for this tree anyway.
    const inside = plan.accepted.filter(({ fix }) => !fix.steps.some(isConfidential));
    process.stdout.write(diffOfPlan({ ...plan, accepted: inside }, (file) => facts.files.stat(file)?.mode));
    const unshown = new Set<string>();
    for (const { fix, title } of plan.accepted) {
      for (const step of fix.steps) {
        if (step.kind === 'run') process.stderr.write(`would run: ${step.argv.join(' ')}\n`);
        if (step.kind === 'edit' && isConfidential(step))
          unshown.add(`would edit: ${step.at.file} (${title})\n`);
      }
    }
    for (const text of unshown) process.stderr.write(text);
    for (const { title, reason } of plan.refused) process.stderr.write(`left out: ${title} (${reason})\n`);
    return (await session.report(before)).exitCode;
  }

  const interrupted = new AbortController();
  // The first Ctrl-C lets the change that is under way come to its end, verified or taken back.
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  const redact = createRedactor(before.facts.projects);
  try {
    const repaired = await repair({
      diagnose: async () => snapshotOf(await session.look()),
      initial: snapshotOf(before),
      select,
      root: session.root,
      stateDirectory: session.machine.stateDirectory,
      version: VERSION,
      run: createRunner(session, before, (text) => process.stderr.write(`${redact(text)}\n`), hasTerminal),
      outside,
      signal: interrupted.signal,
    });
    const report = await session.report(await session.look(), repaired);
    await print(report);
    return interrupted.signal.aborted ? 130 : report.exitCode;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** Without the fixes that ask the person for something. */
function withoutTalks(finding: DiagnosedFinding): DiagnosedFinding {
  const fixes = finding.fixes?.filter(
    ({ steps }) => !steps.some((step) => step.kind === 'run' && step.terminal),
  );
  return fixes?.length === finding.fixes?.length ? finding : { ...finding, fixes: fixes ?? [] };
}

function isConfidential(step: Step): boolean {
  return step.kind === 'edit' && step.confidential === true;
}

/** Asks for the unsafe fixes, each with what speaks against it. Nothing is asked where there is nothing to ask. */
async function consents({ findings, facts }: Diagnosis, flags: OptionsOf<'diagnose'>): Promise<boolean> {
  const offered = selectFixes(process.stdin.isTTY ? findings : findings.map(withoutTalks), {
    unsafe: true,
  }).filter(({ fix }) => fix.safety === 'unsafe');
  if (offered.length === 0 || flags.yes) return true;
  if (!process.stdin.isTTY)
    throw new UsageError('--unsafe asks before it changes anything; without a terminal, add --yes.');
  const redact = createRedactor(facts.projects);
  process.stderr.write('These fixes are not sure to be what you want:\n');
  for (const { fix } of offered) {
    process.stderr.write(redact(`  ${fix.title}${fix.caveat ? ` (${fix.caveat})` : ''}\n`));
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Apply them as well? [y/N] ');
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
