/** The sentences of the engine's verdicts, in one place: for the rule and for `dockmedic engine`. Pure. */
import { addressOf, withoutPassword } from './host.ts';
import type { EngineVerdict } from './judge.ts';
import type { AskedEndpoint, EngineEndpoints, ProviderId, SshFault, TlsFault } from './model.ts';

export const providerNames: Readonly<Record<ProviderId, string>> = {
  'docker-desktop': 'Docker Desktop',
  'docker-engine': 'Docker Engine',
  'docker-rootless': 'Docker Engine (rootless)',
  colima: 'Colima',
  orbstack: 'OrbStack',
  'rancher-desktop': 'Rancher Desktop',
  podman: 'Podman',
  lima: 'Lima',
};

/** One sentence: what is wrong with the endpoint that docker would use. */
export function sentenceOf(verdict: EngineVerdict, endpoints: EngineEndpoints): string {
  return astray(verdict, endpoints) ?? plainSentence(verdict, endpoints);
}

/** Where the engine that was meant may be another one: the choice is what is wrong, more than the engine. */
function astray(verdict: EngineVerdict, endpoints: EngineEndpoints): string | undefined {
  const { chosen } = endpoints;
  const reason = reasons[verdict.verdict];
  const other = elsewhere(endpoints);
  if (reason === undefined || !other || chosen.from === 'the default socket') return undefined;
  const where = `${capital(namedBy(chosen))} leads to ${withoutPassword(chosen.host)}, where ${reason}`;
  const there = withoutPassword(other.host);
  return other.ofVariable
    ? `${where}; without it docker would ask ${there} (${other.from}), and an engine answers there.`
    : `${where}; an engine answers at ${there} (${other.from}).`;
}

const reasons: Partial<Record<EngineVerdict['verdict'], string>> = {
  'socket-missing': 'there is no socket',
  'nobody-listens': 'nobody listens',
  'provider-absent': 'nothing answers',
  'no-connection': 'no connection is taken',
  'host-unresolved': 'no host of that name is known',
  'desktop-stopped': 'nothing answers',
};

/** An engine that answers and that docker would use if the choice were another; what the variable hides comes first. */
export function elsewhere({
  others,
  surroundings,
}: EngineEndpoints): (AskedEndpoint & { ofVariable: boolean }) | undefined {
  const without = surroundings?.variable?.without;
  if (without?.ping.answer === 'up') return { ...without, ofVariable: true };
  const other = others.find(({ ping, context }) => ping.answer === 'up' && context !== undefined);
  return other && { ...other, ofVariable: false };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plainSentence(verdict: EngineVerdict, endpoints: EngineEndpoints): string {
  const { chosen, fault } = endpoints;
  const at = whereOf(chosen);
  const none = `No Docker engine answers at ${at}, where the docker CLI looks`;
  const path = pathOf(chosen);
  switch (verdict.verdict) {
    case 'answers':
      return `A Docker engine answers at ${at}.`;
    case 'answers-as-podman':
      return `What answers at ${at} is Podman, not Docker.`;
    case 'answers-for-windows':
      return `The engine at ${at} runs Windows containers, so no Linux image runs on it.`;
    case 'choice-at-fault':
      return `${fault?.message ?? 'The choice of an endpoint is at fault'}.`;
    case 'socket-missing':
      if (verdict.link !== undefined)
        return `${none}: ${path} is a link to ${verdict.link}, which does not exist.`;
      return verdict.provider
        ? `${verdict.provider.name} is installed and not running: there is no ${thing(chosen)} at ${at}.`
        : `${none}: there is no such ${thing(chosen)}.`;
    case 'nobody-listens':
      return isSocket(chosen)
        ? `${verdict.provider?.name ?? 'The engine'} is not running: the socket at ${at} was left behind, and nobody listens on it.`
        : `${none}: nobody listens there.`;
    case 'provider-absent':
      return `${none}: the address is ${providerNames[verdict.provider]}'s, which was not found on this machine.`;
    case 'in-its-place':
      return `${none}: ${path} is ${placeholder(verdict.found)}, not a socket.`;
    case 'not-in-group': {
      const { group, user } = verdict.access;
      return `${user ?? 'This user'} may not use the engine's socket ${path}: it is for the group ${groupName(group)}, which ${user ?? 'this user'} is not in.`;
    }
    case 'not-in-session': {
      const { group, user } = verdict.access;
      return `${user ?? 'This user'} is in the group ${groupName(group)}, but not in this session, which began before: ${path} stays closed until the next log-in.`;
    }
    case 'socket-closed':
      return `${verdict.access.user ?? 'This user'} may not use the engine's socket ${path}, whatever the group.`;
    case 'directory-closed':
      return `${verdict.access.user ?? 'This user'} may not use the engine's socket ${path}: a directory on the way to it is closed.`;
    case 'pipe-closed':
      return `This user may not use the engine's pipe ${path}.`;
    case 'hangs':
      return `The engine at ${at} takes connections and does not answer${holderWords(verdict.holder)}.`;
    case 'no-connection':
      return `${none}: it takes no connection.`;
    case 'host-unresolved':
      return `${none}: the name of its host does not resolve.`;
    case 'desktop-stopped':
      return `Docker Desktop is installed and not running: nothing answers at ${at}.`;
    case 'desktop-starting':
      return `Docker Desktop is starting, and its engine does not answer yet at ${at}.`;
    case 'desktop-paused':
      return `Docker Desktop is paused: its engine refuses every call at ${at} until it is resumed.`;
    case 'desktop-sign-in': {
      const members =
        verdict.organisations.length > 0 ? ` by a member of ${verdict.organisations.join(' or ')}` : '';
      return verdict.sure
        ? `Docker Desktop waits for a sign-in${members}, and runs no engine before.`
        : `Docker Desktop is not running, or waits for a sign-in${members}: nothing answers at ${at}.`;
    }
    case 'desktop-terms':
      return 'Docker Desktop waits for its terms to be accepted, and runs no engine before.';
    case 'desktop-engine-down':
      return `Docker Desktop is running, and the engine in its virtual machine is not: ${at} answers with an error of its own.`;
    case 'wsl-desktop-stopped':
      return `Docker Desktop on Windows is not running, or its WSL integration is off for ${distributionName(verdict)}: there is no engine at ${at}.`;
    case 'wsl-integration-off':
      return `Docker Desktop is running on Windows, and its WSL integration is off for ${distributionName(verdict)}: there is no engine at ${at}.`;
    case 'wsl-proxy-gone':
      return `Docker Desktop is running on Windows and integrated with ${distributionName(verdict)}, but its proxy here is gone: nothing answers at ${at}.`;
    case 'tls':
      return tlsSentence(verdict.fault, verdict.about, chosen);
    case 'ssh':
      return sshSentence(verdict.fault, verdict.target, at);
    case 'engine-error':
      return `The engine at ${at} answers with an error (status ${verdict.status}).`;
    case 'gateway-error':
      return `A proxy answers at ${at}, and does not reach an engine behind it (status ${verdict.status}).`;
    case 'not-docker':
      return `What answers at ${at} is not a Docker engine${verdict.server ? ` (it calls itself ${verdict.server})` : ''}.`;
    case 'hangs-up':
      return `What listens at ${at} closes the connection without an answer: an engine that is just starting or stopping, or no engine.`;
    case 'not-told':
      return `Whether an engine answers at ${at} was not asked.`;
    case 'failed':
      return `${none}.`;
  }
}

function holderWords(holder: Extract<EngineVerdict, { verdict: 'hangs' }>['holder']): string {
  if (holder?.state === 'T') return `: its process ${holder.pid} (${holder.name}) is stopped`;
  if (holder?.state === 'D')
    return `: its process ${holder.pid} (${holder.name}) is stuck waiting for a disk`;
  return '';
}

function tlsSentence(fault: TlsFault, about: string | undefined, chosen: AskedEndpoint): string {
  const at = whereOf(chosen);
  const more = about === undefined ? '' : `: ${about}`;
  const asker = capital(namedBy({ ...chosen, from: chosen.tls?.from ?? 'the context' }));
  const asked = `${asker} asks for TLS with ${withoutPassword(chosen.host)}`;
  switch (fault) {
    case 'material-missing':
      return `${asked}, and a file for it is missing.`;
    case 'material-unreadable':
      return `${asked}, and a file for it may not be read.`;
    case 'material-unusable':
      return `${asked}, and its files cannot be used.`;
    case 'server-expired':
      return `The certificate of the engine at ${at} has expired${more}.`;
    case 'server-not-yet-valid':
      return `The certificate of the engine at ${at} is not valid yet${more}.`;
    case 'unknown-authority':
      return `The certificate of the engine at ${at} is not from the authority that is trusted here${more}.`;
    case 'wrong-name':
      return `The certificate of the engine at ${at} is for another host${more}.`;
    case 'client-certificate-wanted':
      return `The engine at ${at} wants a client certificate, and none was given.`;
    case 'client-certificate-expired':
      return `The engine at ${at} refuses the client certificate, which has expired${more}.`;
    case 'client-certificate-refused':
      return `The engine at ${at} refuses the client certificate${more}.`;
    case 'server-wants-tls':
      return `The engine at ${at} wants TLS, and docker is not told to use it.`;
    case 'server-is-plain':
      return `${asked}, which does not speak it.`;
    case 'failed':
      return `TLS with ${at} does not come about${more}.`;
  }
}

function sshSentence(fault: SshFault, target: string, at: string): string {
  const to = `The engine at ${at} cannot be reached`;
  const words: Readonly<Record<SshFault, string>> = {
    'ssh-missing': `${to}: docker goes there by ssh, and there is no ssh on this machine.`,
    'host-unknown': `${to}: the name ${target.replace(/^.*@|:\d+$/g, '')} does not resolve.`,
    refused: `${to}: nobody listens for ssh at ${target}.`,
    unreachable: `${to}: ${target} takes no connection.`,
    'host-key-unknown': `${to}: ssh does not know the host key of ${target} and would ask whether to trust it.`,
    'host-key-changed': `${to}: the host key of ${target} is another one than the one that ssh knows.`,
    'key-refused': `${to}: ${target} refuses the ssh keys of this user.`,
    'would-ask': `Whether an engine answers at ${at} could not be told: ssh to ${target} would ask for a passphrase or a password.`,
    'docker-missing': `${to}: ${target} lets this user in, and has no docker command.`,
    'docker-too-old': `${to}: the docker of ${target} is too old to be reached by ssh (18.09 is the first).`,
    'engine-denied': `${to}: on ${target}, the user who logs in may not use the engine's socket.`,
    'engine-down': `${to}: ssh to ${target} works, and no engine runs there.`,
    failed: `${to}: ssh to ${target} ended without one.`,
  };
  return words[fault];
}

/** What chose an endpoint, as the subject or the object of a sentence. */
export function namedBy({ from }: AskedEndpoint): string {
  return variableIn(from) ?? (from.startsWith('context') ? `the ${from}` : from);
}

/** The environment variable that a source of a setting is about, if it is one. */
export function variableIn(
  from: string | undefined,
): 'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'DOCKER_TLS_VERIFY' | 'DOCKER_TLS' | undefined {
  const found = /\bDOCKER_(?:HOST|CONTEXT|TLS_VERIFY|TLS)\b/.exec(from ?? '')?.[0];
  return found as ReturnType<typeof variableIn>;
}

function whereOf({ host, from }: AskedEndpoint): string {
  return `${withoutPassword(host)} (${from})`;
}

function isSocket({ host }: AskedEndpoint): boolean {
  return addressOf(host).kind === 'socket';
}

function thing({ host }: AskedEndpoint): string {
  return addressOf(host).kind === 'pipe' ? 'pipe' : 'socket';
}

export function pathOf({ host }: AskedEndpoint): string {
  const address = addressOf(host);
  return address.kind === 'socket' || address.kind === 'pipe' ? address.path : withoutPassword(host);
}

function placeholder(found: 'directory' | 'file' | 'other'): string {
  return { directory: 'a directory', file: 'a regular file', other: 'something else' }[found];
}

function groupName({ name, gid }: { readonly name?: string; readonly gid: number }): string {
  return name ?? `with the number ${gid}`;
}

export function distributionName({ distribution: name }: { readonly distribution?: string }): string {
  return name ?? 'this distribution';
}
