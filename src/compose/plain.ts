/** What a plain (unquoted) YAML scalar means to Compose. */

export type PlainValue = { readonly value: string | number | boolean | null; readonly text: string };

const INTEGER = /^([-+]?)(?:0b([01_]+)|0o([0-7_]+)|0x([0-9a-fA-F_]+)|([0-9][0-9_]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * Resolves a plain scalar by the YAML 1.2 core schema, with the forms of 1.1 that Compose's parser also takes
 * (`0755` is octal, `1_000` a thousand). `text` is what Compose would pass on: `1.10` becomes `1.1`.
 */
export function resolvePlain(written: string): PlainValue {
  switch (written) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return { value: null, text: '' };
    case 'true':
    case 'True':
    case 'TRUE':
      return { value: true, text: 'true' };
    case 'false':
    case 'False':
    case 'FALSE':
      return { value: false, text: 'false' };
  }
  if (!/^[-+.0-9]/.test(written)) return { value: written, text: written };
  const integer = INTEGER.exec(written);
  if (integer) return readInteger(written, integer);
  if (FLOAT.test(written)) {
    const value = Number(written.replaceAll('_', ''));
    return { value, text: Number.isFinite(value) ? printFloat(value) : written };
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(written)) {
    const value = written.startsWith('-') ? -Infinity : Infinity;
    return { value, text: value > 0 ? '+Inf' : '-Inf' };
  }
  if (/^\.(?:nan|NaN|NAN)$/.test(written)) return { value: Number.NaN, text: 'NaN' };
  return { value: written, text: written };
}

function readInteger(written: string, match: RegExpExecArray): PlainValue {
  const [, sign, binary, octal, hex, decimal] = match;
  let digits: string;
  if (binary !== undefined) digits = `0b${binary}`;
  else if (octal !== undefined) digits = `0o${octal}`;
  else if (hex !== undefined) digits = `0x${hex}`;
  else if (decimal !== undefined && /^0[0-7_]+$/.test(decimal)) digits = `0o${decimal.slice(1)}`;
  else digits = decimal ?? '';
  digits = digits.replaceAll('_', '');
  // A number of many digits is no number that anybody counts with, and BigInt takes its time over it.
  if (digits.length > 40 || /^0[box]$/.test(digits) || digits === '')
    return { value: written, text: written };
  const magnitude = BigInt(digits);
  const exact = sign === '-' ? -magnitude : magnitude;
  // More than 64 bits: Compose counts on with a floating-point number.
  if (decimal !== undefined && (exact >= 2n ** 64n || exact < -(2n ** 63n)))
    return { value: Number(exact), text: printFloat(Number(exact)) };
  return { value: Number(exact), text: exact.toString() };
}

const TIMESTAMP =
  /^\d{4}-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d{1,2}(?::?\d{2})?)?)?$/;

/** Whether Compose's YAML parser takes a plain scalar for a point in time (YAML 1.1): it is no text then. */
export function isTimestamp(written: string): boolean {
  const [, month, day] = TIMESTAMP.exec(written) ?? [];
  const within = (part: string | undefined, most: number) => Number(part) >= 1 && Number(part) <= most;
  return within(month, 12) && within(day, 31);
}

/** As Compose prints a floating-point number where it wants text: `1.5`, and from a million on `1e+06`. */
function printFloat(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
