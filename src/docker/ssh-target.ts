/** Reads the address of an engine behind ssh, as the docker CLI does (docker/cli, `cli/connhelper/ssh`). */

export type SshTarget = {
  readonly hostname: string;
  readonly user?: string;
  readonly port?: string;
  /** The engine's socket over there, where it is not the usual one. */
  readonly socket?: string;
};

/** Reads an `ssh://` address; what Docker refuses in one is said as the end of a sentence. */
export function sshTargetOf(host: string): SshTarget | { readonly because: string } {
  const match = /^ssh:\/\/(?:([^@/]*)@)?(\[[0-9A-Fa-f:.%]+\]|[^\s:/?#[\]@]*)(?::(\d*))?(\/[^?#]*)?$/.exec(
    host,
  );
  if (!match) return { because: 'it does not have the form ssh://USER@HOST:PORT' };
  const [, login = '', name = '', port = '', socket = ''] = match;
  const [user = '', ...password] = login.split(':');
  if (password.length > 0) return { because: 'Docker takes no password in an ssh address' };
  const hostname = name.replace(/^\[|\]$/g, '');
  // ssh takes what starts so for an option.
  if (hostname === '' || hostname.startsWith('-') || user.startsWith('-'))
    return { because: 'it names no host' };
  return {
    hostname,
    ...(user && { user }),
    ...(port && { port }),
    ...(socket.length > 1 && { socket }),
  };
}
