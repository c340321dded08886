import { parsePlatform } from '../../registry/platform.ts';
import { traceImage } from '../../registry/trace.ts';
import type { ImageTrace } from '../../registry/trace-model.ts';
import type { OptionsOf } from '../commands.ts';
import { renderImage } from '../image-text.ts';
import { lookOfStdout, thisMachine } from '../machine.ts';
import { secondsOf } from '../seconds.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

/** `dockmedic image <reference>`: the way of one image from its name to a verdict. Returns the exit status. */
export async function imageCommand(reference: string, flags: OptionsOf<'image'>): Promise<number> {
  const { platform } = flags;
  const timeoutMs = secondsOf(flags.timeout) * 1_000;
  if (platform !== undefined && !parsePlatform(platform))
    throw new UsageError(`--platform takes os/architecture[/variant], as linux/arm64, not "${platform}".`);
  const trace = await traceImage(reference, {
    environment: thisMachine().docker,
    ...(platform === undefined ? {} : { platform }),
    askEngine: flags.engine,
    timeoutMs,
  });
  const exitCode = exitCodeOf(trace);
  if (flags.format === 'json') {
    const tool = { name: 'dockmedic', version: VERSION };
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, tool, exitCode, ...trace }, null, 2)}\n`);
    return exitCode;
  }
  process.stdout.write(renderImage(trace, await lookOfStdout(flags.color)));
  return exitCode;
}

/** 0 it exists, 1 Docker cannot pull it as things stand, 3 it could not be told. */
function exitCodeOf({ verdict, disagreement }: ImageTrace): number {
  if (disagreement?.side === 'engine') return 1;
  if (verdict.verdict === 'exists') return 0;
  return verdict.verdict === 'cannot-reach' ? 3 : 1;
}
