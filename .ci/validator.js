/**
 * Makes the validator of compose files out of the specification (`src/compose/schema/specification.json`): as code, so
 * that a run neither reads a schema nor compiles one.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { _, Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const head = (name) => `// @ts-nocheck
// Written by \`npm run generate\` from specification.json; not to be edited.
import { formats } from './formats.ts';
import specification from './specification.json' with { type: 'json' };

export type Fault = {
  /** A JSON pointer to the value at fault. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** Whether a document keeps to the specification; where it does not, \`errors\` has every fault. */
export const validate = ${name} as unknown as {
  (document: unknown): boolean;
  readonly errors?: readonly Fault[] | null;
};

/** The faults so far, and those that a part of the validator finds in a value. */
function within(found, part, value, instancePath) {
  if (value === undefined || part(value, { instancePath })) return found;
  return found === null ? part.errors : found.concat(part.errors);
}
`;

export function validator() {
  const text = readFileSync(path.join(root, 'src/compose/schema/specification.json'), 'utf8');
  // Each definition is a schema of its own: the code of each then repeats no other.
  const { definitions, $comment, ...specification } = JSON.parse(text.replaceAll('"#/definitions/', '"'));
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    // `.inf` is a number to YAML.
    strictNumbers: false,
    strictTypes: false,
    strictTuples: false,
    messages: false,
    inlineRefs: false,
    keywords: ['why', 'lenient'],
    code: { source: true, esm: true, optimize: 2, formats: _`formats` },
  });
  // What they mean is in formats.ts; here they are only names.
  for (const [, name] of text.matchAll(/"format": "([a-z-]+)"/g))
    ajv.addFormat(name, { validate: () => true });
  for (const [$id, schema] of Object.entries(definitions)) ajv.addSchema({ $id, ...schema });
  return compact(standalone.default(ajv, ajv.compile(specification)));
}

/** The same code in fewer words: most of it is the noting of faults, and parameters that nothing here asks for. */
function compact(code) {
  const [start, name] = /^"use strict";export const validate = (\w+);export default \w+;/.exec(code) ?? [];
  if (start === undefined)
    throw new Error('the validator does not begin as it did: see what has changed in ajv');
  const body = code.slice(start.length);
  return `${head(name)}${body
    .replace(
      /const (err\d+) = (\{[^;]*?\});\s*if\(vErrors === null\)\{\s*vErrors = \[\1\];\s*\}\s*else \{\s*vErrors\.push\(\1\);\s*\}/g,
      '(vErrors ??= []).push($2);',
    )
    .replace(
      /if\(!\((validate\d+)\((\w+(?:\.\w+|\[\w+\]|\["[^"]+"\])?), \{instancePath:([^{}]+?),parentData:[^}]*\}\)\)\)\{vErrors = vErrors === null \? \1\.errors : vErrors\.concat\(\1\.errors\);errors = vErrors\.length;\}/g,
      'vErrors = within(vErrors, $1, $2, $3);errors = vErrors === null ? 0 : vErrors.length;',
    )
    .replace(
      /if\((data\d*)\.(\w+) !== undefined\)\{(vErrors = within\(vErrors, validate\d+, \1\.\2, [^;]+;)([^;]+;)\}/g,
      '$3$4',
    )
    .replace(/\/\*# sourceURL="[^"]*" \*\/;/g, '')
    .replace(/,schemaPath:"[^"]*"/g, '')
    .replaceAll('{instancePath="", parentData, parentDataProperty, rootData=data}={}', '{instancePath=""}={}')
    .replace(/const (schema\d+) = (\{.*?\});(?=const |function |$)/g, (_, name, text) => {
      const { $id } = JSON.parse(text);
      const of = $id === undefined ? 'specification' : `specification.definitions[${JSON.stringify($id)}]`;
      return `\nconst ${name} = ${of};`;
    })
    .split(/(?=function validate\d+\()/)
    .map(withoutCount)
    .join('\n')}\n`;
}

/** A function that never asks how many faults there are need not count them. */
function withoutCount(code) {
  const read = code.replace(/const (_errs\d+) = errors;/g, (declared, name) =>
    code.match(new RegExp(`${name}\\b`, 'g')).length > 1 ? declared : '',
  );
  if (!code.startsWith('function') || /_errs/.test(read)) return code;
  return read
    .replace('let errors = 0;', '')
    .replaceAll('errors++;', '')
    .replaceAll('errors = vErrors === null ? 0 : vErrors.length;', '')
    .replace('return errors === 0;', 'return vErrors === null;');
}
