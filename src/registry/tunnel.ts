/** Connections through an HTTP proxy, by `CONNECT` (RFC 9110 §9.3.6). */
import { Buffer } from 'node:buffer';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import tls from 'node:tls';
import { codeOf, type Unreached } from './failure.ts';
import { bare } from './hosts.ts';

/** What a proxy did instead of connecting; thrown by the sockets of a tunnel agent. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  constructor(readonly failure: Unreached) {
    super(failure.because);
  }
}

function refusal(because: string, seen: string): ProxyRefusal {
  return new ProxyRefusal({ unreached: 'proxy', because, seen });
}

function describe(error: unknown, name: string, timeoutMs: number): ProxyRefusal {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return refusal(`the proxy ${name} refuses connections`, `proxy: ${code}`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return refusal(`the proxy ${name} does not resolve here (DNS)`, `proxy: ${code}`);
  }
  if (code === 'ABORT_ERR' || code === 'AbortError' || code === 'TimeoutError') {
    return refusal(`the proxy ${name} gave no answer within ${timeoutMs / 1000} s`, 'proxy: no answer');
  }
  return refusal(`the connection through the proxy ${name} failed (${code})`, `proxy: ${code}`);
}

function loginOf(url: URL): Record<string, string> {
  if (url.username === '') return {};
  try {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  } catch {
    return {};
  }
}

function openTunnel(
  proxy: URL,
  name: string,
  authority: string,
  lookup: LookupFunction,
  timeoutMs: number,
): Promise<Socket> {
  const module = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = module.request({
      host: bare(proxy.hostname),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...loginOf(proxy) },
      agent: false,
      lookup,
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', (error) => reject(describe(error, name, timeoutMs)));
    request.on('connect', (response, socket) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return resolve(socket as Socket);
      socket.destroy();
      if (status === 407) return reject(refusal(`the proxy ${name} wants a login (407)`, 'proxy: 407'));
      reject(refusal(`the proxy ${name} refuses to connect (${status})`, `proxy: ${status}`));
    });
    request.end();
  });
}

type Connect = (error: Error | null, socket?: Socket) => void;

/** An agent whose connections all go through one proxy. A tunnel that is not up after `timeoutMs` is given up. */
export function createTunnelAgent(
  proxy: URL,
  name: string,
  lookup: LookupFunction,
  timeoutMs: number,
): https.Agent {
  const createConnection = (options: tls.ConnectionOptions, callback: Connect): undefined => {
    const { host = '', port = 443, servername, ca, cert, key, rejectUnauthorized } = options;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    openTunnel(proxy, name, authority, lookup, timeoutMs).then(
      (socket) => {
        const wanted = { servername, ca, cert, key, rejectUnauthorized };
        const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
        callback(null, tls.connect({ socket, host, ...Object.fromEntries(given) }));
      },
      (error) => callback(error),
    );
    return undefined;
  };
  return Object.assign(new https.Agent({ keepAlive: true }), { createConnection });
}
