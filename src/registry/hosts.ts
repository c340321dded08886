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

/**
 * Why an engine takes a registry without a valid certificate, or without encryption: the entry of its insecure
 * registries (`registry.test:5000`, `10.0.0.0/8`) that matches. A name that only resolves to such a network is not
 * looked up.
 */
export function insecureBecause(
  hostname: string,
  host: string,
  entries: readonly string[],
): string | undefined {
  const address = bare(hostname).toLowerCase();
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const entry = entries.find((each) => {
    if (each === host) return true;
    const [network = '', bits = ''] = each.split('/');
    if (!isIP(address) || !isIP(network) || !/^\d{1,3}$/.test(bits)) return false;
    if (isIP(network) !== isIP(address)) return false;
    const list = new BlockList();
    list.addSubnet(network, Math.min(Number(bits), family === 'ipv6' ? 128 : 32), family);
    return list.check(address, family);
  });
  if (isLoopback(hostname)) return 'it is this machine, where Docker takes any certificate and plain HTTP';
  return entry === undefined ? undefined : `the engine names ${entry} as insecure`;
}
