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
import { extraAuthorities } from './trust.ts';
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

export type Transport = { send(request: HttpRequest): Promise<HttpReply | Unreached> };

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
  const authorities = new Map<string, string[]>();
  const answered = new Set<string>();
  const down = new Map<string, Unreached>();

  function optionsFor(url: URL, name: string): https.RequestOptions | Unreached {
    if (url.protocol === 'http:') return { agent: plainAgent, lookup };
    // Docker takes any certificate from this very machine.
    if (isLoopback(url.hostname)) return { agent: secureAgent, lookup, rejectUnauthorized: false };
    const ca = authorities.get(url.origin);
    const trust = ca ? { ca } : {};
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

  /** True where more authorities than Node's were found, so that asking again may help. */
  async function findAuthorities(url: URL): Promise<boolean> {
    if (authorities.has(url.origin)) return false;
    const extra = await extraAuthorities(url.host, environment, configDirectory);
    if (extra.length === 0) return false;
    authorities.set(url.origin, [...tls.rootCertificates, ...extra]);
    return true;
  }

  async function attempt(request: HttpRequest): Promise<HttpReply | Unreached> {
    const { url, name, deadline } = request;
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
  };
}
