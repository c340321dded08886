import type { Diagnosis } from '../../diagnose.ts';
import type { Candidate } from '../../fix/plan.ts';
import { selectFixes } from '../../fix/plan.ts';
import { repair } from '../../fix/repair.ts';
import { snapshotOf } from '../../fix/snapshot.ts';
import { createRedactor } from '../../redact.ts';
import type { Report } from '../../report.ts';
import type { Controller, FixRun, OnEvent } from '../../ui/controller.ts';
import { hasUnicode, wantsColour } from '../machine.ts';
import { outsideOf } from '../outside.ts';
import { createRunner } from '../run-command.ts';
import type { Session } from '../session.ts';
import { VERSION } from '../version.ts';
import { undo } from './undo.ts';

/** The screen in the terminal; when it closes, the last report is printed as text, so that it stays to be read. */
export async function screenCommand(
  session: Session,
  print: (report: Report) => Promise<void>,
): Promise<number> {
  const { startApp } = await import('../../ui/app.tsx');
  const report = await startApp(createController(session), {
    unicode: hasUnicode(),
    colour: wantsColour(undefined, process.stdout),
  });
  // Closed before anything was known: what is still being asked of engines and registries must not hold the shell.
  if (!report) process.exit(130);
  await print(report);
  return report.exitCode;
}

function createController(session: Session): Controller {
  let last: Diagnosis | undefined;

  const look = async (onEvent: OnEvent) => {
    last = await session.look(onEvent);
    return last;
  };

  /** Applies what `select` chooses of the findings; the fixes of later rounds only where `again` says so. */
  const apply = async (
    select: (findings: Diagnosis['findings']) => readonly Candidate[],
    onEvent: OnEvent,
    mostRounds: number,
  ): Promise<FixRun> => {
    const before = last ?? (await look(onEvent));
    const redact = createRedactor(before.facts.projects);
    const say = (text: string) => onEvent({ type: 'progress', text: redact(text) });
    const repaired = await repair({
      diagnose: async () => snapshotOf(await session.look(onEvent)),
      initial: snapshotOf(before),
      select,
      root: session.root,
      stateDirectory: session.machine.stateDirectory,
      version: VERSION,
      // The screen has the terminal: what asks for a password has to be run beside it.
      run: createRunner(session, before, say, false),
      outside: outsideOf(session.machine),
      mostRounds,
      onProgress: (event) => {
        if (event.type === 'applied') say('checking what was changed');
        if (event.type === 'rolled-back') say('taken back');
      },
    });
    const report = await session.report(await look(onEvent), repaired);
    return { report, outcomes: repaired.outcomes, message: messageOf(repaired.outcomes, redact) };
  };

  return {
    diagnose: async (onEvent) => session.report(await look(onEvent)),
    applyFix: (ids, index, onEvent) =>
      apply(
        (findings) =>
          findings.flatMap((finding) => {
            const fix = ids.includes(finding.id) ? finding.fixes?.[index] : undefined;
            return fix ? [{ finding: finding.id, fix }] : [];
          }),
        onEvent,
        1,
      ),
    applyAllSafe: (onEvent) => apply((findings) => selectFixes(findings, { unsafe: false }), onEvent, 5),
    undo: () => undo(session.root),
  };
}

function messageOf(outcomes: FixRun['outcomes'], redact: (text: string) => string): string {
  const verified = outcomes.filter(({ state }) => state === 'verified').length;
  const other = outcomes.find(({ state }) => state !== 'verified');
  const done = verified === 0 ? '' : `${verified} mended and verified.`;
  const not = other
    ? `${other.state === 'refused' ? 'Left out' : 'Taken back'}: ${redact(other.reason ?? other.title)}.`
    : '';
  return [done, not].filter(Boolean).join(' ') || 'There was nothing to apply.';
}
