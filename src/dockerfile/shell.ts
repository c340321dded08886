/**
 * The shell form of RUN, CMD and ENTRYPOINT as far as it can be told without a shell: a plain list of commands joined
 * by `&&` and `;`. Pipes, conditions, loops, substitutions and all else come back as not understood.
 */

type ShellWord = {
  readonly text: string;
  /** Indexes into the text. */
  readonly start: number;
  readonly end: number;
  readonly literal: boolean;
};

type ShellCommand = { readonly words: readonly ShellWord[]; readonly decides: boolean };

/** Words after which the next command may or may not run, or that change how failing ends the list. */
const CONDITIONS = new Set([
  ...['if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'select'],
  ...['{', '}', '!', '[', '[[', 'test', 'command', 'which', 'type', 'hash', 'function', 'time', 'coproc'],
  ...['exit', 'return', 'trap', 'eval', 'alias', '.', 'source', 'break', 'continue', 'true', 'false', ':'],
]);

/** Longer ones are scripts, and would only cost time. In characters. */
const LONGEST = 16_384;

/** The simple commands of a shell form in order; undefined where there is more in it than these. */
export function simpleCommands(text: string): readonly ShellCommand[] | undefined {
  if (text.length > LONGEST) return undefined;
  const lists = readLists(text);
  if (!lists) return undefined;
  // `set -e` makes each command of the following lists count, but in `a && b` only the last one.
  const first = lists[0]?.[0];
  const strict = lists[0]?.length === 1 && first !== undefined && setsErrexit(first);
  return lists.flatMap((list, at) =>
    list.map((words) => ({
      words,
      decides: at === lists.length - 1 || (strict && list.length === 1),
    })),
  );
}

function setsErrexit(words: readonly ShellWord[]): boolean {
  return words[0]?.text === 'set' && /^-[a-z]*e[a-z]*$/.test(words[1]?.text ?? '');
}

/** Lists separated by `;`, each of commands joined by `&&`. */
function readLists(text: string): readonly (readonly ShellWord[])[][] | undefined {
  const lists: (readonly ShellWord[])[][] = [[]];
  let command: ShellWord[] = [];
  const endCommand = (): boolean => {
    const words = withoutAssignments(command);
    command = [];
    const name = words[0]?.text;
    if (name === undefined || CONDITIONS.has(name)) return false;
    if (name === 'set' && words.some((word) => word.text.startsWith('+'))) return false;
    lists.at(-1)?.push(words);
    return true;
  };

  let at = 0;
  let target = false;
  while (at < text.length) {
    const character = text[at] as string;
    if (/[ \t\v\f\r]/.test(character)) {
      at++;
      continue;
    }
    if (text.startsWith('&&', at)) {
      if (!endCommand()) return undefined;
      at += 2;
      continue;
    }
    if (character === ';') {
      if (!endCommand()) return undefined;
      at++;
      // A `;` at the very end ends nothing more.
      if (text.slice(at).trim() !== '') lists.push([]);
      else return lists;
      continue;
    }
    const redirection = /^\d*(?:>>|>\||>&|<&|>|<(?![<(]))/.exec(text.slice(at, at + 8))?.[0];
    if (redirection !== undefined) {
      at += redirection.length;
      target = true;
      continue;
    }
    const word = readWord(text, at);
    if (!word) return undefined;
    at = word.end;
    if (!target) command.push(word);
    target = false;
  }
  return endCommand() ? lists : undefined;
}

function withoutAssignments(words: readonly ShellWord[]): readonly ShellWord[] {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word.text));
  return first < 0 ? [] : words.slice(first);
}

/** One word, quotes taken away; undefined where something begins that is not a word. */
function readWord(text: string, start: number): ShellWord | undefined {
  let at = start;
  let content = '';
  let literal = true;
  let quote = '';
  for (; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '`' || (character === '$' && text[at + 1] === '(')) {
      if (quote !== "'") return undefined;
    }
    if (quote === "'") {
      if (character === "'") quote = '';
      else content += character;
      continue;
    }
    if (character === '\\') {
      content += text[++at] ?? '';
      continue;
    }
    if (character === '$') literal = false;
    if (quote === '"') {
      if (character === '"') quote = '';
      else content += character;
      continue;
    }
    if (character === '"' || character === "'") {
      quote = character;
      continue;
    }
    if (/[ \t\v\f\r;&<>]/.test(character)) break;
    if (/[|()\n]/.test(character) || (character === '#' && at === start)) return undefined;
    if (/[*?[~{]/.test(character)) literal = false;
    content += character;
  }
  // A lone `&`, or a quote that does not end.
  if (at === start || quote !== '') return undefined;
  return { text: content, start, end: Math.min(at, text.length), literal };
}
