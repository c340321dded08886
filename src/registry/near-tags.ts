/** Which of the tags that exist come nearest to one that does not. Pure. */
import { isSlip, nearest } from '../nearest.ts';

export type NearTags = {
  /** The best first. */
  readonly near: readonly string[];
  /** The first one is but a slip of the pen away, and the only such. */
  readonly slip: boolean;
};

const MOST_NEAR = 3;

/** A word of a tag with the numbers that follow it: `alpine3.22`, `bookworm`, `jdk17`. */
type Word = { readonly name: string; readonly numbers: readonly number[] };

/** `20.19-alpine3.22`: a version, and the words that tell its variants apart. */
type Tag = {
  readonly text: string;
  /** Undefined where it names none: `latest`, `bookworm`. */
  readonly version?: readonly number[];
  /** `rc1`, `beta2`; empty for a release. */
  readonly early: string;
  /** `v` of `v1.2`. */
  readonly prefix: string;
  readonly words: readonly Word[];
};

/**
 * The tags that are nearest to one that is not there: the one that it is but for a slip; else the same variant, as much
 * of the same version as there is, and of those the newest. A version never gives way to `latest` and its like.
 */
export function nearTags(wanted: string, tags: readonly string[]): NearTags {
  const others = tags.filter((tag) => tag !== wanted);
  const slips = others.filter((tag) => isSlipOf(wanted, tag));
  const known = readTag(wanted);
  const ranked = known.version ? rankVersions(known, others) : rankNames(known, others);
  const near = [...new Set([...slips.sort(shortestFirst), ...ranked])].slice(0, MOST_NEAR);
  return { near, slip: slips.length === 1 };
}

const shortestFirst = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);

/** The same numbers, and the same words but for a slip in one of them. */
function isSlipOf(wanted: string, tag: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number).join('.');
  if (numbers(wanted) !== numbers(tag)) return false;
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^v(?=\d)/, '')
      .replace(/[-_]/g, '');
  if (plain(wanted) === plain(tag)) return true;
  const parts = (text: string) => text.toLowerCase().split(/[^a-z]+/);
  const [ours, theirs] = [parts(wanted), parts(tag)];
  if (ours.length !== theirs.length) return false;
  const other = ours.flatMap((word, index) => (word === theirs[index] ? [] : [[word, theirs[index] ?? '']]));
  // Short words differ on purpose: `fpm`, `zts`.
  return (
    other.length === 1 && other.every(([a = '', b = '']) => Math.min(a.length, b.length) > 3 && isSlip(a, b))
  );
}

function readTag(text: string): Tag {
  const tokens = text.split(/[-_]/);
  let version: readonly number[] | undefined;
  let early = '';
  let prefix = '';
  const words: Word[] = [];
  for (const token of tokens) {
    const number = version ? null : /^(v?)(\d+(?:\.\d+)*)([a-z]+\.?\d*)?$/i.exec(token);
    if (number) {
      version = numbersOf(number[2] ?? '');
      prefix = (number[1] ?? '').toLowerCase();
      early = number[3]?.toLowerCase() ?? '';
      continue;
    }
    if (version && /^(?:rc|alpha|beta|preview|pre|dev|snapshot|nightly|canary|m)[.\d]*$/i.test(token))
      early = token;
    else words.push(readWord(token));
  }
  return { text, ...(version ? { version } : {}), early, prefix, words };
}

function readWord(token: string): Word {
  const [, name = token, numbers = ''] = /^([a-z]+)(\d+(?:\.\d+)*)$/i.exec(token) ?? [];
  return { name: name.toLowerCase(), numbers: numbersOf(numbers) };
}

function numbersOf(text: string): readonly number[] {
  return text === '' ? [] : text.split('.').map(Number);
}

/** `20240606`, `2026.11`: counted in years, so that no version of the other kind is older or newer. */
function isDate(version: readonly number[]): boolean {
  return (version[0] ?? 0) > 1900;
}

function rankVersions(wanted: Tag, tags: readonly string[]): readonly string[] {
  const version = wanted.version ?? [];
  const candidates = tags
    .map(readTag)
    .filter(
      (tag) =>
        tag.version && isDate(tag.version) === isDate(version) && (tag.early === '' || wanted.early !== ''),
    )
    .map((tag) => ({ tag, variant: variantOf(wanted, tag), common: commonOf(version, tag.version ?? []) }))
    // Another variant of another version has nothing to do with it.
    .filter(({ variant, common }) => variant < OTHER || common > 0);
  const best = Math.min(...candidates.map(({ variant }) => variant));
  return candidates
    .filter(({ variant }) => variant === best || variant < OTHER)
    .sort(
      (a, b) =>
        a.variant - b.variant ||
        b.common - a.common ||
        Number(length(a.tag) !== length(wanted)) - Number(length(b.tag) !== length(wanted)) ||
        Number(hasNumbers(a.tag) !== hasNumbers(wanted)) - Number(hasNumbers(b.tag) !== hasNumbers(wanted)) ||
        newestFirst(a.tag.version ?? [], b.tag.version ?? []) ||
        newestFirst(wordNumbers(a.tag), wordNumbers(b.tag)) ||
        shortestFirst(a.tag.text, b.tag.text),
    )
    .map(({ tag }) => tag.text);
}

const length = ({ version = [] }: Tag) => version.length;
const wordNumbers = ({ words }: Tag) => words.flatMap(({ numbers }) => numbers);
const hasNumbers = (tag: Tag) => wordNumbers(tag).length > 0;

/** No variant of the same name. */
const OTHER = 3;

/** 0 the same words, 1 the same but for slips, 2 some of them, else 3. */
function variantOf(wanted: Tag, tag: Tag): number {
  const names = ({ words, prefix }: Tag) => [prefix, ...words.map(({ name }) => name)].filter(Boolean);
  const [ours, theirs] = [names(wanted), names(tag)];
  if (ours.join('-') === theirs.join('-')) return 0;
  const isNear = (a: string, b: string) => a === b || (Math.min(a.length, b.length) > 3 && isSlip(a, b));
  if (ours.length === theirs.length && ours.every((name, index) => isNear(name, theirs[index] ?? '')))
    return 1;
  const plain = theirs.filter((name) => name !== 'v');
  return plain.every((name) => ours.includes(name)) ? 2 : OTHER;
}

/** How many numbers from the front are the same. */
function commonOf(a: readonly number[], b: readonly number[]): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same;
}

/** By number; of `15` and `15.2`, which goes on with the newest, the shorter one first. */
function newestFirst(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return (b[i] ?? 0) - (a[i] ?? 0);
  }
  return a.length - b.length;
}

function rankNames(wanted: Tag, tags: readonly string[]): readonly string[] {
  const near = nearest(wanted.text, tags);
  if (near !== undefined) return [near];
  if (wanted.text !== 'latest') return [];
  // Nobody pushed `latest`: the newest releases without a variant.
  const releases = tags
    .map(readTag)
    .filter(({ version, early, words }) => version && !early && words.length === 0);
  return releases
    .sort((a, b) => newestFirst(a.version ?? [], b.version ?? []) || shortestFirst(a.text, b.text))
    .map(({ text }) => text);
}
