/** What is mounted into a container: volumes, secrets and configs. */
import { shown } from '../edit.ts';
import type { ScalarNode } from '../model.ts';
import { asWritten, implied, map, type Resolved, scalar } from '../resolved.ts';
import { sliceScalar } from '../slice.ts';
import { cleanTarget, isHostPath, parseVolume } from '../volume.ts';
import { absolutePath } from './absolute.ts';
import {
  bytes,
  type Context,
  fileMode,
  flag,
  integer,
  listOf,
  mapping,
  object,
  objectOf,
  type Shape,
  text,
  unique,
} from './shapes.ts';
import { targetOf } from './values.ts';

const volumeFields: Readonly<Record<string, Shape>> = {
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: object({ selinux: text, propagation: text, create_host_path: flag, recursive: text }),
  volume: object({ labels: mapping, nocopy: flag, subpath: text }),
  tmpfs: object({ size: bytes, mode: integer }),
  image: object({ subpath: text }),
};

export const volumes: Shape = (node, context, key) => {
  const read = listOf((item, inner) => {
    if (item.kind === 'scalar') return shortVolume(item, inner, key);
    if (item.kind === 'list') return asWritten(item);
    const volume = new Map(objectOf(item, volumeFields, inner, key).entries);
    const source = volume.get('source');
    const type = volume.get('type');
    const isBind = type?.kind === 'scalar' && type.value === 'bind';
    if (isBind && !item.entries.has('source'))
      inner.fault(item.at, `a bind mount in \`${key}\` has no source`);
    if (isBind && source?.kind === 'scalar' && source.from)
      volume.set('source', scalar(absolutePath(source.from, inner, 'host'), source.from));
    const target = volume.get('target');
    if (target?.kind === 'scalar')
      volume.set('target', { ...target, value: cleanTarget(String(target.value)) });
    return map(volume, item.at);
  })(node, context, key);
  return read?.kind === 'list' ? unique(read, targetOf) : read;
};

const PROPAGATION = /^r?(?:private|shared|slave)$/;

function shortVolume(item: ScalarNode, context: Context, key: string): Resolved {
  const volume = parseVolume(item.text);
  if (!volume) {
    context.fault(item.at, `an item of \`${key}\` has an empty part, or too many, between its colons`);
    return asWritten(item);
  }
  const { source, target } = volume;
  const options = volume.options.split(',');
  const propagation = options.findLast((one) => PROPAGATION.test(one));
  const relabel = options.findLast((one) => /^[zZ]$/.test(one));
  const isReadOnly = options.findLast((one) => one === 'ro' || one === 'rw') === 'ro';
  const isBind = isHostPath(source);
  const option = (value: string | true): Resolved => ({ ...scalar(value, item), told: value });
  const bindOptions: [string, Resolved | undefined][] = [
    ['selinux', relabel === undefined ? undefined : option(relabel)],
    ['propagation', propagation === undefined ? undefined : option(propagation)],
  ];
  const hasBind = isBind || relabel !== undefined || propagation !== undefined;
  const noCopy = options.includes('nocopy');
  const from = sliceScalar(item, 0, source.length);
  const short = item.text.length <= 2;
  const targetStart = source === '' ? 0 : source.length + 1;
  return map(
    [
      ['type', implied(isBind ? 'bind' : 'volume')],
      [
        'source',
        source === '' ? undefined : scalar(isBind ? absolutePath(from, context, 'host') : source, from),
      ],
      ['target', scalar(cleanTarget(target), sliceScalar(item, targetStart, targetStart + target.length))],
      ['read_only', isReadOnly ? option(true) : undefined],
      [
        'bind',
        hasBind ? map([...bindOptions, ['create_host_path', isBind ? implied(true) : undefined]]) : undefined,
      ],
      [
        'volume',
        (isBind && !noCopy) || short ? undefined : map([['nocopy', noCopy ? option(true) : undefined]]),
      ],
    ],
    item.at,
  );
}

/** References to top-level secrets or configs. */
export function fileReferences(directory: string | undefined): Shape {
  return (node, context, key) => {
    const read = listOf((item, inner) => {
      if (item.kind === 'scalar')
        return map(
          [
            ['source', scalar(item.text, item)],
            ['target', directory === undefined ? undefined : targetIn(directory, item)],
          ],
          item.at,
        );
      if (item.kind === 'list') return asWritten(item);
      const fields = { source: text, target: text, uid: text, gid: text, mode: fileMode };
      const reference = objectOf(item, fields, inner, key);
      const source = reference.entries.get('source');
      if (directory === undefined || item.entries.has('target')) return reference;
      const from = source?.kind === 'scalar' ? source.from : undefined;
      const target = from ? targetIn(directory, from) : implied(`${directory}/`);
      return map([...reference.entries, ['target', target]], item.at);
    })(node, context, key);
    if (read?.kind !== 'list') return read;
    return unique(read, (item) => targetOf(item) ?? sourceOf(item));
  };
}

/** Where a secret is mounted that names no target. */
function targetIn(directory: string, source: ScalarNode): Resolved {
  return { ...scalar(`${directory}/${source.text}`, source), told: `${directory}/${shown(source)}` };
}

function sourceOf(item: Resolved): string | undefined {
  const source = item.kind === 'map' ? item.entries.get('source') : undefined;
  return source?.kind === 'scalar' ? `/${source.value}` : undefined;
}
