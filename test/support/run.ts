import { execa } from 'execa';

export type RunResult = {
  /** Exit status; undefined where a signal ended the command or it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Where the command could not be started: why. */
  readonly stderr: string;
};

export type RunOptions = {
  readonly cwd?: string;
  /** On top of this process's environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** Runs a command without a shell, with nothing on its input, and never throws for how it ended. */
export async function run(
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<RunResult> {
  const [file, ...args] = argv;
  const result = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    extendEnv: false,
    env: { ...process.env, ...options.env },
  });
  const started = result.exitCode !== undefined || result.signal !== undefined;
  const because = result instanceof Error ? result.message : '';
  return { code: result.exitCode, stdout: result.stdout, stderr: started ? result.stderr : because };
}
