/** The short form of a published port: `address:host:container/protocol`, with ranges. */

export type PortMapping = {
  readonly hostIp: string;
  /** A port, a range of which one is taken, or `''` for any. */
  readonly published: string;
  readonly target: number;
  readonly protocol: string;
};

type Range = { readonly first: number; readonly last: number };

/** The mappings that a short form stands for; undefined where Compose refuses it. */
export function readPort(written: string): readonly PortMapping[] | undefined {
  const parts = written.split(':');
  const container = parts.at(-1) ?? '';
  const host = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const hostIp = readAddress(parts.slice(0, -2).join(':'));
  const [port = '', protocol = ''] = container.split('/');
  const target = readRange(port);
  const published = host === '' ? undefined : readRange(host);
  const kind = (protocol || 'tcp').toLowerCase();
  if (hostIp === undefined || !target || (host !== '' && !published)) return undefined;
  if (!/^(?:tcp|udp|sctp)$/.test(kind)) return undefined;
  const count = target.last - target.first;
  if (published && published.last - published.first !== count && count > 0) return undefined;
  const mappings: PortMapping[] = [];
  for (let i = 0; i <= count; i++) {
    mappings.push({
      hostIp,
      target: target.first + i,
      protocol: kind,
      published: publishedAt(published, i, count === 0),
    });
  }
  // Compose lists them by their text: 10 before 9.
  return mappings.sort((a, b) => compare(`${a.target}/${a.protocol}`, `${b.target}/${b.protocol}`));
}

function publishedAt(range: Range | undefined, index: number, single: boolean): string {
  if (!range) return '';
  if (single && range.last !== range.first) return `${range.first}-${range.last}`;
  return String(range.first + index);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function readRange(written: string): Range | undefined {
  if (!/^[0-9]+(?:-[0-9]+)?$/.test(written)) return undefined;
  const [first = 0, last = first] = written.split('-').map(Number);
  return last > 65_535 || first > 65_535 || last < first ? undefined : { first, last };
}

function readAddress(written: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(written)?.[1] ?? written;
  return bare === '' || isAddress(bare) ? bare : undefined;
}

/** The longest form of an address: six groups and an IPv4 address. In characters. */
const LONGEST_ADDRESS = 45;

/** Whether a text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  if (text.length > LONGEST_ADDRESS) return false;
  if (/^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/.test(text)) return true;
  const [, head = '', tail] = /^(.*?)(?:([0-9]+\.[0-9.]+))?$/.exec(text) ?? [];
  if (!text.includes(':') || (tail !== undefined && !isAddress(tail))) return false;
  const sides = (tail === undefined ? text : `${head}0:0`).split('::');
  const groups = sides.flatMap((side) => (side === '' ? [] : side.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return sides.length === 1 ? groups.length === 8 : sides.length === 2 && groups.length <= 7;
}
