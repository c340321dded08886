/** Durations and sizes as Compose reads and prints them. */

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
  w: 604_800e9,
};

const DURATION = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h|d|w)/y;

/** A duration (`1m30s`, `2d`, `1.5h`) in nanoseconds; undefined where it is none. */
export function readDuration(written: string): bigint | undefined {
  const negative = written.startsWith('-');
  const text = /^[-+]/.test(written) ? written.slice(1) : written;
  if (text === '0') return 0n;
  if (text === '' || text.length > 100) return undefined;
  let total = 0n;
  let at = 0;
  while (at < text.length) {
    DURATION.lastIndex = at;
    const match = DURATION.exec(text);
    if (!match) return undefined;
    const [whole, digits = '', fraction = '', unit = ''] = match;
    if (digits === '' && fraction === '') return undefined;
    const scale = BigInt(NANOSECONDS[unit] ?? 0);
    total += BigInt(digits || '0') * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > 2n ** 63n - 1n) return undefined;
    at += whole.length;
  }
  return negative ? -total : total;
}

/** Nanoseconds as Compose prints them: `1m30s`, `1.5s`, `250ms`. */
export function printDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`;
  const minutes = size / 60_000_000_000n;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = (value % unit).toString().padStart(places, '0').replace(/0+$/, '');
  return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

const SIZE = /^([0-9.]+) ?(?:b|([kmgtp])(?:b|ib)?)?$/i;
const POWERS = 'kmgtp';

/** A size (`512m`, `1.5 GiB`) in bytes; undefined where it is none. */
export function readBytes(written: string): number | undefined {
  const match = SIZE.exec(written);
  if (!match) return undefined;
  const [, digits = '', unit] = match;
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(digits)) return undefined;
  const factor = unit === undefined ? 1 : 1024 ** (POWERS.indexOf(unit.toLowerCase()) + 1);
  return Math.trunc(Number(digits) * factor);
}

/** The shortest decimal that is the same number in single precision, as Compose keeps CPU counts. */
export function singlePrecision(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}
