/** The `ports` of a service: what is published on the host, and where that is written. Pure. */
import type { Place } from '../source.ts';
import type { MapNode, Node, ScalarNode, Service } from './model.ts';
import { childAt, itemsOf, scalarAt } from './tree.ts';

type Range = { readonly from: number; readonly to: number };

export type Port = {
  /** The address on the host; empty for all of them, of both families. */
  readonly address: string;
  /** Undefined where Docker chooses a free one. */
  readonly published?: Range;
  readonly target: Range;
  readonly protocol: string;
};

export type WrittenPort = Port & {
  readonly at: Place;
  /** The value that holds the published port. */
  readonly scalar: ScalarNode;
};

/** What a service publishes; entries that Compose refuses are left out. */
export function portsOf(service: Service): readonly WrittenPort[] {
  return itemsOf(childAt(service.node, 'ports')).flatMap((item) => {
    const port = readPort(item);
    return port ? [port] : [];
  });
}

function readPort(item: Node): WrittenPort | undefined {
  if (item.kind === 'map') return readLong(item);
  if (item.kind !== 'scalar' || item.value === null) return undefined;
  const port = parsePort(item.text);
  return port && { ...port, at: item.at, scalar: item };
}

function readLong(item: MapNode): WrittenPort | undefined {
  const target = parseRange(scalarAt(item, 'target')?.text ?? '');
  const written = scalarAt(item, 'published');
  const scalar = written ?? scalarAt(item, 'target');
  if (!target || !scalar) return undefined;
  const published = written && written.text !== '' ? parseRange(written.text) : undefined;
  if (written && written.text !== '' && !published) return undefined;
  const protocol = scalarAt(item, 'protocol')?.text.toLowerCase() || 'tcp';
  const address = scalarAt(item, 'host_ip')?.text ?? '';
  return { address, target, protocol, at: scalar.at, scalar, ...fixed(published) };
}

/** Port 0 leaves the choice to Docker. */
function fixed(published: Range | undefined): Pick<Port, 'published'> {
  return published && published.from > 0 ? { published } : {};
}

/**
 * The short form, `[[address:][published]:]target[/protocol]`; IPv6 addresses stand in brackets. Undefined where
 * Compose refuses it.
 */
export function parsePort(written: string): Port | undefined {
  const [ports = '', protocol = '', more] = written.split('/');
  if (more !== undefined || (protocol !== '' && !/^(?:tcp|udp|sctp)$/i.test(protocol))) return undefined;
  const form = /^(?:(\[[^\]]*\]|[^:[\]]*):)??(?:([^:[\]]*):)?([^:[\]]*)$/.exec(ports);
  if (!form) return undefined;
  const [, address = '', host = '', container = ''] = form;
  const target = parseRange(container);
  const published = host === '' ? undefined : parseRange(host);
  if (!target || (host !== '' && !published)) return undefined;
  const span = (range: Range) => range.to - range.from;
  if (published && span(published) !== span(target) && span(target) > 0) return undefined;
  return {
    address: address.replace(/^\[|\]$/g, ''),
    target,
    protocol: protocol.toLowerCase() || 'tcp',
    ...fixed(published),
  };
}

function parseRange(written: string): Range | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(written);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return to > 65535 || to < from ? undefined : { from, to };
}

/** Whether each port has a number of its own on the host, rather than any free one of a range. */
export function isFixed(port: Port): port is Port & { published: Range } {
  const { published, target } = port;
  return published !== undefined && published.to - published.from === target.to - target.from;
}

/** The first host port that two entries both want, under the same protocol and on a common address. */
export function commonPort(a: Port, b: Port): number | undefined {
  if (!isFixed(a) || !isFixed(b) || a.protocol !== b.protocol) return undefined;
  if (!shareAddress(a.address, b.address)) return undefined;
  const from = Math.max(a.published.from, b.published.from);
  return from <= Math.min(a.published.to, b.published.to) ? from : undefined;
}

function shareAddress(a: string, b: string): boolean {
  if (a.toLowerCase() === b.toLowerCase()) return true;
  if (a === '' || b === '') return true;
  const isAny = (address: string) => address === '0.0.0.0' || address === '::';
  const isSix = (address: string) => address.includes(':');
  return isSix(a) === isSix(b) && (isAny(a) || isAny(b));
}
