/** Why a user may not use a socket: its owner and group, and what this user is to them. Pure, over a few small files. */
import { type DockerEnvironment, variable } from './environment.ts';
import type { AccessDetail } from './model.ts';

export type SocketStat = { readonly uid: number; readonly gid: number; readonly mode: number };

/**
 * Whether the group of a socket would let this user in. Membership is read from the machine's files: what a directory
 * service knows beyond them is not, so that nothing is looked up over a network.
 */
export function accessTo(
  path: string,
  { uid, gid, mode }: SocketStat,
  environment: DockerEnvironment,
): AccessDetail {
  const user = userName(environment);
  const group = groupOf(gid, environment);
  // Connecting to a socket needs the right to write.
  const helps = (mode & 0o020) !== 0 && environment.uid !== uid;
  return {
    kind: 'access',
    path,
    at: 'socket',
    owner: { uid, gid, mode: mode & 0o7777 },
    ...(helps && {
      group: {
        gid,
        ...(group && { name: group.name }),
        membership: membershipOf(gid, group?.members ?? [], user, environment),
      },
    }),
    ...(user && { user }),
  };
}

function membershipOf(
  gid: number,
  members: readonly string[],
  user: string | undefined,
  environment: DockerEnvironment,
): 'none' | 'listed' | 'in-session' {
  if (environment.groups?.includes(gid)) return 'in-session';
  const primary = lineOf(environment, '/etc/passwd', (fields) => fields[0] === user)?.[3];
  const listed = user !== undefined && (members.includes(user) || primary === String(gid));
  return listed ? 'listed' : 'none';
}

/** The name of this user: that of the number in the user file, else what the session says. */
export function userName(environment: DockerEnvironment): string | undefined {
  const known = lineOf(environment, '/etc/passwd', (fields) => fields[2] === String(environment.uid))?.[0];
  const name = known ?? variable(environment, 'USER') ?? variable(environment, 'LOGNAME');
  // It becomes an argument of a command.
  return name !== undefined && /^[A-Za-z_][\w.@-]*$/.test(name) ? name : undefined;
}

function groupOf(
  gid: number,
  environment: DockerEnvironment,
): { name: string; members: readonly string[] } | undefined {
  const line = lineOf(environment, '/etc/group', (fields) => fields[2] === String(gid));
  const [name, , , members = ''] = line ?? [];
  if (name === undefined || !/^[A-Za-z_][\w.@-]*$/.test(name)) return undefined;
  return { name, members: members.split(',').map((member) => member.trim()) };
}

/** The first line of a file of `:`-separated fields that is the one. */
function lineOf(
  environment: DockerEnvironment,
  file: string,
  is: (fields: readonly string[]) => boolean,
): readonly string[] | undefined {
  const text = environment.disk.read(file) ?? '';
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find(is);
}
