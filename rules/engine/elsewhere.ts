import { placeOfPath } from '../../src/compose/within.ts';
import { shownPath } from '../../src/repair/steps.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/elsewhere',
  title: 'a service mounts files of this machine, and the engine runs on another one',
  severity: 'warning',
  docs: `
A bind mount names a path on the machine of the *engine*. Where that is another machine, or the one below this container,
the path is not there: Docker creates an empty directory of that name and mounts that, and says nothing. Ports are
published there as well, not on this machine's \`localhost\`.

Where the engine is tells not by its address (a tunnel ends on 127.0.0.1) but by what it says of itself: its host name and
kernel against this machine's own. Docker Desktop and the other virtual machines that share files with this machine are
not meant, and neither is a container whose workspace is mounted from the very same path of the machine below.

**When to ignore it.** Where the same files are on both sides, as with a shared volume of a CI system.
`,
  async *check(facts) {
    const seen = await facts.engineHealth();
    const { isSamePathOutside, whereabouts } = await import('../../src/docker/health.ts');
    const where = whereabouts(seen);
    if (where !== 'elsewhere' && where !== 'outside') return;
    if (where === 'outside' && isSamePathOutside(seen.here)) return;
    const machine = seen.name === undefined ? 'another machine' : `the machine "${seen.name}"`;
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        const binds = service.binds.filter(({ source }) => isOfWorkspace(source.path));
        const [bind] = binds;
        if (!bind || !service.active) continue;
        const more = binds.length > 1 ? ` (and ${binds.length - 1} more)` : '';
        yield {
          subject: subject.service(project.id, service.name),
          at: placeOfPath(bind.source),
          message: `Service "${service.name}" mounts ${shownPath(bind.source)}${more} from here, and the engine runs on ${machine}.`,
          evidence: [
            `${seen.host} says that it runs on "${seen.name}" (kernel ${seen.kernel ?? 'unknown'}); this is "${seen.here.name}" (kernel ${seen.here.kernel})${seen.here.container ? ', a container' : ''}`,
          ],
          consequence:
            'Docker mounts an empty directory of that machine instead, and ports are published there, not here.',
          advice:
            'Copy the files into the image, put them into a volume or a config, or let the engine run where the files are.',
          cause: {
            id: 'engine-elsewhere',
            title: `The engine runs on ${machine}, and services mount files from here`,
          },
        };
      }
    }
  },
});

/** A path that the compose file writes relative to itself; an absolute one may well be meant for the other machine. */
function isOfWorkspace(path: string): boolean {
  return !/^(?:[\\/~]|[A-Za-z]:)/.test(path);
}
