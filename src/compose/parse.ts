/** One compose file's text -> trees of nodes with places. Nothing is interpolated yet. */
import { Composer, type CST, Lexer, Parser, type YAMLError } from 'yaml';
import type { Place, Source } from '../source.ts';
import { MAX_DEPTH, TreeBuilder } from './build-tree.ts';
import { type Conflict, conflictsIn, firstSideOnly } from './conflict-markers.ts';
import type { LoadProblem, MapNode } from './model.ts';
import { describeYamlError } from './yaml-errors.ts';

/** About 5 MB of ordinary YAML. */
const MAX_LEXEMES = 2_500_000;

export type ParsedFile = {
  /** The documents of the file that are mappings, in order. Compose merges them like files. */
  readonly documents: readonly MapNode[];
  readonly problems: readonly LoadProblem[];
};

const parsed = new WeakMap<Source, ParsedFile>();

/**
 * Parses a compose file. Never throws: what is wrong with it becomes problems, and what could be read is kept.
 * YAML 1.2 with anchors, aliases, merge keys, `!reset` and `!override`. Aliased nodes are shared, not copied.
 */
export function parseFile(source: Source): ParsedFile {
  const known = parsed.get(source);
  if (known) return known;
  const conflicts = conflictsIn(source.text, source.file);
  const result = conflicts.length === 0 ? parse(source) : parseConflicted(source, conflicts);
  parsed.set(source, result);
  return result;
}

/** A file with unsettled conflicts: they are what is wrong with it, and its first side is what is read of it. */
function parseConflicted(source: Source, conflicts: readonly Conflict[]): ParsedFile {
  const { documents } = parse({ file: source.file, text: firstSideOnly(source, conflicts) });
  return { documents, problems: [{ kind: 'conflict-markers', file: source.file, conflicts }] };
}

function parse(source: Source): ParsedFile {
  const whole = { file: source.file, start: 0, end: 0 };
  const invalid = (message: string, at: Place = whole): ParsedFile => ({
    documents: [],
    problems: [{ kind: 'invalid-yaml', file: source.file, at, message }],
  });
  const tokens = tokenize(source.text);
  if (tokens === 'too-deep') return invalid(`it is nested more than ${MAX_DEPTH} levels deep`);
  if (tokens === 'too-large') return invalid('it has too many values to be a compose file');
  const composer = new Composer({
    version: '1.2',
    // Plain scalars are resolved in plain.ts: as Compose does, and with their text kept.
    schema: 'failsafe',
    // Found in build(), where both places are at hand (and without comparing every key with every other).
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens, true, source.text.length)];
  const errors = documents
    .flatMap((document) => document.errors)
    .filter((error) => !isTolerated(source, error));
  const problems: LoadProblem[] = describeYamlError(source, errors);
  const faults = errors.map((error) => error.pos[0]).sort((a, b) => a - b);
  const builder = new TreeBuilder(source, faults);
  const directive = /^%YAML[ \t]+(?!1\.1\s)[^\r\n]*/m.exec(source.text);
  if (directive && documents.some((document) => document.directives?.yaml.explicit)) {
    const at = { file: source.file, start: directive.index, end: directive.index + directive[0].length };
    builder.invalid(at, 'Compose reads YAML of the version 1.1 and refuses the file with this line');
  }
  const roots: MapNode[] = [];
  for (const document of documents) {
    const root = builder.document(document);
    const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null);
    if (isEmpty && errors.length === 0 && documents.length > 1) {
      const start = document.range[0];
      builder.invalid(
        { file: source.file, start, end: start },
        'a document of the file is empty: a `---` stands before nothing',
      );
    }
    if (isEmpty) continue;
    if (root.kind === 'map') roots.push(root);
    else if (errors.length === 0) {
      const what = root.kind === 'list' ? 'a list' : 'a single value';
      builder.invalid(root.at, `the file is ${what}; Compose expects a mapping with \`services\``);
    }
  }
  problems.push(...builder.problems);
  if (roots.length === 0 && problems.length === 0) return invalid('the file is empty');
  return { documents: roots, problems };
}

/** Compose's parser takes `\'` in double quotes for a quote. */
function isTolerated({ text }: Source, { code, pos }: YAMLError): boolean {
  return code === 'BAD_DQ_ESCAPE' && text.startsWith("\\'", pos[0]);
}

/** The concrete syntax; the parser keeps its own stack, so it is stopped before a tree too deep to walk is built. */
function tokenize(text: string): CST.Token[] | 'too-deep' | 'too-large' {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH + 10) return 'too-deep';
    if (++lexemes > MAX_LEXEMES) return 'too-large';
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}
