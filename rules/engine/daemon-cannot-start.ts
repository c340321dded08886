import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/daemon-cannot-start',
  title: 'the Docker daemon of this machine does not start, and it is known why',
  severity: 'error',
  docs: `
Where nobody listens at the socket of the system's own engine, and dockerd is installed, dockmedic looks for the reason
instead of advising to start it once more: \`dockerd --validate\` reads \`daemon.json\` with the options of the unit that
starts it, without starting anything, and names what it refuses. What it does not look at (a storage driver that dockerd
no longer has, a default runtime that is not defined) is looked at here.

Where the configuration is well, the last words of the daemon decide, as far as this user may read them: the journal of
this boot, or \`/var/log/docker.log\`. A daemon that ran again afterwards, or that was stopped, is not talked about.

The file lies outside of the workspace and belongs to root: what to change is said, and nothing is written.
`,
  async *check(facts) {
    const seen = await facts.daemon();
    if (!seen) return;
    const { judgeDaemon } = await import('../../src/docker/daemon.ts');
    const verdict = judgeDaemon(seen);
    if (!verdict) return;
    const { tellDaemon } = await import('../../src/docker/daemon-words.ts');
    const place = 'at' in verdict && verdict.at ? { at: { file: verdict.file, ...verdict.at } } : {};
    // Proxies in it may hold a password.
    yield { subject: subject.engine, ...tellDaemon(verdict, seen), ...place, confidential: true };
  },
});
