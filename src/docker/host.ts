/** Engine addresses: how Docker reads them, and where a connection really goes. */
import type { DockerEnvironment } from './environment.ts';
import { pathsOf } from './environment.ts';
import { type SshTarget, sshTargetOf } from './ssh-target.ts';

/** A `DOCKER_HOST` as Docker completes it, or why it is none; `because` ends a sentence about the value. */
export type HostReading = { readonly host: string } | { readonly host?: string; readonly because: string };

/** Where to connect. Ports are numbers from 1 to 65535; `prefix` is the path in front of every request. */
export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'pipe'; readonly path: string }
  | { readonly kind: 'tcp'; readonly hostname: string; readonly port: number; readonly prefix: string }
  | { readonly kind: 'ssh'; readonly target: SshTarget }
  | { readonly kind: 'invalid'; readonly because: string };

const defaultSocket = '/var/run/docker.sock';
const defaultPipe = '//./pipe/docker_engine';
const plainPort = 2375;
const tlsPort = 2376;

/** The address that Docker takes where nothing names one. With TLS asked for, that is a TCP port (docker/cli, `opts.ParseHost`). */
export function defaultHost(environment: DockerEnvironment, tls = false): string {
  if (tls) return `tcp://localhost:${tlsPort}`;
  return environment.platform === 'win32' ? `npipe://${defaultPipe}` : `unix://${defaultSocket}`;
}

/**
 * Reads the value of `DOCKER_HOST`. Rules of docker/cli, `opts.parseDockerDaemonHost`: blanks around it are dropped,
 * an address without a scheme is a TCP host, a missing port is 2375, an empty path is the default one.
 */
export function readDockerHost(value: string, environment: DockerEnvironment): HostReading {
  const trimmed = value.trim();
  if (trimmed === '') return { host: defaultHost(environment) };
  const mark = trimmed.indexOf('://');
  if (mark < 0) {
    if (!/^\.{0,2}\//.test(trimmed)) return readTcp(trimmed);
    const taken = readTcp(trimmed).host;
    const meant = trimmed.startsWith('/') ? `unix://${trimmed}` : 'unix:// and the absolute path';
    const because = `it is a path without a scheme, which Docker takes for a TCP address; write ${meant}`;
    return { ...(taken && { host: taken }), because };
  }
  const scheme = trimmed.slice(0, mark);
  const rest = trimmed.slice(mark + 3);
  switch (scheme) {
    case 'tcp':
      return readTcp(rest);
    case 'unix':
      return { host: `unix://${rest.replace(/^unix:\/\//, '') || defaultSocket}` };
    case 'npipe':
      if (environment.platform !== 'win32') return { because: 'named pipes exist on Windows only' };
      return { host: `npipe://${rest.replace(/^npipe:\/\//, '') || defaultPipe}` };
    case 'ssh': {
      const target = sshTargetOf(trimmed);
      return 'because' in target ? target : { host: trimmed };
    }
    case 'fd':
      return { because: 'fd:// is an address that only dockerd can listen on' };
    default:
      return { because: `Docker knows no scheme "${shown(scheme)}://"` };
  }
}

function readTcp(rest: string): HostReading {
  if (rest === '') return { host: `tcp://localhost:${plainPort}` };
  const parts = splitTcp(rest);
  if (!parts) return { because: 'it does not have the form tcp://HOST:PORT' };
  const host = parts.hostname || 'localhost';
  return { host: `tcp://${host.includes(':') ? `[${host}]` : host}:${parts.port || plainPort}${parts.path}` };
}

function splitTcp(rest: string): { hostname: string; port: string; path: string } | undefined {
  const match = /^(?:[^/@]*@)?(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/?#[\]@\\]*))(?::(\d*))?(\/[^\s?#]*)?$/.exec(
    rest,
  );
  if (!match) return undefined;
  return { hostname: match[1] ?? match[2] ?? '', port: match[3] ?? '', path: match[4] ?? '' };
}

/** Where a connection to a host goes. */
export function addressOf(host: string): Address {
  const mark = host.indexOf('://');
  const scheme = mark < 0 ? '' : host.slice(0, mark);
  const rest = host.slice(mark + 3);
  switch (scheme) {
    case 'unix':
      return rest === '' ? { kind: 'invalid', because: 'it names no path' } : { kind: 'socket', path: rest };
    case 'npipe':
      return rest === '' ? { kind: 'invalid', because: 'it names no pipe' } : { kind: 'pipe', path: rest };
    case 'ssh': {
      const target = sshTargetOf(host);
      return 'because' in target ? { kind: 'invalid', because: target.because } : { kind: 'ssh', target };
    }
    // A context may say http:// or https://: Docker's client takes both for TCP.
    case 'tcp':
    case 'http':
    case 'https': {
      const parts = splitTcp(rest);
      const port = Number(parts?.port || (scheme === 'http' ? 80 : scheme === 'https' ? 443 : plainPort));
      if (!parts || parts.hostname === '')
        return { kind: 'invalid', because: 'it does not have the form tcp://HOST:PORT' };
      if (port < 1 || port > 65535) return { kind: 'invalid', because: `${port} is no TCP port` };
      return { kind: 'tcp', hostname: parts.hostname, port, prefix: parts.path.replace(/\/+$/, '') };
    }
    default:
      return {
        kind: 'invalid',
        because: scheme === '' ? 'it has no scheme' : `Docker knows no scheme "${shown(scheme)}://"`,
      };
  }
}

/** Whether asking this host stays on this machine. */
export function isLocal(host: string): boolean {
  const address = addressOf(host);
  if (address.kind === 'socket' || address.kind === 'pipe') return true;
  return address.kind === 'tcp' && /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(address.hostname);
}

/** One key for every address of the same endpoint: links resolved, pipes without regard to case. */
export function identityOf(host: string, environment: DockerEnvironment): string {
  const address = addressOf(host);
  if (address.kind === 'socket') {
    const path = pathsOf(environment).normalize(address.path);
    return `unix://${environment.disk.realPath(path) ?? path}`;
  }
  if (address.kind === 'pipe') return `npipe://${address.path.replaceAll('\\', '/').toLowerCase()}`;
  if (address.kind === 'tcp')
    return `tcp://${address.hostname.toLowerCase()}:${address.port}${address.prefix}`;
  return host;
}

/** An address fit to be shown: without a password, without control characters, at most 200 characters. */
export function withoutPassword(host: string): string {
  return shown(host.replace(/^([a-z+]*:\/\/)?([^/@:]*):[^/@]*@/i, '$1$2:***@'));
}

function shown(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return plain.length > 200 ? `${plain.slice(0, 199)}…` : plain;
}
