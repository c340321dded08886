/**
 * One HTTP request at a time, with every bound there is: time, size of the answer, no redirects followed. An origin
 * that cannot be reached is asked once; what is asked of it later gets the same answer at once.
 */
import { Buffer } from 'node:buffer';
import dns from 'node:dns';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import tls from 'node:tls';
import type { Deadline } from './deadline.ts';
import { badAnswer, codeOf, explain, UNTRUSTED, type Unreached } from './failure.ts';
import { isLoopback } from './hosts.ts';
import { proxyFor } from './proxy.ts';
import { type RegistryCertificates, registryCertificates, systemAuthorities } from './trust.ts';
import { createTunnelAgent, ProxyRefusal } from './tunnel.ts';

type HttpRequest = {
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How sentences call the host: `docker.io` rather than `registry-1.docker.io`. */
  readonly name: string;
  readonly deadline: Deadline;
};

export type HttpReply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type Transport = {
  send(request: HttpRequest): Promise<HttpReply | Unreached>;
  /** How an origin is asked, as far as it was asked. */
  way(url: URL): Way;
};

export type Way = {
  /** The proxy, without its login: `proxy.test:3128 (HTTPS_PROXY)`. */
  readonly proxy?: string;
  /** Files of authorities that are trusted beside Node's own, where one of them was needed. */
  readonly authorities?: readonly string[];
  /** The client certificate that was shown. */
  readonly client?: string;
};

export type TransportOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Docker's configuration directory, whose `certs.d` is looked into. */
  readonly configDirectory: string;
  /** How long a proxy may take to open a tunnel, in milliseconds. */
  readonly timeoutMs: number;
};

/** The distribution specification bounds manifests to 4 MiB ("Pushing Manifests"). In bytes. */
const LARGEST_BODY = 4 * 1024 * 1024;

const TOO_LARGE = 'ERR_BODY_TOO_LARGE';

/** Asks the system's resolver once per name: its threads are few, and file access shares them. */
function createLookup(): LookupFunction {
  const known = new Map<string, Promise<dns.LookupAddress[]>>();
  return (hostname, options, callback) => {
    const asked = known.get(hostname) ?? dns.promises.lookup(hostname, { all: true });
    known.set(hostname, asked);
    asked.then(
      (addresses) => {
        const first = addresses[0];
        if (options.all) callback(null, addresses);
        else if (first) callback(null, first.address, first.family);
        else callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
      },
      (error) => callback(error, ''),
    );
  };
}

function exchange(request: HttpRequest, options: https.RequestOptions): Promise<HttpReply> {
  const module = request.url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const { method, headers, deadline, body } = request;
    const sent = module.request(
      request.url,
      { ...options, method, headers, signal: deadline.signal },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > LARGEST_BODY)
            response.destroy(Object.assign(new Error('too large'), { code: TOO_LARGE }));
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    // A kept connection that the server has closed meanwhile says nothing about the server: ask once more, afresh.
    sent.on('error', (error) => {
      if (!sent.reusedSocket || codeOf(error) !== 'ECONNRESET' || options.agent === false)
        return reject(error);
      exchange(request, { ...options, agent: false }).then(resolve, reject);
    });
    sent.end(body);
  });
}

/** Makes the transport of one run. */
export function createTransport(options: TransportOptions): Transport {
  const { environment, configDirectory, timeoutMs } = options;
  const lookup = createLookup();
  const plainAgent = new http.Agent({ keepAlive: true });
  const secureAgent = new https.Agent({ keepAlive: true });
  const tunnelAgents = new Map<string, https.Agent>();
  const certificates = new Map<string, Promise<RegistryCertificates>>();
  const clients = new Map<string, NonNullable<RegistryCertificates['client']>>();
  const authorities = new Map<string, { readonly ca: string[]; readonly files: readonly string[] }>();
  const answered = new Set<string>();
  const down = new Map<string, Unreached>();

  function optionsFor(url: URL, name: string): https.RequestOptions | Unreached {
    if (url.protocol === 'http:') return { agent: plainAgent, lookup };
    const known = authorities.get(url.origin);
    const client = clients.get(url.origin);
    const trust = {
      ...(known ? { ca: known.ca } : {}),
      ...(client ? { cert: client.cert, key: client.key } : {}),
    };
    // Docker takes any certificate from this very machine.
    if (isLoopback(url.hostname)) return { agent: secureAgent, lookup, ...trust, rejectUnauthorized: false };
    const proxy = proxyFor(url, environment);
    if (!proxy) return { agent: secureAgent, lookup, ...trust };
    if (!proxy.url) {
      const because = `${name} is to be asked through the proxy ${proxy.name}, which is no HTTP proxy`;
      return { unreached: 'proxy', because, seen: 'not asked: no usable proxy' };
    }
    const key = proxy.url.href;
    const agent = tunnelAgents.get(key) ?? createTunnelAgent(proxy.url, proxy.name, lookup, timeoutMs);
    tunnelAgents.set(key, agent);
    return { agent, ...trust };
  }

  /** What lies in `certs.d` for an origin; looked up once. A client certificate is shown from the first request on. */
  async function certificatesFor(url: URL): Promise<RegistryCertificates> {
    const known =
      certificates.get(url.origin) ?? registryCertificates(url.host, environment, configDirectory);
    certificates.set(url.origin, known);
    const found = await known;
    if (found.client) clients.set(url.origin, found.client);
    return found;
  }

  /** True where more authorities than Node's were found, so that asking again may help. */
  async function findAuthorities(url: URL): Promise<boolean> {
    if (authorities.has(url.origin)) return false;
    const system = await systemAuthorities(environment);
    const extra = [...(system ? [system] : []), ...(await certificatesFor(url)).authorities];
    if (extra.length === 0) return false;
    authorities.set(url.origin, {
      ca: [...tls.rootCertificates, ...extra.map(({ pem }) => pem)],
      files: extra.map(({ file }) => file),
    });
    return true;
  }

  async function attempt(request: HttpRequest): Promise<HttpReply | Unreached> {
    const { url, name, deadline } = request;
    if (url.protocol === 'https:') await certificatesFor(url);
    const chosen = optionsFor(url, name);
    if ('unreached' in chosen) return chosen;
    try {
      return await exchange(request, chosen);
    } catch (error) {
      if (error instanceof ProxyRefusal) return error.failure;
      if (deadline.signal.aborted) {
        const because = `${name} gave no answer within ${deadline.limitMs / 1000} s`;
        return { unreached: 'timeout', because, seen: 'no answer' };
      }
      if (codeOf(error) === TOO_LARGE) {
        return badAnswer(
          `${name} answers with more than ${LARGEST_BODY / 1024 / 1024} MiB`,
          'answer too large',
        );
      }
      if (UNTRUSTED.has(codeOf(error)) && (await findAuthorities(url))) return attempt(request);
      return explain(error, name);
    }
  }

  return {
    async send(request) {
      const { origin } = request.url;
      const known = down.get(origin);
      if (known) return known;
      const started = performance.now();
      const reply = await attempt(request);
      if (!('unreached' in reply)) {
        answered.add(origin);
        return reply;
      }
      // A request that had little of its image's time left proves nothing about the origin.
      const waited = performance.now() - started;
      const conclusive = reply.unreached !== 'timeout' || waited >= request.deadline.limitMs / 2;
      if (!answered.has(origin) && reply.unreached !== 'bad-answer' && conclusive) down.set(origin, reply);
      return reply;
    },
    way(url) {
      const proxy = proxyFor(url, environment);
      const trusted = authorities.get(url.origin);
      const client = clients.get(url.origin);
      return {
        ...(proxy ? { proxy: proxy.name } : {}),
        ...(trusted ? { authorities: trusted.files } : {}),
        ...(client ? { client: client.file } : {}),
      };
    },
  };
}
