/** The proxy that the environment names for a host, by the rules of Go's `net/http`, which Docker uses. */
import { BlockList, isIP } from 'node:net';
import { bare, isLoopback } from './hosts.ts';

export type Proxy =
  | {
      readonly url: URL;
      /** `proxy.example:3128 (HTTPS_PROXY)`, without its login. */
      readonly name: string;
    }
  | { readonly url?: never; readonly name: string };

type Environment = Readonly<Record<string, string | undefined>>;

function variable(environment: Environment, name: string): { name: string; value: string } | undefined {
  for (const key of [name, name.toLowerCase()]) {
    const value = environment[key]?.trim();
    if (value) return { name: key, value };
  }
  return undefined;
}

function inNetwork(entry: string, host: string): boolean {
  const [address = '', bits] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32)) {
    list.addSubnet(address, Number(bits), family);
  }
  return list.check(host, family);
}

/** One entry of NO_PROXY: `*`, an address, a network, or a domain; all but networks may have a port. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (inNetwork(bare(entry), host)) return true;
  const split = /^(.*?)(?::(\d+))?$/.exec(entry);
  const name = bare(split?.[1] ?? '').replace(/^\*/, '');
  if (name === '' || (split?.[2] !== undefined && split[2] !== port)) return false;
  if (isIP(name)) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

/**
 * The proxy for a target, or undefined where it is asked directly. Loopback is never asked through a proxy. A value
 * that is no proxy address gives a proxy without `url`.
 */
export function proxyFor(target: URL, environment: Environment): Proxy | undefined {
  const host = bare(target.hostname).toLowerCase();
  if (isLoopback(host)) return undefined;
  const found = variable(environment, target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (!found) return undefined;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const exceptions =
    variable(environment, 'NO_PROXY')
      ?.value.toLowerCase()
      .split(/[\s,]+/) ?? [];
  if (exceptions.some((entry) => excludes(entry, host, port))) return undefined;

  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`;
  if (!URL.canParse(text)) return { name: `in ${found.name}` };
  const url = new URL(text);
  const usable = url.protocol === 'http:' || url.protocol === 'https:';
  const name = `${url.host} (${found.name})`;
  return usable ? { url, name } : { name };
}
