/** Values with a short form of their own: commands, hosts, ports, devices, dependencies. */

import { shown } from '../edit.ts';
import type { ScalarNode } from '../model.ts';
import { isAddress, readPort } from '../port.ts';
import { asWritten, implied, list, map, type Resolved, type ResolvedMap, scalar } from '../resolved.ts';
import { splitWords } from '../shell-words.ts';
import { sliceScalar } from '../slice.ts';
import { isNull, itemsOf, kindInWords } from '../tree.ts';
import { count, integer, listOf, mapOf, objectOf, type Shape, text, texts, unique } from './shapes.ts';

/** A command: a string is split into words, and an empty one is not the same as none. */
export const command: Shape = (node, context, key) => {
  if (isNull(node)) return undefined;
  if (node.kind === 'list') return texts(node, context, key) ?? list([], node.at);
  if (node.kind === 'map') {
    context.fault(node.at, `\`${key}\` is a mapping; Compose expects a string or a list`);
    return asWritten(node);
  }
  const words = splitWords(node.text);
  if (!words) context.fault(node.at, `\`${key}\` has a quote or a parenthesis that is not closed`);
  if (!words) return scalar(node.text, node);
  const told = splitWords(shown(node));
  const items = words.map(({ text: word, start, end }, i): Resolved => {
    const tells = told?.length === words.length ? told[i]?.text : undefined;
    const from = sliceScalar(node, start, end);
    return { ...scalar(word, from), ...(tells !== undefined && { told: tells }) };
  });
  return list(items, node.at);
};

export const healthTest: Shape = (node, context, key) => {
  if (node.kind !== 'scalar' || node.value === null) return texts(node, context, key);
  return list([implied('CMD-SHELL'), scalar(node.text, node)], node.at);
};

/** `extra_hosts`: every address of every host as `host=address`, sorted. */
export const hosts: Shape = (node, context, key) => {
  if (isNull(node)) return undefined;
  const found: { host: string; address: string; from: ScalarNode }[] = [];
  const add = (host: string, addresses: readonly string[], from: ScalarNode): void => {
    if (host === '' || /[:=]/.test(host))
      context.fault(from.at, `an entry of \`${key}\` has no host name before its address`);
    for (const address of addresses) found.push({ host, address: address.replace(/^\[(.+)\]$/, '$1'), from });
  };
  if (node.kind === 'map') {
    for (const [host, { value }] of node.entries) {
      if (isNull(value) && value.kind === 'scalar') add(host, [''], value);
      for (const item of itemsOf(value)) if (item.kind === 'scalar') add(host, [item.text], item);
    }
  } else {
    for (const item of itemsOf(node)) {
      if (item.kind !== 'scalar') continue;
      const separator = item.text.includes('=') ? '=' : ':';
      const at = item.text.indexOf(separator);
      if (at < 0) context.fault(item.at, `an entry of \`${key}\` has no address`);
      else add(item.text.slice(0, at), item.text.slice(at + 1).split(','), item);
    }
  }
  if (found.length === 0) return undefined;
  const told = found.map(({ host, address, from }) => scalar(`${host}=${address}`, from));
  return list(
    told.sort((a, b) => (String(a.value) < String(b.value) ? -1 : 1)),
    node.at,
  );
};

const portFields = {
  name: text,
  mode: text,
  host_ip: text,
  target: integer,
  published: text,
  protocol: text,
  app_protocol: text,
};

export const ports: Shape = (node, context, key) => {
  if (isNull(node)) return undefined;
  const items = itemsOf(node).flatMap((item): Resolved[] => {
    if (item.kind === 'scalar') return shortPort(item, context, key);
    if (item.kind === 'list') {
      context.fault(item.at, `an item of \`${key}\` is ${kindInWords(item)}; Compose expects a port`);
      return [asWritten(item)];
    }
    const port = objectOf(item, portFields, context, key);
    const address = port.entries.get('host_ip');
    if (address?.kind === 'scalar' && !isAddress(String(address.value)))
      context.fault(item.at, `\`${key}\` has a \`host_ip\` that is no address`);
    return [
      map(
        [
          ['mode', port.entries.get('mode') ?? implied('ingress')],
          ...port.entries,
          ['protocol', port.entries.get('protocol') ?? implied('tcp')],
        ],
        item.at,
      ),
    ];
  });
  return items.length === 0 ? undefined : unique({ kind: 'list', items, at: node.at }, portKey);
};

function shortPort(item: ScalarNode, context: Parameters<Shape>[1], key: string): Resolved[] {
  const mappings = readPort(item.text);
  if (!mappings) {
    context.fault(item.at, `an item of \`${key}\` is no port`);
    return [asWritten(item)];
  }
  const container = item.text.lastIndexOf(':') + 1;
  const host = item.text.lastIndexOf(':', container - 2) + 1;
  const slash = item.text.indexOf('/', container);
  return mappings.map(({ hostIp, published, target, protocol }) => {
    const address = scalar(hostIp, sliceScalar(item, 0, Math.max(host - 1, 0)));
    return map(
      [
        ['mode', implied('ingress')],
        ['host_ip', hostIp === '' ? undefined : address],
        ['target', scalar(target, sliceScalar(item, container, slash < 0 ? item.text.length : slash))],
        [
          'published',
          published === '' ? undefined : scalar(published, sliceScalar(item, host, container - 1)),
        ],
        [
          'protocol',
          slash < 0 ? implied(protocol) : scalar(protocol, sliceScalar(item, slash, item.text.length)),
        ],
      ],
      item.at,
    );
  });
}

function portKey(port: Resolved): string | undefined {
  if (port.kind !== 'map') return undefined;
  const part = (name: string, otherwise: string): string => {
    const value = port.entries.get(name);
    return value?.kind === 'scalar' ? String(value.value) : otherwise;
  };
  const published = port.entries.get('published');
  // To Compose a published port that is written as a number is another than the same one as a string.
  const isNumber = published?.kind === 'scalar' && typeof published.from?.value === 'number';
  return `${part('host_ip', '0.0.0.0')}:${isNumber ? '#' : ''}${part('published', '')}:${part('target', '')}/${part('protocol', 'tcp')}`;
}

export const devices: Shape = (node, context, key) => {
  const read = listOf((item, inner) => {
    if (item.kind === 'map')
      return objectOf(item, { source: text, target: text, permissions: text }, inner, key);
    if (item.kind !== 'scalar') return asWritten(item);
    const [source = '', target = '', permissions = 'rwm', tooMany] = item.text.split(':');
    if (tooMany !== undefined) inner.fault(item.at, `an item of \`${key}\` has too many parts`);
    return map(
      [
        ['source', source === '' ? undefined : scalar(source, item)],
        ['target', (target || source) === '' ? undefined : scalar(target || source, item)],
        ['permissions', item.text.split(':').length > 2 ? scalar(permissions, item) : implied('rwm')],
      ],
      item.at,
    );
  })(node, context, key);
  return read?.kind === 'list' ? unique(read, targetOf) : read;
};

export function targetOf(item: Resolved): string | undefined {
  const target = item.kind === 'map' ? item.entries.get('target') : undefined;
  return target?.kind === 'scalar' ? String(target.value) : undefined;
}

/** A limit: one number, or a soft and a hard one. */
export const ulimits: Shape = mapOf((node, context, key) => {
  if (node.kind === 'map') return objectOf(node, { soft: integer, hard: integer }, context, key);
  const single = count(node, context, key);
  return single?.kind === 'scalar' && single.value === 0 ? map([], node.at) : single;
});

export const dependencies: Shape = (node, context, key) => {
  if (isNull(node)) return undefined;
  const dependency = (written: ResolvedMap | undefined): Resolved =>
    map(
      [
        ['condition', written?.entries.get('condition') ?? implied('service_started')],
        ['restart', onlyTrue(written?.entries.get('restart'))],
        ['required', written?.entries.get('required') ?? implied(true)],
      ],
      written?.at,
    );
  if (node.kind === 'map') {
    return map(
      [...node.entries].map(([name, { value }]) => {
        if (value.kind === 'map') {
          const fields = { condition: text, restart: booleanText, required: booleanText };
          return [name, dependency(objectOf(value, fields, context, `${key}.${name}`))];
        }
        context.fault(value.at, `\`${key}.${name}\` is ${kindInWords(value)}; Compose expects a mapping`);
        return [name, asWritten(value)];
      }),
      node.at,
    );
  }
  return map(
    itemsOf(node).flatMap((item) =>
      item.kind === 'scalar'
        ? [[item.text, { ...(dependency(undefined) as ResolvedMap), at: item.at }] as const]
        : [],
    ),
    node.at,
  );
};

const booleanText: Shape = (node) =>
  node.kind === 'scalar' ? scalar(/^(?:true|y|yes|on)$/i.test(node.text), node) : asWritten(node);

function onlyTrue(value: Resolved | undefined): Resolved | undefined {
  return value?.kind === 'scalar' && value.value === false ? undefined : value;
}
