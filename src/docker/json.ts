/**
 * JSON as the docker CLI reads it: the first value of the file counts and what follows is ignored (Go's
 * `json.Decoder`). The error names a place and never the text, which in `config.json` is a password.
 */

/** What stands in a file, or where it stops being JSON; line and column count from 1. */
export type Json =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly because: string };

const space = /[ \t\r\n]*/y;
const scalar =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const deepest = 200;

type Expected = 'value' | 'first-key' | 'key' | 'colon' | 'first-item' | 'after';

const wanted: Record<Expected, string> = {
  value: 'a value',
  'first-key': 'a name in double quotes or "}"',
  key: 'a name in double quotes',
  colon: '":"',
  'first-item': 'a value or "]"',
  after: '"," or a closing bracket',
};

/** Reads the first JSON value of a text; an empty text is `undefined`, which Docker accepts too. */
export function readJson(text: string): Json {
  if (text.startsWith('\uFEFF')) {
    return {
      ok: false,
      line: 1,
      column: 1,
      because: 'the file starts with a byte order mark, which Docker does not accept',
    };
  }
  const end = endOfValue(text);
  if (typeof end !== 'number') return end;
  const first = text.slice(0, end);
  return { ok: true, value: first.trim() === '' ? undefined : JSON.parse(first) };
}

/** The offset after the first value, by a scan that knows JSON's grammar and keeps its own stack. */
function endOfValue(text: string): number | Extract<Json, { ok: false }> {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skip(space, text, 0);
  if (at === text.length) return at;
  for (;;) {
    const c = text[at];
    if (c === undefined) return fault(text, at, 'the file ends before its last bracket or quote is closed');
    const inside = open[open.length - 1];
    if (expected === 'colon') {
      if (c !== ':') return fault(text, at, `expected ${wanted.colon}`);
      at += 1;
      expected = 'value';
    } else if (expected === 'after') {
      if (c === ',') expected = inside === '{' ? 'key' : 'value';
      else if (c === (inside === '{' ? '}' : ']')) open.pop();
      else return fault(text, at, `expected ${wanted.after}`);
      at += 1;
    } else if ((c === '}' && expected === 'first-key') || (c === ']' && expected === 'first-item')) {
      open.pop();
      at += 1;
      expected = 'after';
    } else if (expected === 'first-key' || expected === 'key') {
      const next = c === '"' ? skip(scalar, text, at) : at;
      if (next === at)
        return fault(
          text,
          at,
          c === '"' ? 'this string is not closed on its line' : `expected ${wanted[expected]}`,
        );
      at = next;
      expected = 'colon';
    } else if (c === '{' || c === '[') {
      if (open.length === deepest) return fault(text, at, `brackets are nested more than ${deepest} deep`);
      open.push(c);
      at += 1;
      expected = c === '{' ? 'first-key' : 'first-item';
    } else {
      const next = skip(scalar, text, at);
      if (next === at)
        return fault(
          text,
          at,
          c === '"' ? 'this string is not closed on its line' : `expected ${wanted[expected]}`,
        );
      at = next;
      expected = 'after';
    }
    if (open.length === 0 && expected === 'after') return at;
    at = skip(space, text, at);
  }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function fault(text: string, at: number, because: string): Extract<Json, { ok: false }> {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { ok: false, line, column: at - before.lastIndexOf('\n'), because };
}

/** A JSON object, told apart from arrays and null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member by name; where the exact name is absent, one that differs in case only, as Go's decoder does. */
export function member(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const wantedName = name.toLowerCase();
  const key = Object.keys(object).find((k) => k.toLowerCase() === wantedName);
  return key === undefined ? undefined : object[key];
}
