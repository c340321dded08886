import { askEndpoints } from '../../docker/engine.ts';
import { adviceOf } from '../../docker/engine-advice.ts';
import { sentenceOf } from '../../docker/engine-words.ts';
import { isUp, judgeEngine } from '../../docker/judge.ts';
import { traceEngine } from '../../docker/trace.ts';
import { engineFixes } from '../../repair/engine.ts';
import type { OptionsOf } from '../commands.ts';
import { type EngineAnswer, renderEngine } from '../engine-text.ts';
import { lookOfStdout, thisMachine } from '../machine.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

/**
 * `dockmedic engine`: which engine docker would ask, what answers, and why every other endpoint lost. Returns 0 where the
 * chosen one answers, 1 where it does not, 3 where that could not be told.
 */
export async function engineCommand(flags: OptionsOf<'engine'>): Promise<number> {
  const seconds = Number(flags.timeout);
  if (flags.timeout.trim() === '' || !Number.isFinite(seconds) || seconds <= 0 || seconds > 3_600)
    throw new UsageError(`--timeout takes seconds from 0.1 to 3600, not "${flags.timeout}".`);
  const { docker } = thisMachine();
  const endpoints = await askEndpoints(docker, { timeoutMs: seconds * 1_000 });
  const verdict = judgeEngine(endpoints);
  const up = isUp(verdict, endpoints);
  const answer: EngineAnswer = {
    up,
    verdict,
    sentence: sentenceOf(verdict, endpoints),
    advice: adviceOf(verdict, endpoints),
    fixes: engineFixes(verdict, endpoints),
    endpoints,
    trace: traceEngine(docker, endpoints),
  };
  process.stdout.write(
    flags.format === 'json' ? jsonOf(answer) : renderEngine(answer, await lookOfStdout(flags.color)),
  );
  return up === undefined ? 3 : up ? 0 : 1;
}

/** The document of `--format json`, described in docs/engine-json.md. */
function jsonOf({ up, verdict, sentence, advice, fixes, endpoints, trace }: EngineAnswer): string {
  const { chosen, startable } = endpoints;
  const { ping } = chosen;
  const { verdict: kind, ...about } = verdict;
  const document = {
    schemaVersion: 1,
    tool: { name: 'dockmedic', version: VERSION },
    status: up === undefined ? 'unverified' : up ? 'pass' : 'fail',
    verdict: { kind, sentence, ...('provider' in about ? {} : { about }), advice: advice ?? null },
    engine:
      ping.answer === 'up'
        ? {
            version: ping.serverVersion ?? null,
            apiVersion: ping.apiVersion,
            os: ping.os ?? null,
            product: ping.product ?? null,
            provider: chosen.provider ?? null,
          }
        : null,
    order: trace.order,
    others: trace.others,
    installed: startable.map(({ id, name, seen, start, host, needsPrivilege }) => ({
      id,
      name,
      seen,
      start,
      host,
      needsPrivilege,
    })),
    fixes: fixes.map(({ title, safety, caveat, steps }) => ({
      title,
      safety,
      caveat: caveat ?? null,
      commands: steps.flatMap((step) => (step.kind === 'run' ? [step.argv] : [])),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
