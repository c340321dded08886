/** Runs the commands of fixes: argv arrays that rules wrote, never text from a compose file put through a shell. */
import type { Diagnosis } from '../diagnose.ts';
import type { RunCommand } from '../fix/restore.ts';
import type { Session } from './session.ts';

/** The most that a command may take, in milliseconds: a build or the boot of a virtual machine. */
const COMMAND_MS = 10 * 60_000;
const ENGINE_MS = 120_000;

/**
 * A runner that knows, from the fixes of a diagnosis, which commands are only done once an engine answers, and which
 * talk to the person.
 *
 * @param hasTerminal whether those may have the terminal that this process was started on
 */
export function createRunner(
  session: Session,
  diagnosis: Diagnosis,
  say: (text: string) => void,
  hasTerminal: boolean,
): RunCommand {
  const talks = new Set<string>();
  const waits = new Map<string, string>();
  for (const finding of diagnosis.findings) {
    for (const fix of finding.fixes ?? []) {
      for (const step of fix.steps) {
        if (step.kind === 'run' && step.untilEngineAnswers)
          waits.set(step.argv.join('\0'), step.untilEngineAnswers);
        if (step.kind === 'run' && step.terminal) talks.add(step.argv.join('\0'));
      }
    }
  }
  return async (argv, why) => {
    say(`run     ${argv.join(' ')}   (${why})`);
    if (talks.has(argv.join('\0'))) {
      if (hasTerminal) return handOver(session.root, argv);
      return { ok: false, output: 'it asks for a password and needs a terminal; run it yourself' };
    }
    const host = waits.get(argv.join('\0'));
    return host === undefined ? runOnce(session.root, argv) : startEngine(session, argv, host, say);
  };
}

async function startEngine(
  session: Session,
  argv: readonly string[],
  host: string,
  say: (text: string) => void,
): ReturnType<RunCommand> {
  const { startAndWait } = await import('../docker/start.ts');
  let told = 0;
  const started = await startAndWait(argv, host, {
    environment: session.machine.docker,
    timeoutMs: ENGINE_MS,
    onProgress: ({ ms, seen }) => {
      if (ms - told < 2_000) return;
      told = ms;
      say(`wait    ${Math.round(ms / 1_000)} s: ${seen}`);
    },
  });
  if (!started.up) return { ok: false, output: [started.seen, started.output].filter(Boolean).join('\n') };
  say(`up      an engine answers at ${host}`);
  // It may answer and still run nothing.
  const { proveContainers } = await import('../docker/prove.ts');
  const proof = await proveContainers(host, session.machine.docker);
  if (!proof.ok) return { ok: false, output: proof.seen };
  say(`check   ${proof.seen}`);
  return { ok: true, output: '' };
}

/** Gives the terminal to a command until it ends: what is typed there never passes through this process. */
async function handOver(root: string, [file, ...args]: readonly string[]): ReturnType<RunCommand> {
  if (file === undefined) return { ok: false, output: 'there is no command' };
  const { execa } = await import('execa');
  const result = await execa(file, args, { cwd: root, reject: false, stdio: 'inherit', timeout: COMMAND_MS });
  return { ok: !result.failed, output: result.failed ? 'see above' : '' };
}

/** Runs one command in the workspace and waits for it; what it printed last is kept. Never throws. */
export async function runOnce(root: string, [file, ...args]: readonly string[]): ReturnType<RunCommand> {
  if (file === undefined) return { ok: false, output: 'there is no command' };
  const { execa } = await import('execa');
  const result = await execa(file, args, {
    cwd: root,
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: COMMAND_MS,
    maxBuffer: 1024 * 1024,
  });
  const output = (result.all ?? '').slice(-4_096);
  return { ok: !result.failed, output: output || (result.shortMessage ?? '') };
}
