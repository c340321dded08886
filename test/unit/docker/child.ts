/** Child processes of the tests; each is ended by its own id. */
import { type ChildProcess, spawn } from 'node:child_process';

/** Runs a piece of JavaScript in a Node of its own and waits until it has printed a line. */
export async function startNode(
  script: string,
  args: readonly string[] = [],
): Promise<{ child: ChildProcess; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before it was ready`)));
    child.stdout?.once('data', () => resolve());
  });
  return {
    child,
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
