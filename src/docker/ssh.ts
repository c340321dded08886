/**
 * Engines behind `ssh://`: reached as the docker CLI does, by the system's own ssh and `docker system dial-stdio` on the
 * other side (docker/cli, `cli/connhelper`), except that ssh is never let to ask the person for anything.
 */
import { Duplex } from 'node:stream';
import type { DockerEnvironment } from './environment.ts';
import type { SshFault } from './model.ts';
import type { SshTarget } from './ssh-target.ts';

/** The arguments of ssh. `-v` makes it say how far it came, which is all that tells some failures apart. */
function sshArguments(target: SshTarget, seconds: number): readonly string[] {
  const { user, port, hostname, socket } = target;
  // The other side's shell reads the words of the command again.
  const at = socket === undefined ? [] : ['--host', `'unix://${socket.replaceAll("'", "'\\''")}'`];
  return [
    ...['-v', '-T', '-o', 'BatchMode=yes', '-o', `ConnectTimeout=${Math.max(1, Math.ceil(seconds))}`],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    ...['--', hostname, 'docker', ...at, 'system', 'dial-stdio'],
  ];
}

/** How an ssh that was to lead to an engine ended. */
export type SshEnd = {
  /** Undefined where it was ended from this side. */
  readonly exitCode: number | undefined;
  /** True where there is no ssh here. */
  readonly absent: boolean;
  readonly stderr: string;
};

export type SshLine = {
  /** What HTTP is spoken over. */
  readonly stream: Duplex;
  /** What it came to. */
  end(): Promise<SshEnd>;
  /** What ssh said until now. */
  said(): string;
  close(): void;
};

/** Starts ssh; never throws for how it ends. */
export async function dialSsh(
  target: SshTarget,
  environment: DockerEnvironment,
  seconds: number,
): Promise<SshLine> {
  const { execa } = await import('execa');
  const child = execa('ssh', sshArguments(target, seconds), {
    // Its messages in English: they are read.
    env: { ...environment.env, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: { stderr: true, stdout: false },
    maxBuffer: 1024 * 1024,
    reject: false,
    forceKillAfterDelay: 500,
    windowsHide: true,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 256 * 1024) said += chunk.toString('utf8');
  });
  const ended = child.then(
    (result): SshEnd => ({ exitCode: result.exitCode, absent: result.code === 'ENOENT', stderr: said }),
  );
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('error', () => undefined);
  // What an HTTP client asks of a network connection, and a pipe has not.
  const nothing = () => stream;
  Object.assign(stream, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  });
  return {
    stream,
    end: () => ended,
    said: () => said,
    close: () => {
      stream.destroy();
      child.kill('SIGTERM');
    },
  };
}

const faults: readonly (readonly [RegExp, SshFault])[] = [
  [/Could not resolve hostname|Name or service not known|nodename nor servname/i, 'host-unknown'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/i, 'host-key-changed'],
  [/Host key verification failed|No \S+ host key is known for/i, 'host-key-unknown'],
  [/port \d+: Connection refused/i, 'refused'],
  [/port \d+: .*(?:timed out|No route to host|unreachable)|Connection timed out/i, 'unreachable'],
  [
    /permission denied while trying to connect to the Docker daemon|raw stream connection: .*permission denied/i,
    'engine-denied',
  ],
  [
    /Cannot connect to the Docker daemon|failed to connect to the docker API|raw stream connection: /i,
    'engine-down',
  ],
  [
    /docker: (?:command )?not found|docker: No such file|'docker' is not recognized|Unknown command: docker/i,
    'docker-missing',
  ],
  [/is not a docker command|unknown command|unknown flag: --host|dial-stdio/i, 'docker-too-old'],
];

/** Which fault an ssh ended with, by what it said and its status. */
export function sshFaultOf({ absent, exitCode, stderr }: SshEnd): SshFault {
  if (absent) return 'ssh-missing';
  const refused = /Permission denied \(([^)]*)\)/.exec(stderr);
  if (refused) {
    // The server takes a key that is locked, or would take a password: with a person at hand, ssh may come in.
    const asks = /Server accepts key/.test(stderr) || /password|keyboard-interactive/.test(refused[1] ?? '');
    return asks ? 'would-ask' : 'key-refused';
  }
  const told = withoutDebug(stderr);
  const found = faults.find(([pattern]) => pattern.test(told))?.[1];
  if (found) return found;
  return exitCode === 127 ? 'docker-missing' : 'failed';
}

/** How far an ssh came that was given up. */
export function sshReach(said: string): 'nowhere' | 'connected' | 'logged-in' {
  if (/^debug1: Entering interactive session|^Authenticated to /m.test(said)) return 'logged-in';
  return /^debug1: Connection established/m.test(said) ? 'connected' : 'nowhere';
}

/** What ssh and the other side said, without how it came there. */
export function withoutDebug(stderr: string): string {
  return stderr
    .split(/\r?\n/)
    .filter(
      (line) =>
        !/^(?:debug\d:|OpenSSH_|Authenticated to |Authenticated using |Transferred: |Bytes per second:|Warning: Permanently added)/.test(
          line,
        ),
    )
    .join('\n')
    .trim();
}
