import { describe, expect, it } from 'vitest';
import { sshFaultOf, sshReach } from '../../../src/docker/ssh.ts';
import { sshTargetOf } from '../../../src/docker/ssh-target.ts';

describe('an ssh address', () => {
  it.each([
    ['ssh://build', { hostname: 'build' }],
    ['ssh://mia@build:2222', { hostname: 'build', user: 'mia', port: '2222' }],
    ['ssh://[::1]:2222', { hostname: '::1', port: '2222' }],
    ['ssh://build/run/user/1000/docker.sock', { hostname: 'build', socket: '/run/user/1000/docker.sock' }],
  ])('%s', (host, target) => {
    expect(sshTargetOf(host)).toEqual(target);
  });

  it.each([
    ['ssh://mia:s3cret@build', /no password/],
    ['ssh://-oProxyCommand=x', /names no host/],
    ['ssh://-lroot@build', /names no host/],
    ['ssh://build/?x', /does not have the form/],
  ])('%s is none', (host, because) => {
    expect(sshTargetOf(host)).toEqual({ because: expect.stringMatching(because) });
  });
});

describe('the end of an ssh', () => {
  // The words of OpenSSH 9.2 and docker 28.5.
  it.each([
    ['ssh: Could not resolve hostname nohost: Name or service not known', 255, 'host-unknown'],
    ['ssh: connect to host x port 22: Connection refused', 255, 'refused'],
    ['ssh: connect to host x port 22: No route to host', 255, 'unreachable'],
    ['ssh: connect to host x port 22: Connection timed out', 255, 'unreachable'],
    ['Host key verification failed.', 255, 'host-key-unknown'],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
      255,
      'host-key-changed',
    ],
    ['mia@x: Permission denied (publickey).', 255, 'key-refused'],
    ['mia@x: Permission denied (publickey,password).', 255, 'would-ask'],
    ['debug1: Server accepts key: /k\nmia@x: Permission denied (publickey).', 255, 'would-ask'],
    ['bash: line 1: docker: command not found', 127, 'docker-missing'],
    ["docker: 'system dial-stdio' is not a docker command.", 1, 'docker-too-old'],
    [
      'failed to open the raw stream connection: dial unix /x.sock: connect: permission denied',
      1,
      'engine-denied',
    ],
    [
      'failed to open the raw stream connection: dial unix /x.sock: connect: no such file or directory',
      1,
      'engine-down',
    ],
    // What ssh tells of itself is no reason.
    ['debug1: Sending command: docker system dial-stdio\nbye', 255, 'failed'],
  ])('%s', (stderr, exitCode, fault) => {
    expect(sshFaultOf({ absent: false, exitCode, stderr })).toBe(fault);
  });

  it('that was given up is known by how far it came', () => {
    expect(sshReach('OpenSSH_9.2\ndebug1: Connecting to x')).toBe('nowhere');
    expect(sshReach('debug1: Connection established.\n')).toBe('connected');
    expect(
      sshReach('debug1: Connection established.\nAuthenticated to x ([::1]:22) using "publickey".\n'),
    ).toBe('logged-in');
  });
});
