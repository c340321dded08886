/** Where an ssh that was to lead to an engine ended, in words and as data. */
import type { SshFault } from './model.ts';
import { type Down, down, printable } from './ping-failure.ts';
import { type SshEnd, type SshLine, sshFaultOf, sshReach, withoutDebug } from './ssh.ts';
import type { SshTarget } from './ssh-target.ts';

const words: Readonly<Record<SshFault, string>> = {
  'ssh-missing': 'there is no ssh here',
  'host-unknown': 'its name does not resolve',
  refused: 'nobody listens there',
  unreachable: 'it does not take a connection',
  'host-key-unknown': 'its host key is not known here',
  'host-key-changed': 'its host key is another one than the one known here',
  'key-refused': 'it refuses every key of this user',
  'would-ask': 'ssh would ask for a passphrase or a password, which dockmedic does not',
  'docker-missing': 'it lets this user in, and has no docker command',
  'docker-too-old': 'it lets this user in, and its docker knows no `system dial-stdio`',
  'engine-denied': 'it lets this user in, and its engine does not',
  'engine-down': 'it lets this user in, and its engine does not answer',
  failed: 'ssh ended without an engine',
};

/** The place that ssh goes to, as one would type it. */
function sshName({ user, hostname, port }: SshTarget): string {
  return `${user ? `${user}@` : ''}${hostname}${port ? `:${port}` : ''}`;
}

export function sshEnded(target: SshTarget, end: SshEnd): Down {
  const fault = sshFaultOf(end);
  const said = printable(lastOf(withoutDebug(end.stderr)));
  const more =
    said === '' ? `status ${end.exitCode ?? 'unknown'}` : `ssh says "${said.replaceAll('"', "'")}"`;
  return sshDown(target, fault, fault === 'ssh-missing' ? '' : `; ${more}`);
}

/** An ssh that was given up. */
export function sshSilence(target: SshTarget, line: SshLine | undefined, within: string): Down {
  const reach = sshReach(line?.said() ?? '');
  if (reach === 'nowhere') return sshDown(target, 'unreachable', ` ${within}`);
  const name = sshName(target);
  if (reach === 'connected')
    return down('ssh', `${name}: the log-in over ssh did not end ${within}`, detail(target, 'failed'));
  return down('timeout', `${name}: ssh is in, and its engine sent no answer ${within}`, {
    kind: 'silence',
    connected: true,
  });
}

function sshDown(target: SshTarget, fault: SshFault, more: string): Down {
  return down('ssh', `${sshName(target)}: ${words[fault]}${more}`, detail(target, fault));
}

function detail(target: SshTarget, fault: SshFault) {
  return { kind: 'ssh', fault, target: sshName(target) } as const;
}

/** What ssh says last is what it ended with. */
function lastOf(text: string): string {
  return (
    text
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^@+$/.test(line.trim()))
      .at(-1) ?? ''
  );
}
