/** Hosts: which of them are this machine, and how an origin is compared. */
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** An address or name without the brackets of an IPv6 host. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * True for `localhost`, 127.0.0.0/8 and `::1`: what Docker takes for insecure without being told, so that it accepts
 * any certificate there and falls back to plain HTTP (Docker docs, "Test an insecure registry").
 */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname).toLowerCase();
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
