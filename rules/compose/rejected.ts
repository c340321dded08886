import { placeOf, withoutValues } from '../../src/compose/said.ts';
import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'compose/rejected',
  title: 'Compose refuses the project',
  severity: 'error',
  docs: `
Where the docker CLI with its compose plugin is at hand, it is asked for a second opinion, in the background and with the
same files, env files and profiles: \`docker compose … config --quiet\`. It reads the files and asks no engine. What it
refuses and nothing else here explains is told in its own words, at the best place known; values of variables are left
out. So a project that this Compose refuses is never called healthy, be it for a fault that dockmedic does not know or for
a key that is newer than the Compose at hand.

Profiles that are not chosen stay out, since Compose leaves their services unchecked too: alternatives may exclude each
other. A project that includes or extends what lies elsewhere is not asked about, because that would be fetched.

**When to ignore it.** Where another version of Compose will run the project: \`--skip compose/rejected\`, or
\`--no-engine\`, which leaves the docker CLI out altogether.
`,
  async *check(facts) {
    const read = (file: string) => {
      const source = facts.files.read(file);
      return 'text' in source ? source : undefined;
    };
    // Asked all at once; they wait for their turn by themselves.
    const asked = facts.projects
      .filter((project) => project.remote === undefined)
      .map((project) => ({ project, verdict: facts.composeVerdict(project) }));
    // A first failure must not leave the others unheard.
    await Promise.allSettled(asked.map(({ verdict }) => verdict));
    for (const { project, verdict } of asked) {
      const answer = await verdict;
      const on = subject.project(project.id);
      if (answer.answer === 'none') yield { unverified: on, because: answer.because };
      if (answer.answer !== 'refuses') continue;
      const words = withoutValues(project, answer.said);
      yield {
        subject: on,
        at: placeOf(project, answer.said, read),
        message: `Compose refuses the project: ${words.replace(/\.$/, '')}.`,
        evidence: [`docker compose -f ${project.files.join(' -f ')} config --quiet fails`],
        consequence: 'No command of Compose works with this project.',
        secondOpinion: true,
      };
    }
  },
});
