import { withoutPassword } from '../../src/docker/host.ts';
import { type EngineVerdict, isUp, judgeEngine } from '../../src/docker/judge.ts';
import type { AskedEndpoint, EngineEndpoints } from '../../src/docker/model.ts';
import type { Facts } from '../../src/facts.ts';
import { neededImages } from '../../src/needed-images.ts';
import { defineRule, type Severity } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: 'engine/unreachable',
  title: 'no Docker engine answers where the CLI would ask',
  severity: 'error',
  docs: `
The docker CLI asks one endpoint: \`DOCKER_HOST\`, else the context of \`DOCKER_CONTEXT\`, else the current context of
its configuration, else the default socket. Whatever keeps that from answering, it says \`Cannot connect to the Docker
daemon … Is the docker daemon running?\`, or something worse. dockmedic asks the same endpoint and tells apart: there is no
socket, nobody listens, you may not (and whether a new log-in would do), it hangs, Docker Desktop is stopped, starting,
paused or waits for a sign-in, TLS or ssh fails and on which side, it is no engine at all. It also asks the other endpoints
of this machine, since an engine that answers elsewhere means a wrong context or a stale variable rather than a stopped
engine; engines of other machines are not knocked at merely to look around. \`dockmedic engine\` shows every endpoint that
was considered, and why it lost.

**Fixes.** Start the engine, where exactly one provider fits, and wait until it answers; let a stopped one go on; switch the
context to an engine that does answer; add the user to the group of the socket. Nothing is started where several are
installed and none was chosen, and no variable of your shell is unset for you. Files are checked all the same: a stopped
engine hides no wrong path. \`--no-engine\` leaves the engine alone.
`,
  async *check(facts) {
    const endpoints = await facts.endpoints();
    const verdict = judgeEngine(endpoints);
    if (verdict.verdict === 'answers') return;
    // The words of all verdicts are many, and most runs need none of them.
    const [{ adviceOf }, { sentenceOf }, { engineFixes }] = await Promise.all([
      import('../../src/docker/engine-advice.ts'),
      import('../../src/docker/engine-words.ts'),
      import('../../src/repair/engine.ts'),
    ]);
    if (isUp(verdict, endpoints) === undefined) {
      const sentence = sentenceOf(verdict, endpoints).replace(/\.$/, '');
      yield { unverified: subject.engine, because: sentence.charAt(0).toLowerCase() + sentence.slice(1) };
      return;
    }
    const advice = adviceOf(verdict, endpoints);
    yield {
      subject: subject.engine,
      severity: severityOf(verdict, facts, endpoints),
      message: sentenceOf(verdict, endpoints),
      // Where it is known why the daemon does not start, that is the fault, and nobody answers because of it.
      ...(WITHOUT_DAEMON.has(verdict.verdict) && { secondOpinion: true as const }),
      // Being added to a group mends the first of these and leaves the second.
      ...(verdict.verdict.startsWith('not-in-') && { detail: verdict.verdict }),
      evidence: evidenceOf(endpoints),
      ...(isUp(verdict, endpoints) === false && {
        consequence: 'Nothing can be built or started, and nothing that the engine knows could be checked.',
      }),
      ...(advice !== undefined && { advice }),
      fixes: engineFixes(verdict, endpoints),
    };
  },
});

/** What is seen of a daemon that did not start. */
const WITHOUT_DAEMON: ReadonlySet<string> = new Set(['socket-missing', 'nobody-listens']);

/** Images of Docker Hub that are made for Linux alone, whatever the tag. */
const FOR_LINUX =
  /^(?:docker\.io\/)?(?:library\/)?(?:alpine|debian|ubuntu|nginx|httpd|haproxy|postgres|redis|valkey|mysql|mariadb|rabbitmq|memcached|node|php|ruby|wordpress)(?:[:@]|$)/;

/** An engine for Windows containers may be meant, and so may Podman. */
function severityOf(judged: EngineVerdict, facts: Facts, { chosen }: EngineEndpoints): Severity {
  const { verdict } = judged;
  // Docker goes on without its configuration file, and says so.
  if (
    judged.verdict === 'choice-at-fault' &&
    judged.kind === 'config-unreadable' &&
    chosen.ping.answer === 'up'
  )
    return 'warning';
  if (verdict === 'answers-as-podman') return 'info';
  if (verdict !== 'answers-for-windows') return 'error';
  return neededImages(facts).some(({ reference }) => FOR_LINUX.test(reference)) ? 'error' : 'warning';
}

function evidenceOf({ chosen, fault, others, surroundings }: EngineEndpoints): readonly string[] {
  const { status, signIn, termsOpen } = surroundings?.desktop ?? {};
  const { ping } = chosen;
  return [
    // A fault of the choice is all that was seen, and stands in the sentence.
    ...(ping.answer === 'up' ? toldOf(chosen) : ping.seen === fault?.message ? [] : [ping.seen]),
    ...(status ? [`\`docker desktop status\` says ${status}`] : []),
    ...(signIn && chosen.provider === 'docker-desktop'
      ? [`${signIn.file} asks for a member of ${signIn.organisations.join(' or ')}, and nobody is signed in`]
      : []),
    ...(termsOpen ? [`${termsOpen} says that the terms are not accepted`] : []),
    ...others.map((other) => `${withoutPassword(other.host)} (${other.from}): ${answerOf(other)}`),
  ];
}

function toldOf({ ping }: AskedEndpoint): readonly string[] {
  if (ping.answer === 'down') return [];
  const parts = [ping.product, ping.serverVersion, ping.os].filter((part) => part !== undefined);
  return parts.length > 0 ? [`/version answered ${parts.join(', ')}`] : [];
}

function answerOf(endpoint: AskedEndpoint): string {
  return endpoint.ping.answer === 'up' ? 'an engine answers' : endpoint.ping.seen;
}
