/**
 * Reads what an engine answers about an image (`GET /distribution/<name>/json`). Statuses and texts are those of
 * Engine 28.5, alike with both of its image stores. Its texts hold words of registries, and so of strangers: they are
 * only recognised, never shown.
 */
import type { Distribution, EngineLogin } from '../docker/distribution.ts';
import { isLocal, withoutPassword } from '../docker/host.ts';
import type { AskedEndpoint } from '../docker/model.ts';
import { field } from './answer.ts';
import { hostOf } from './client.ts';
import type { EngineView, WhyUnreached } from './model.ts';
import { normalisePlatform, parsePlatform, platformText } from './platform.ts';
import { fullName, type Reference } from './reference.ts';

type Unreached = readonly [pattern: RegExp, why: WhyUnreached, because: string];

/** In their order: a failure on the way to a proxy names what failed, too. `$` stands for the registry. */
const UNREACHED: readonly Unreached[] = [
  [/proxyconnect .*no such host/, 'proxy', 'finds no address for its proxy (DNS)'],
  [/proxyconnect .*connection refused/, 'proxy', 'is refused by its proxy'],
  [/proxyconnect .*first record does not look like/, 'proxy', 'speaks TLS to a proxy that does not'],
  [/proxyconnect/, 'proxy', 'does not get as far as its proxy'],
  [/: Proxy Authentication Required$/i, 'proxy', 'has a proxy that wants a login (407)'],
  // A bare status without an error code: CONNECT was answered by the proxy, not by the registry.
  [
    /"https:\/\/[^"]*": (?:Forbidden|Bad Gateway|Service Unavailable|Gateway Timeout|Not Found|Method Not Allowed)$/i,
    'proxy',
    'has a proxy that refuses to connect',
  ],
  [
    /x509: certificate signed by unknown authority/,
    'tls',
    'trusts no authority that signed the certificate of $',
  ],
  [/x509: certificate is (?:not )?valid for/, 'tls', 'gets a certificate of $ for another name'],
  [
    /x509: certificate has expired or is not yet valid.* is after /,
    'tls',
    'gets a certificate of $ that has expired by its clock',
  ],
  [
    /x509: certificate has expired or is not yet valid/,
    'tls',
    'gets a certificate of $ that is not valid yet by its clock',
  ],
  [/server gave HTTP response to HTTPS client/, 'tls', 'wants HTTPS where $ answers plain HTTP'],
  [
    /missing key .* for client certificate|Missing key/i,
    'tls',
    'finds a client certificate for $ without its key',
  ],
  [/tls: certificate required/, 'tls', 'has no client certificate for $, which wants one'],
  [/x509:|tls: (?!first record)/, 'tls', 'makes no TLS connection to $'],
  [/no such host/, 'dns', 'finds no address for $ (DNS)'],
  // Whatever went wrong while a name was looked up, a network without a route included.
  [/\blookup \S+/, 'dns', 'gets no answer about $ from its name server (DNS)'],
  [/connection refused/, 'refused', 'is refused by $'],
  [/no route to host|network is unreachable|cannot assign requested address/, 'refused', 'has no route to $'],
  [
    /i\/o timeout|TLS handshake timeout|context deadline exceeded|Client\.Timeout|request canceled/,
    'timeout',
    'gets no answer from $',
  ],
  [
    /received unexpected HTTP status: 5\d\d/,
    'server-error',
    'is told of a fault inside $ or its token server (5xx)',
  ],
  [
    /invalid character '<'|text\/html/,
    'bad-answer',
    'gets a web page where $ or its token server should answer',
  ],
  [/stopped after \d+ redirects/, 'bad-answer', 'is sent in a circle by $'],
  [/EOF|connection reset by peer|broken pipe/, 'failed', 'loses the connection to $'],
  [/first record does not look like a TLS handshake/, 'tls', 'gets something from $ that is no TLS'],
];

/**
 * Asks the engine that the docker CLI uses. A login goes with the question, so only an engine of this machine is
 * asked: over plain TCP anybody on the way would read it.
 */
export async function askEngineAbout(
  endpoint: AskedEndpoint | undefined,
  reference: Reference,
  login: EngineLogin | undefined,
  timeoutMs: number,
): Promise<EngineView> {
  const unknown = (because: string): EngineView => ({ view: 'unknown', because, seen: [] });
  if (!endpoint) return unknown('the engine is left out');
  const shown = withoutPassword(endpoint.host);
  if (endpoint.ping.answer === 'down') return unknown(`no engine answers at ${shown}`);
  if (!isLocal(endpoint.host)) return unknown(`the engine at ${shown} is not on this machine`);
  if (timeoutMs <= 0) return unknown('no time was left to ask the engine (--timeout)');
  const { askDistribution } = await import('../docker/distribution.ts');
  // In full: the short form of a name such as docker.io/a.b/c would be read as another.
  const name = fullName(reference);
  return readEngineView(await askDistribution(endpoint, name, login, timeoutMs), name, reference.host);
}

/** What the engine's answer means. `registry` is how the reference calls the host. */
export function readEngineView(answer: Distribution, reference: string, registry: string): EngineView {
  const line = `engine: GET /distribution/${reference}/json`;
  if ('because' in answer) {
    if (!answer.timedOut) return { view: 'unknown', because: answer.because, seen: [`${line} → no answer`] };
    const because = `gives no answer about ${registry} in time`;
    return { view: 'cannot-reach', why: 'timeout', because, seen: [`${line} → no answer in time`] };
  }
  const seen = [`${line} → ${answer.status}`];
  const { status, message } = answer;
  if (status === 200) {
    const platforms = platformsOf(answer.body);
    return platforms === undefined
      ? { view: 'unknown', because: 'the engine answers with something that describes no image', seen }
      : { view: 'exists', platforms, seen };
  }
  if (status === 429 || /toomanyrequests/.test(message)) return { view: 'rate-limited', seen };
  if (/no basic auth credentials/.test(message)) return { view: 'login-needed', seen };
  if (status === 401 || status === 403) return { view: 'denied', seen };
  if (status === 404 && /manifest unknown/.test(message)) return { view: 'no-such-tag', seen };
  if (status === 404 && /name unknown|repository .* not found/.test(message))
    return { view: 'no-such-repository', seen };
  const known = UNREACHED.find(([pattern]) => pattern.test(message));
  if (known) {
    const [, why, because] = known;
    return { view: 'cannot-reach', why, because: because.replaceAll('$', nameIn(message, registry)), seen };
  }
  return { view: 'unknown', because: `the engine answers with status ${status}`, seen };
}

/** The host that a name look-up was about, where it is another: a registry's token server has a name of its own. */
function nameIn(message: string, registry: string): string {
  const name = /\blookup ([\w.-]{1,100})/.exec(message)?.[1];
  if (name === undefined || name === hostOf(registry).replace(/:\d+$/, '')) return registry;
  return `${name}, which ${registry} names,`;
}

/** The platforms of a 200; undefined where it is no answer of an engine. */
function platformsOf(body: unknown): readonly string[] | undefined {
  if (field(body, 'Descriptor') === undefined) return undefined;
  const list = field(body, 'Platforms');
  const found = (Array.isArray(list) ? list.slice(0, 100) : []).flatMap((entry) => {
    const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((key) => field(entry, key));
    if (typeof os !== 'string' || typeof architecture !== 'string' || os === 'unknown') return [];
    if (!parsePlatform(`${os}/${architecture}`)) return [];
    const kind = typeof variant === 'string' && /^[\w.-]*$/.test(variant) ? variant : '';
    return [platformText(normalisePlatform(os, architecture, kind))];
  });
  return [...new Set(found)];
}
