/** Absolute paths that only one person's machine has, and what they may be in this workspace. */
import { posix } from 'node:path';
import { replaceScalar } from '../compose/edit.ts';
import type { PathRef, Project } from '../compose/model.ts';
import type { Facts } from '../facts.ts';
import { isOutside, relativeTo } from '../paths.ts';
import type { Fix } from '../rule.ts';
import type { FilePath } from '../source.ts';

/** Below /home these are the accounts of servers, where a stack may well lie. */
const ACCOUNTS_OF_SERVERS = new Set([
  'admin',
  'app',
  'centos',
  'core',
  'debian',
  'deploy',
  'deployer',
  'docker',
  'ec2-user',
  'fedora',
  'git',
  'jenkins',
  'node',
  'pi',
  'runner',
  'ubuntu',
  'user',
  'vagrant',
  'www',
  'www-data',
]);

export type MachinePath = {
  /** Whose machine it is. */
  readonly user: string;
  /** What follows the person's directory. */
  readonly rest: readonly string[];
};

/** A path below a person's directory that is written out and is not here; undefined for every other one. */
export function machinePath(facts: Facts, ref: PathRef): MachinePath | undefined {
  if (ref.scalar.parts || !isOutside(ref.path) || facts.files.stat(ref.path)) return undefined;
  const written = ref.written.replaceAll('\\', '/');
  const found =
    /^((?:\/Users|\/home|\/mnt\/[a-z]\/Users|\/[a-z]\/Users|[A-Za-z]:\/Users)\/([^/]+))\/?(.*)$/.exec(
      written,
    );
  const [, home, user, rest = ''] = found ?? [];
  if (home === undefined || user === undefined || user === 'Shared' || user === 'Public') return undefined;
  // The person is somebody here: then the path is only missing.
  if (facts.files.stat(home)) return undefined;
  if (written.startsWith('/home/') && ACCOUNTS_OF_SERVERS.has(user)) return undefined;
  return { user, rest: rest.split('/').filter((part) => part !== '') };
}

/** The longest end of the path that is in this workspace, as seen from the root or from the project. */
export function sameHere(
  facts: Facts,
  project: Project,
  { rest }: MachinePath,
  kind: 'file' | 'directory' | undefined,
): FilePath | undefined {
  const fits = (path: FilePath) => {
    const found = facts.files.stat(path)?.kind;
    return found !== undefined && found !== 'other' && (kind === undefined || found === kind);
  };
  for (let start = 0; start < rest.length; start++) {
    const tail = rest.slice(start).join('/');
    for (const from of ['.', project.directory]) {
      const path = posix.join(from, tail);
      // A name alone may be that of anything, unless it is a file's.
      const telling = rest.length - start > 1 || facts.files.stat(path)?.kind === 'file';
      if (telling && !isOutside(path) && fits(path)) return path;
    }
  }
  // `/Users/ana/shop` itself, in a project of that name.
  return rest.at(-1)?.toLowerCase() === project.name && kind !== 'file' ? project.directory : undefined;
}

/** The fix that writes a path of this workspace in its place, always as a path: with `./` in front. */
export function writeRelative(facts: Facts, key: string, ref: PathRef, target: FilePath): Fix | undefined {
  const source = facts.files.read(ref.scalar.at.file);
  const relative = relativeTo(ref.scalar.base, target);
  if (!('text' in source) || relative === undefined || !ref.scalar.text.startsWith(ref.written))
    return undefined;
  const written = relative.startsWith('.') ? relative : `./${relative}`;
  const step = replaceScalar(ref.scalar, source, written + ref.scalar.text.slice(ref.written.length));
  if (!step) return undefined;
  return {
    title: `${key}: ${ref.written} → ${written}`,
    safety: 'unsafe',
    caveat: 'the end of the path is the same, and nothing else speaks for it',
    steps: [step],
  };
}
