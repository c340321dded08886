/** The command line: reads the arguments, hands over to one command, sets the exit status. */
import { VERSION } from './version.ts';

const args = process.argv.slice(2);

// A pipe that is closed early (`dockmedic | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Asked for by scripts all the time; nothing else needs to be loaded for it.
  process.stdout.write(`${VERSION}\n`);
} else {
  const { runCli } = await import('./run.ts');
  process.exitCode = await runCli(args);
}
