/**
 * Shows the app with the sample reports, without files or Docker: bundle it and run it in a terminal.
 * `LOOK=ascii` shows the plain signs, `SLOW` is the milliseconds that each step takes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { renderSummary } from '../../../src/reporters/text.ts';
import { startApp } from '../../../src/ui/app.tsx';
import type { Controller, OnEvent } from '../../../src/ui/controller.ts';
import { brokenReport, mendedReport } from '../../support/sample-report.ts';

const slow = Number(process.env.SLOW ?? 50);

async function runRules(onEvent: OnEvent): Promise<void> {
  for (const rule of brokenReport.rules) {
    onEvent({ type: 'rule-started', rule: rule.id });
    await wait(slow);
    onEvent({ type: 'rule-ended', rule: rule.id, outcome: rule.outcome });
  }
}

function demoController(): Controller {
  let mended = false;
  const fix = async (onEvent: OnEvent) => {
    onEvent({ type: 'progress', text: 'applying 13 edits in 3 files' });
    await wait(slow * 4);
    await runRules(onEvent);
    mended = true;
    const { fixes: outcomes } = mendedReport;
    return { report: mendedReport, outcomes, message: '13 findings are gone, and nothing else broke.' };
  };
  return {
    diagnose: async (onEvent) => {
      await runRules(onEvent);
      return mended ? mendedReport : brokenReport;
    },
    applyFix: (_findings, _index, onEvent) => fix(onEvent),
    applyAllSafe: fix,
    undo: async () => {
      await wait(slow);
      if (!mended) return { ok: false, message: 'There is nothing to undo.' };
      mended = false;
      return { ok: true, message: '3 files are as they were before.' };
    },
  };
}

const unicode = process.env.LOOK !== 'ascii';
const report = await startApp(demoController(), { unicode });
if (report) process.stdout.write(`${renderSummary(report, { unicode, columns: 80 })}\n`);
