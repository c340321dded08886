/** What the YAML parser found wrong, said in few words. */
import type { ErrorCode, YAMLError } from 'yaml';
import type { Source } from '../source.ts';
import type { LoadProblem } from './model.ts';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag of its own',
  BAD_ALIAS: 'the name of an alias or anchor is missing or not allowed',
  BAD_COLLECTION_TYPE: 'the tag does not fit the kind of value',
  BAD_DIRECTIVE: 'a `%` directive that YAML does not know',
  BAD_DQ_ESCAPE: 'a backslash sequence that double quotes do not know',
  BAD_INDENT: 'the indentation does not fit the lines before it',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping value is not allowed here: there is a second `: ` on the line or the indentation is off',
  BLOCK_IN_FLOW: 'an indented block is not allowed inside [ ] or { }',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MULTILINE_IMPLICIT_KEY: 'a key goes over more than one line: a colon is missing or the indentation is off',
  MULTIPLE_ANCHORS: 'a value has more than one anchor',
  MULTIPLE_TAGS: 'a value has more than one tag',
  RESOURCE_EXHAUSTION: 'it is nested too deeply to be read',
  TAB_AS_INDENT: 'a tab is used as indentation; YAML allows only spaces',
};

/** How many separate faults of one file are told. */
const MAX_TOLD = 10;

/**
 * The errors worth telling. Most that follow the first only come from it; tabs in the indentation are faults each.
 */
export function describeYamlError(source: Source, errors: readonly YAMLError[]): LoadProblem[] {
  const first = errors[0];
  if (!first) return [];
  const told = first.code === 'TAB_AS_INDENT' ? errors.filter((error) => error.code === first.code) : [first];
  return told.slice(0, MAX_TOLD).map((error) => problem(source, error));
}

function problem(source: Source, error: YAMLError): LoadProblem {
  const start = Math.min(error.pos[0], source.text.length);
  const end = Math.max(start, Math.min(endOfLine(source.text, start), error.pos[1]));
  return {
    kind: 'invalid-yaml',
    file: source.file,
    at: { file: source.file, start, end },
    message: message(error),
  };
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function message(error: YAMLError): string {
  const known = MESSAGES[error.code];
  if (error.code === 'BAD_INDENT' && /must be sufficiently indented/.test(error.message)) {
    return `a ${/map/i.test(error.message) ? '{' : '['} is not closed, or what is inside it is not indented`;
  }
  if (known !== undefined) return known;
  if (error.code === 'MISSING_CHAR') {
    if (/quote/.test(error.message)) return 'a quote is not closed';
    if (/map values/.test(error.message)) return 'a key has no `:` after it';
    return 'a character is missing';
  }
  if (error.code === 'BAD_SCALAR_START') {
    const char = /character (.)/u.exec(error.message)?.[1];
    return `a value cannot start with ${char === '`' ? 'a backtick' : `\`${char ?? '@'}\``} without quotes`;
  }
  return 'something stands here that YAML does not expect';
}
