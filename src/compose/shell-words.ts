/** A command that is written as one string, split into words the way Compose splits it. */

/** A word, and where it stands in the line, quotes included. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

/** What ends a word for Compose. */
const SPACE = /[ \t\r\n]/;

/**
 * The words of a command. Quotes group, a backslash takes the next character as it is, and an operator of a shell
 * outside quotes (`;`, `&`, `|`, `<`, `>`) ends the command: what follows is dropped. Undefined where a quote or a
 * parenthesis is not closed.
 */
export function splitWords(line: string): readonly Word[] | undefined {
  const read = readWords(line);
  return typeof read === 'string' ? undefined : read;
}

/** Why a command cannot be split into words; undefined where it can. */
export function whyNoWords(line: string): string | undefined {
  const read = readWords(line);
  return typeof read === 'string' ? read : undefined;
}

function readWords(line: string): readonly Word[] | string {
  const words: Word[] = [];
  let start = 0;
  let at = -1;
  let length = 0;
  let word = '';
  // A quoted word may be empty, so its length does not tell whether there is one.
  let begun = false;
  let escaped = false;
  // Backticks and `$(` keep words together and stay in them; they may stand around quotes.
  const open = { single: false, double: false, back: false, dollar: false };
  const isOpen = (): boolean => open.single || open.double || open.back || open.dollar;
  for (const char of line) {
    at = at < 0 ? 0 : at + length;
    length = char.length;
    if (escaped) {
      word += char;
      escaped = false;
      begun = true;
      continue;
    }
    if (char === '\\') {
      if (open.single) word += char;
      else escaped = true;
      continue;
    }
    if (SPACE.test(char)) {
      if (isOpen()) word += char;
      else {
        if (begun) words.push({ text: word, start, end: at });
        start = at + 1;
        word = '';
        begun = false;
      }
      continue;
    }
    if (char === '"' && !open.single && !open.dollar) {
      begun ||= open.double;
      open.double = !open.double;
      continue;
    }
    if (char === "'" && !open.double && !open.dollar) {
      begun ||= open.single;
      open.single = !open.single;
      continue;
    }
    if (char === '`' && !open.single && !open.double && !open.dollar) open.back = !open.back;
    if (char === ')' && !open.single && !open.double && !open.back) open.dollar = !open.dollar;
    if (char === '(' && !open.single && !open.double && !open.back) {
      if (open.dollar || !word.endsWith('$')) return 'a parenthesis stands outside of quotes';
      open.dollar = true;
      word += char;
      continue;
    }
    if (/[;&|<>]/.test(char) && !isOpen()) {
      // `2>file`: the number belongs to what is dropped.
      if (char === '>' && /^[0-9]/.test(word)) begun = false;
      break;
    }
    begun = true;
    word += char;
  }
  if (begun) words.push({ text: word, start, end: line.length });
  if (open.single) return "a quote `'` is not closed";
  if (open.double) return 'a quote `"` is not closed';
  if (open.back) return 'a backtick is not closed';
  if (open.dollar) return 'a `$(` is not closed';
  return escaped ? 'it ends in a backslash' : words;
}
