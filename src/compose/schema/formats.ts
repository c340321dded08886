/**
 * What the specification's `format` words mean: what is wrong with a text, as the end of a sentence about it. Followed
 * are Go's own readers as Compose calls them (durations, sizes, ports), so that what it takes is taken here.
 */
import { whyNoWords } from '../shell-words.ts';
import { parseVolume } from '../volume.ts';

/** What is wrong with a text; undefined where nothing is. */
type Fault = (text: string) => string | undefined;

const UNIT = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$/;
const POLICIES = ['no', 'always', 'on-failure', 'unless-stopped'];
const PULLS = 'always|never|build|if_not_present|missing|refresh|daily|weekly|every_(?:[0-9]+[wdhms])+';

const unless = (holds: (text: string) => boolean, fault: string): Fault => {
  return (text) => (holds(text) ? undefined : fault);
};

const isWhole = (text: string): boolean => /^[-+]?\d+$/.test(text);
const wholeWithin = (least: number, most: number) => (text: string) =>
  isNumber(text) && Number.isInteger(Number(text)) && Number(text) >= least && Number(text) <= most;

const FAULTS: Readonly<Record<string, Fault>> = {
  truth: unless(
    (text) => /^(?:true|yes|y|on|false|no|n|off)$/i.test(text),
    'where only `true` or `false` can stand',
  ),
  whole: unless(isWhole, 'where a whole number has to stand'),
  natural: unless(wholeWithin(0, Number.MAX_VALUE), 'where a whole number from 0 on has to stand'),
  percent: unless(wholeWithin(0, 100), 'where a whole number from 0 to 100 has to stand'),
  'oom-score': unless(wholeWithin(-1000, 1000), 'where a whole number from -1000 to 1000 has to stand'),
  number: unless(isNumber, 'where a number has to stand'),
  duration: unless(
    (text) => UNIT.test(text) || /^[-+]?0$/.test(text),
    'which is no duration: that is a number with a unit, as in `30s` or `1m30s`',
  ),
  size: unless(isSize, 'which is no size: that is a number, with a unit or without, as in `512m` or `1.5g`'),
  mode: unless(
    (text) => /^(?:0o?)?[0-7]+$/.test(text),
    'which is no file mode: that is an octal number, as in `0440`',
  ),
  pair: unless((text) => text.includes('='), 'which has no `=`: Compose expects `name=value`'),
  host: unless(
    (text) => /[=:]/.test(text) && !/^[=:]/.test(text),
    'where a name and an address have to stand, as in `somehost=162.242.195.82`',
  ),
  device: unless((text) => text.split(':').length <= 3, 'which has too many colons for a device'),
  all: unless((text) => text === 'all', 'where only `all` can stand, or a list'),
  count: unless((text) => text === 'all' || isWhole(text), 'where only a number or `all` can stand'),
  'container-name': unless(
    (text) => /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text),
    'which is no name: letters, digits, `_`, `.` and `-` make one, two or more, and it starts with a letter or digit',
  ),
  ip: unless((text) => text === '' || isAddress(text), 'which is no IP address'),
  port: portFault,
  restart: unless(
    (text) => text === '' || POLICIES.includes(text) || text.startsWith('on-failure:'),
    `which is no restart policy: those are ${POLICIES.map((policy) => `\`${policy}\``).join(', ')}`,
  ),
  // Like Compose, satisfied where some part of the text fits.
  'pull-policy': unless(
    (text) => new RegExp(PULLS).test(text),
    'which is no pull policy: those are `always`, `missing`, `never`, `build`, `daily`, `weekly` and the like of `every_12h`',
  ),
  volume: unless(
    (text) => parseVolume(text) !== undefined,
    'which has an empty part, or too many, between its colons',
  ),
  words: (text) => {
    const why = whyNoWords(text);
    return why === undefined ? undefined : `which Compose cannot split into words: ${why}`;
  },
  'ssh-key': unless(
    (text) => text === 'default' || text.includes('='),
    'which names a key without saying where it is, as in `mykey=~/.ssh/id_ed25519`; only `default` stands alone',
  ),
  'not-empty': unless((text) => text !== '', 'where a path has to stand'),
};

/** Words that a format with few of them knows, to name the nearest. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  restart: POLICIES,
  'pull-policy': ['always', 'missing', 'never', 'build', 'if_not_present', 'refresh', 'daily', 'weekly'],
};

/** What Compose only looks at when all files are merged: a later file can put it right. */
export const LATE: ReadonlySet<string> = new Set([
  'duration',
  'size',
  'mode',
  'host',
  'count',
  'restart',
  'words',
]);

/** What Compose hands on without a look at it, and the engine then refuses. */
export const TO_ENGINE: ReadonlySet<string> = new Set(['container-name', 'restart']);

/** The formats of texts that Compose turns into a number or a boolean: there a text is one way to write that. */
export const CAST: ReadonlySet<string> = new Set([
  'truth',
  'whole',
  'natural',
  'percent',
  'oom-score',
  'number',
  'mode',
]);

export function faultOf(format: string, text: string): string | undefined {
  return FAULTS[format]?.(text);
}

/** For the validator. */
export const formats: Readonly<Record<string, { validate(text: string): boolean }>> = Object.fromEntries(
  Object.entries(FAULTS).map(([name, fault]) => [
    name,
    { validate: (text: string) => fault(text) === undefined },
  ]),
);

function isNumber(text: string): boolean {
  return text.trim() === text && text !== '' && !Number.isNaN(Number(text));
}

/** The sizes of `docker run --memory`: binary units of one letter, with `b` or `ib`, in any case. */
function isSize(text: string): boolean {
  const [, number, unit] = /^([0-9.]*[0-9.])? ?([a-z]*)$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined || Number.isNaN(Number(number))) return false;
  return /^(?:b|[kmgtp](?:i?b)?)?$/i.test(unit);
}

/** `[address:][host port or range:]container port or range[/protocol]`. */
function portFault(written: string): string | undefined {
  const slash = written.indexOf('/');
  const protocol = slash < 0 ? '' : (written.slice(slash + 1).split('/')[0] ?? '');
  if (!/^(?:tcp|udp|sctp)?$/i.test(protocol))
    return 'whose protocol is none: those are `tcp`, `udp` and `sctp`';
  const parts = (slash < 0 ? written : written.slice(0, slash)).split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const address = parts.join(':');
  if (container === '') return 'which names no port of the container';
  const inside = range(container);
  if (!inside) return 'whose container port is no number from 1 to 65535, and no range of them';
  if (inside.from === 0) return 'whose container port is 0';
  if (address !== '' && !isAddress(address.replace(/^\[(.*)\]$/, '$1'), address.startsWith('[')))
    return 'whose part before the ports is no IP address';
  if (host === '') return undefined;
  const outside = range(host);
  if (!outside) return 'whose host port is no number up to 65535, and no range of them';
  const differ = inside.to - inside.from !== outside.to - outside.from;
  if (differ && inside.from !== inside.to) return 'whose two ranges of ports are not of one length';
  return undefined;
}

function range(text: string): { readonly from: number; readonly to: number } | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const from = Number(first ?? Number.NaN);
  const to = Number(last ?? Number.NaN);
  return from <= to && to <= 65535 ? { from, to } : undefined;
}

/** Of version 4 anywhere; of version 6 only in brackets, where ports follow. */
function isAddress(text: string, inBrackets = true): boolean {
  if (/^\d+(?:\.\d+){3}$/.test(text)) {
    return text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));
  }
  if (!inBrackets || !text.includes(':')) return false;
  return /^[0-9a-f:.]+$/i.test(text);
}
