/** Decides what is wrong with the endpoint that docker would use: a pure function over what was seen. */
import { addressOf } from './host.ts';
import type {
  AccessDetail,
  DownDetail,
  EngineEndpoints,
  Provider,
  ProviderId,
  SocketHolder,
  SshFault,
  TlsFault,
} from './model.ts';

/** One of the look-alikes behind "Cannot connect to the Docker daemon", with what its sentence needs. */
export type EngineVerdict =
  | { readonly verdict: 'answers' }
  /** It answers, and it is Podman where nobody asked for Podman. */
  | { readonly verdict: 'answers-as-podman' }
  /** It answers, and runs Windows containers only. */
  | { readonly verdict: 'answers-for-windows' }
  /** The choice is at fault before anything is asked. */
  | { readonly verdict: 'choice-at-fault'; readonly kind: NonNullable<EngineEndpoints['fault']>['kind'] }
  | { readonly verdict: 'socket-missing'; readonly link?: string; readonly provider?: Provider }
  | { readonly verdict: 'nobody-listens'; readonly provider?: Provider }
  /** The endpoint belongs to a product that was not found on this machine. */
  | { readonly verdict: 'provider-absent'; readonly provider: ProviderId }
  | { readonly verdict: 'in-its-place'; readonly found: 'directory' | 'file' | 'other' }
  | { readonly verdict: 'not-in-group' | 'not-in-session'; readonly access: AccessDetail & Named }
  | { readonly verdict: 'socket-closed' | 'directory-closed' | 'pipe-closed'; readonly access: AccessDetail }
  | { readonly verdict: 'hangs'; readonly holder?: SocketHolder }
  /** It takes no connection in time: a firewall, a wrong address, a machine that is off. */
  | { readonly verdict: 'no-connection' }
  | { readonly verdict: 'host-unresolved' }
  | {
      readonly verdict: 'desktop-stopped' | 'desktop-starting' | 'desktop-paused';
      readonly provider?: Provider;
    }
  | {
      readonly verdict: 'desktop-sign-in';
      readonly organisations: readonly string[];
      /** False where it may as well be that it was never started. */
      readonly sure: boolean;
      readonly provider?: Provider;
    }
  | { readonly verdict: 'desktop-terms'; readonly provider?: Provider }
  /** Its proxy answers with an error, because the engine in its virtual machine is down. */
  | { readonly verdict: 'desktop-engine-down'; readonly provider?: Provider }
  | {
      readonly verdict: 'wsl-desktop-stopped' | 'wsl-integration-off' | 'wsl-proxy-gone';
      readonly distribution?: string;
    }
  | { readonly verdict: 'tls'; readonly fault: TlsFault; readonly about?: string }
  | { readonly verdict: 'ssh'; readonly fault: SshFault; readonly target: string }
  /** The engine itself answers with an error. */
  | { readonly verdict: 'engine-error'; readonly status: number }
  | { readonly verdict: 'not-docker'; readonly status?: number; readonly server?: string }
  /** A proxy in front of an engine says that it does not get there. */
  | { readonly verdict: 'gateway-error'; readonly status: number }
  /** The connection is closed at once: an engine that is just starting or stopping, or something else. */
  | { readonly verdict: 'hangs-up' }
  | { readonly verdict: 'not-told' }
  | { readonly verdict: 'failed' };

type Named = { readonly group: NonNullable<AccessDetail['group']> };
type Down = Extract<EngineEndpoints['chosen']['ping'], { answer: 'down' }>;

/** What is to be said of the endpoint that docker would use. */
export function judgeEngine(endpoints: EngineEndpoints): EngineVerdict {
  const { chosen, fault } = endpoints;
  if (fault) return { verdict: 'choice-at-fault', kind: fault.kind };
  const { ping } = chosen;
  if (ping.answer === 'down') return judgeDown(endpoints, ping);
  if (ping.os === 'windows') return { verdict: 'answers-for-windows' };
  const isPodman = /podman/i.test(ping.product ?? '') && chosen.provider !== 'podman';
  return isPodman ? { verdict: 'answers-as-podman' } : { verdict: 'answers' };
}

/** Whether an engine answers at the endpoint: `undefined` where that could not be told. */
export function isUp(verdict: EngineVerdict, { chosen }: EngineEndpoints): boolean | undefined {
  if (chosen.ping.answer === 'up') return true;
  if (verdict.verdict === 'not-told') return undefined;
  return verdict.verdict === 'ssh' && verdict.fault === 'would-ask' ? undefined : false;
}

/** Products that make their own context the current one when they start. */
export const switchesItself: readonly ProviderId[] = [
  'docker-desktop',
  'colima',
  'orbstack',
  'rancher-desktop',
];

/**
 * The provider that would bring the chosen endpoint up: its own, or the only one that is installed, where nothing was
 * chosen and nothing else answers.
 */
export function meantProvider(endpoints: EngineEndpoints): Provider | undefined {
  const { chosen, startable, others } = endpoints;
  const own = providerOf(endpoints);
  const [only, second] = startable;
  if (own || !only || second || chosen.from !== 'the default socket') return own;
  const isIdle = others.every(({ ping }) => ping.answer === 'down');
  return isIdle && switchesItself.includes(only.id) ? only : undefined;
}

/** The installed provider that the chosen endpoint belongs to, where there is exactly one. */
function providerOf({
  chosen,
  startable,
}: Pick<EngineEndpoints, 'chosen' | 'startable'>): Provider | undefined {
  const fitting = startable.filter((provider) => provider.host === chosen.host);
  return fitting.length === 1 ? fitting[0] : undefined;
}

function judgeDown(endpoints: EngineEndpoints, ping: Down): EngineVerdict {
  const { detail, why } = ping;
  if (detail?.kind === 'tls')
    return { verdict: 'tls', fault: detail.fault, ...(detail.about && { about: detail.about }) };
  if (detail?.kind === 'ssh') return { verdict: 'ssh', fault: detail.fault, target: detail.target };
  if (why === 'denied') return judgeAccess(detail);
  if (why === 'unknown-host') return { verdict: 'host-unresolved' };
  if (why === 'unsupported') return { verdict: 'not-told' };
  return (
    judgeDesktop(endpoints, ping) ??
    judgeAnswer(ping) ??
    judgeWsl(endpoints, ping) ??
    judgeSilence(ping) ??
    judgeAbsence(endpoints, ping) ?? { verdict: 'failed' }
  );
}

function judgeAccess(detail: DownDetail | undefined): EngineVerdict {
  if (detail?.kind !== 'access') return { verdict: 'failed' };
  if (detail.at === 'directory') return { verdict: 'directory-closed', access: detail };
  if (detail.at === 'pipe') return { verdict: 'pipe-closed', access: detail };
  const { group } = detail;
  if (!group || group.membership === 'in-session') return { verdict: 'socket-closed', access: detail };
  return {
    verdict: group.membership === 'listed' ? 'not-in-session' : 'not-in-group',
    access: { ...detail, group },
  };
}

/** Whether an endpoint is Docker Desktop's: by its address, or because nothing else here would serve the default pipe. */
function isDesktops({ chosen, startable }: EngineEndpoints): boolean {
  if (chosen.provider !== undefined) return chosen.provider === 'docker-desktop';
  const others = startable.filter(({ id }) => id !== 'docker-desktop');
  const desktop = startable.some(({ id }) => id === 'docker-desktop');
  return desktop && others.length === 0 && /docker_engine$/i.test(chosen.host);
}

function judgeDesktop(endpoints: EngineEndpoints, ping: Down): EngineVerdict | undefined {
  const { startable, surroundings } = endpoints;
  const { detail, why } = ping;
  const provider = startable.find(({ id }) => id === 'docker-desktop');
  const its = provider ? { provider } : {};
  const text = detail?.kind === 'answer' ? (detail.text ?? '') : '';
  // Its own words say whose they are, whatever the address.
  if (/docker desktop is (?:manually )?paused/i.test(text)) return { verdict: 'desktop-paused', ...its };
  if (/sign in to continue|must be a member of|membership in .* is required/i.test(text))
    return {
      verdict: 'desktop-sign-in',
      organisations: surroundings?.desktop?.signIn?.organisations ?? [],
      sure: true,
      ...its,
    };
  if (!isDesktops(endpoints)) return undefined;

  const { status, signIn, termsOpen } = surroundings?.desktop ?? {};
  const silent = why === 'missing' || why === 'refused';
  if (status === 'paused') return { verdict: 'desktop-paused', ...its };
  if (silent && provider) {
    if (termsOpen !== undefined) return { verdict: 'desktop-terms', ...its };
    if (signIn && status !== 'stopped')
      return {
        verdict: 'desktop-sign-in',
        organisations: signIn.organisations,
        sure: status !== undefined,
        ...its,
      };
  }
  if (status === 'starting' || /\bstarting\b|still waiting for (?:the )?engine/i.test(text))
    return { verdict: 'desktop-starting', ...its };
  if (detail?.kind === 'answer' && !detail.ofEngine && (detail.status ?? 0) >= 500)
    return { verdict: 'desktop-engine-down', ...its };
  if (!silent) return undefined;
  return provider
    ? { verdict: 'desktop-stopped', provider }
    : { verdict: 'provider-absent', provider: 'docker-desktop' };
}

function judgeAnswer({ detail, why }: Down): EngineVerdict | undefined {
  if (detail?.kind !== 'answer') return why === 'bad-answer' ? { verdict: 'not-docker' } : undefined;
  const { status, ofEngine, server } = detail;
  if (detail.closed) return { verdict: 'hangs-up' };
  if (status === undefined) return { verdict: 'not-docker', ...(server && { server }) };
  if (ofEngine) return { verdict: 'engine-error', status };
  if (status === 502 || status === 503 || status === 504) return { verdict: 'gateway-error', status };
  return { verdict: 'not-docker', status, ...(server && { server }) };
}

/** Below WSL the default socket is Docker Desktop's, unless an engine of the distribution's own is installed. */
function judgeWsl(
  { chosen, startable, surroundings }: EngineEndpoints,
  { why }: Down,
): EngineVerdict | undefined {
  const wsl = surroundings?.wsl;
  const address = addressOf(chosen.host);
  const isDefault = address.kind === 'socket' && /^(?:\/var)?\/run\/docker\.sock$/.test(address.path);
  if (!wsl || !isDefault || (why !== 'missing' && why !== 'refused')) return undefined;
  if (wsl.desktop === 'absent' || startable.some(({ id }) => id === 'docker-engine')) return undefined;
  const at = wsl.distribution ? { distribution: wsl.distribution } : {};
  if (wsl.desktop === 'installed') return { verdict: 'wsl-desktop-stopped', ...at };
  return { verdict: wsl.integrated ? 'wsl-proxy-gone' : 'wsl-integration-off', ...at };
}

function judgeSilence({ why, detail }: Down): EngineVerdict | undefined {
  if (why !== 'timeout') return undefined;
  if (detail?.kind !== 'silence' || detail.connected)
    return {
      verdict: 'hangs',
      ...(detail?.kind === 'silence' && detail.holder && { holder: detail.holder }),
    };
  return { verdict: 'no-connection' };
}

function judgeAbsence(endpoints: EngineEndpoints, { why, detail }: Down): EngineVerdict | undefined {
  const { chosen, startable } = endpoints;
  if (detail?.kind === 'in-its-place') return { verdict: 'in-its-place', found: detail.found };
  if (why === 'not-a-socket') return { verdict: 'in-its-place', found: 'other' };
  if (why !== 'missing' && why !== 'refused') return undefined;
  const own = chosen.provider;
  // A service of the system may be installed in ways that nobody looks for; an application's own endpoint is telling.
  const telling = own !== undefined && !['docker-engine', 'docker-rootless', 'podman', 'lima'].includes(own);
  if (telling && own && !startable.some(({ id }) => id === own))
    return { verdict: 'provider-absent', provider: own };
  const provider = meantProvider(endpoints);
  const its = provider ? { provider } : {};
  if (why === 'refused') return { verdict: 'nobody-listens', ...its };
  const link = detail?.kind === 'missing' ? detail.link : undefined;
  return { verdict: 'socket-missing', ...(link && { link }), ...its };
}
