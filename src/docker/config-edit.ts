/** Takes single entries out of Docker's `config.json` without touching anything else in it. Pure. */
import { isObject, readJson } from './json.ts';

export type TextEdit = { readonly start: number; readonly end: number; readonly text: string };

type Member = {
  readonly key: string;
  /** From the quote of the key to the end of the value. */
  readonly start: number;
  readonly end: number;
  /** The value's own place. */
  readonly from: number;
};

/**
 * The edits that take a credential helper out: `credsStore` where it names it, and each entry of `credHelpers` that
 * does. Undefined where the file is not understood well enough.
 *
 * @param name without `docker-credential-`
 */
export function withoutHelper(text: string, name: string): readonly TextEdit[] | undefined {
  const parsed = readJson(text);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const members = membersOf(text, text.search(/\S/));
  if (!members) return undefined;
  const isNamed = (member: Member) => readValue(text, member) === name;
  const store = named(members, 'credsStore');
  const helpers = named(members, 'credHelpers');
  if (store === 'twice' || helpers === 'twice') return undefined;
  const edits: TextEdit[] = [];
  if (store && isNamed(store)) edits.push(...removals(members, (member) => member === store));
  if (helpers) {
    const entries = membersOf(text, helpers.from);
    if (!entries) return undefined;
    edits.push(...removals(entries, isNamed));
  }
  if (edits.length === 0) return undefined;
  const after = apply(text, edits);
  return readJson(after).ok ? edits : undefined;
}

/** By its name, as Go finds it: in any letter case. Two of them are one too many. */
function named(members: readonly Member[], key: string): Member | 'twice' | undefined {
  const found = members.filter((member) => member.key.toLowerCase() === key.toLowerCase());
  return found.length > 1 ? 'twice' : found[0];
}

function readValue(text: string, { from, end }: Member): unknown {
  return JSON.parse(text.slice(from, end));
}

/** Up to the next one that stays, or, at the end, from the last one that stays. */
function removals(members: readonly Member[], goes: (member: Member) => boolean): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let index = 0; index < members.length; ) {
    let next = index;
    while (next < members.length && goes(members[next] as Member)) next++;
    if (next === index) {
      index++;
      continue;
    }
    const [first, last, before, after] = [
      members[index],
      members[next - 1],
      members[index - 1],
      members[next],
    ];
    if (first && last) {
      const start = after || !before ? first.start : before.end;
      edits.push({ start, end: after ? after.start : last.end, text: '' });
    }
    index = next;
  }
  return edits;
}

function apply(text: string, edits: readonly TextEdit[]): string {
  return [...edits].reverse().reduce((all, { start, end }) => all.slice(0, start) + all.slice(end), text);
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+)/y;

/** The members of an object that is known to be valid JSON; undefined where there is none at this place. */
function membersOf(text: string, at: number): readonly Member[] | undefined {
  if (text[at] !== '{') return undefined;
  const members: Member[] = [];
  let position = at + 1;
  const read = () => {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (!match?.[1]) return undefined;
    position = TOKEN.lastIndex;
    return { text: match[1], start: position - match[1].length };
  };
  for (let key = read(); key && key.text !== '}'; key = read()) {
    if (key.text === ',') continue;
    const colon = read();
    const value = read();
    if (!key.text.startsWith('"') || colon?.text !== ':' || !value) return undefined;
    for (let depth = opens(value.text); depth > 0; ) {
      const token = read();
      if (!token) return undefined;
      depth += opens(token.text);
    }
    members.push({ key: JSON.parse(key.text), start: key.start, end: position, from: value.start });
  }
  return members;
}

function opens(token: string): number {
  if (token === '{' || token === '[') return 1;
  return token === '}' || token === ']' ? -1 : 0;
}
