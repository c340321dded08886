import { posix } from 'node:path';
import { replaceScalar } from '../../src/compose/edit.ts';
import type { Bind, Service } from '../../src/compose/model.ts';
import { placeOfPath, placeWithin } from '../../src/compose/within.ts';
import type { Facts } from '../../src/facts.ts';
import { isAbsolute, isOutside } from '../../src/paths.ts';
import { kindInImage, namesFile } from '../../src/repair/bind-kind.ts';
import { lastSeen } from '../../src/repair/gone.ts';
import { repairPath } from '../../src/repair/path.ts';
import { pointTo, shownPath, writtenAs } from '../../src/repair/steps.ts';
import { defineRule, type Finding, type Fix, type Step } from '../../src/rule.ts';
import type { FilePath, Place } from '../../src/source.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/bind-kind-mismatch',
  title: 'a directory is mounted where a file is meant, or a file where a directory is',
  severity: 'error',
  docs: `
Where the image has a file at the target and the source is a directory, or the reverse, the container does not start:
\`error mounting "…" to rootfs at "…": not a directory: Are you trying to mount a directory onto a file (or
vice-versa)?\`. Where the image has nothing there, Docker makes the target what the source is, and the program finds a
directory in the place of its configuration.

Very often Docker made that directory itself: a file was missing at an earlier start, Docker put an **empty directory** of
its name there, and now the file cannot come back. Such a directory is an error where source and target are both named
as only files are. Other directories with such a target are a warning, unless the image is known to have a file there.

**Tried before it is offered.** A file of the target's name inside the directory; for what Docker made, a file that git
renamed or that differs in letter case alone. The empty directory is removed with \`rmdir\`, which refuses to remove one that
holds anything.

**When to ignore it.** An empty directory that a step before the start replaces by a file.
`,
  async *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        for (const bind of service.binds) {
          const kind = facts.files.stat(bind.source.path)?.kind;
          const found =
            kind === 'directory'
              ? await ofDirectory(facts, service, bind)
              : kind === 'file'
                ? ofFile(facts, service, bind)
                : undefined;
          if (!found) continue;
          yield {
            subject: subject.service(project.id, service.name),
            detail: bind.target,
            at: kind === 'file' ? placeOfTarget(bind) : placeOfPath(bind.source),
            ...found,
          };
        }
      }
    }
  },
});

type Said = Omit<Finding, 'subject' | 'at' | 'detail'>;

const REFUSED =
  'The container does not start: "Are you trying to mount a directory onto a file (or vice-versa)?"';

async function ofDirectory(facts: Facts, service: Service, bind: Bind): Promise<Said | undefined> {
  const { source, target } = bind;
  const refused = kindInImage(imageOf(service), target) === 'file';
  const written = shownPath(source);
  const empty = facts.files.list(source.path).length === 0;
  if (empty && namesFile(source.path) && namesFile(target) && !isSubmodule(facts, source.path))
    return madeByDocker(facts, service, bind, refused);
  if (!refused && (!namesFile(target) || namesFile(source.path))) return undefined;

  const inside = posix.join(source.path, posix.basename(target));
  const fits = facts.files.stat(inside)?.kind === 'file';
  const step = fits ? pointTo(facts, source, inside) : undefined;
  return {
    severity: refused ? 'error' : 'warning',
    message: `Service "${service.name}" mounts the directory ${written} at ${target}, where ${refused ? 'the image has' : 'the name says'} a file.`,
    evidence: [
      `${source.path} is a directory`,
      ...(fits ? [`${inside} is a file with the name of the target`] : []),
    ],
    consequence: refused ? REFUSED : 'The program finds a directory in the place of its file.',
    ...(step
      ? {
          fixes: [
            {
              title: `volumes: ${written} → ${writtenAs(source.written, source.scalar.base, inside) ?? inside}`,
              safety: refused ? ('safe' as const) : ('unsafe' as const),
              ...(refused ? {} : { caveat: 'the names are the same, and nothing else speaks for it' }),
              steps: [step],
            },
          ],
        }
      : { advice: 'Name the file, or mount the directory at a directory.' }),
  };
}

async function madeByDocker(
  facts: Facts,
  service: Service,
  { source, target }: Bind,
  refused: boolean,
): Promise<Said> {
  const written = shownPath(source);
  const outside = isOutside(source.path) || isAbsolute(written) || source.scalar.parts !== undefined;
  const repair = outside ? { fixes: [], evidence: [] } : await repairPath(facts, 'volumes', source, 'file');
  const gone =
    outside || repair.fixes.length > 0 ? undefined : await lastSeen(facts, source.path, 'and mount it then');
  const remove = outside ? undefined : removal(source.path);
  return {
    severity: outside && !refused ? 'warning' : 'error',
    message: `Service "${service.name}" mounts ${written} at ${target}: an empty directory in the place of a file.`,
    evidence: [
      `${source.path} is a directory and holds nothing`,
      'Docker makes such a directory when the file is missing at a start',
      ...repair.evidence,
      ...(gone?.known ? [gone.evidence[0] ?? ''] : []),
    ],
    consequence: refused ? REFUSED : 'The program finds a directory in the place of its file.',
    ...(repair.fixes.length > 0
      ? {}
      : {
          advice: gone?.known
            ? `Remove the directory, then bring the file back: ${gone.advice.replace(/^Bring it back with /, '')}`
            : `Remove the directory (\`rmdir ${source.path}\`) and put the file in its place.`,
        }),
    ...(repair.cause ? { cause: repair.cause } : {}),
    fixes: remove
      ? repair.fixes.length > 0
        ? repair.fixes.map((fix) => ({
            ...fix,
            title: `${fix.title}, and remove the empty directory`,
            steps: [...fix.steps, remove],
          }))
        : [onlyRemove(source.path, remove)]
      : [],
  };
}

function removal(path: FilePath): Step {
  return {
    kind: 'run',
    argv: ['rmdir', `./${path}`],
    undo: ['mkdir', `./${path}`],
    why: 'removes the empty directory that Docker made',
  };
}

function onlyRemove(path: FilePath, step: Step): Fix {
  return {
    title: `remove the empty directory ${path}`,
    safety: 'unsafe',
    caveat: 'the file that belongs there is still yours to put there',
    steps: [step],
  };
}

/** A submodule that is not initialised is an empty directory too. */
function isSubmodule(facts: Facts, path: FilePath): boolean {
  const modules = facts.files.read('.gitmodules');
  return (
    'text' in modules &&
    modules.text.split('\n').some((line) => /^\s*path\s*=\s*(.*?)\s*$/.exec(line)?.[1] === path)
  );
}

function ofFile(facts: Facts, service: Service, bind: Bind): Said | undefined {
  const { source, target } = bind;
  const refused = kindInImage(imageOf(service), target) === 'directory';
  if (!refused && !(target.length > 1 && target.endsWith('/'))) return undefined;
  const written = shownPath(source);
  const wanted = posix.join(target, posix.basename(source.path));
  const step = retarget(facts, bind, wanted);
  // A directory whose files are taken one by one; anywhere else the name of the file is only likely.
  const telling = /\.d\/?$|\/html\/?$/.test(target) && namesFile(source.path);
  return {
    severity: refused ? 'error' : 'warning',
    message: `Service "${service.name}" mounts the file ${written} at ${target}, ${refused ? 'which is a directory in its image' : 'which is written as a directory'}.`,
    evidence: [`${source.path} is a file`],
    consequence: refused
      ? REFUSED
      : `Docker mounts the file at ${target.replace(/\/+$/, '')} itself, if nothing is there.`,
    ...(step
      ? {
          fixes: [
            {
              title: `volumes: ${target} → ${wanted}`,
              safety: refused && telling ? ('safe' as const) : ('unsafe' as const),
              ...(refused && telling ? {} : { caveat: 'the file may be meant to have another name there' }),
              steps: [step],
            },
          ],
        }
      : { advice: `Name the file in the target: ${wanted}.` }),
  };
}

/** The target of a short volume; a long one is told by its source. */
function placeOfTarget({ source, target }: Bind): Place {
  const start = source.written.length + 1;
  return source.scalar.text.startsWith(`${source.written}:${target}`)
    ? placeWithin(source.scalar, start, start + target.length)
    : placeOfPath(source);
}

/** The edit that changes the target of a short volume, or of a long one. */
function retarget(facts: Facts, { source, target, form }: Bind, wanted: string): Step | undefined {
  const { scalar } = source;
  const read = facts.files.read(scalar.at.file);
  if (!('text' in read) || form === 'long' || scalar.parts) return undefined;
  const lead = `${source.written}:`;
  if (!scalar.text.startsWith(lead + target)) return undefined;
  return replaceScalar(scalar, read, lead + wanted + scalar.text.slice(lead.length + target.length));
}

/** The image as it is pulled; one that is built may hold anything. */
function imageOf(service: Service): string | undefined {
  return service.build ? undefined : service.image?.text.trim();
}
