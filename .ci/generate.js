/**
 * Writes what is derived: `rules/index.ts` from the files that are there, `rules/README.md` from what the rules say of
 * themselves, `docs/verdicts.md` from `docs/verdicts/`, and the validator of compose files from the specification.
 * With `--check`, writes nothing and fails where something would change.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { validator } from './validator.js';
import { verdictsPage } from './verdicts.js';

const LAYERS = ['engine', 'compose', 'build', 'registry', 'runtime', 'endpoint', 'tests'];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const stale = [];

write('rules/index.ts', index());
write('src/compose/schema/validate.ts', validator());
if (!check || stale.length === 0) {
  // The pages are made from the built program: what `dockmedic explain` says and what stands here are one text.
  execFileSync(process.execPath, [path.join(root, '.ci/build.js')], { cwd: root });
  const rules = JSON.parse(
    execFileSync(process.execPath, [path.join(root, 'bin/dockmedic.js'), 'rules', '--format', 'json'], {
      encoding: 'utf8',
    }),
  );
  write('rules/README.md', readme(rules));
  write('docs/verdicts.md', verdictsPage(root, rules, failingCases));
}
if (stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}; run \`npm run generate\`\n`);
  process.exitCode = 1;
}

function index() {
  const ids = LAYERS.flatMap((layer) => {
    const directory = path.join(root, 'rules', layer);
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => `${layer}/${name.slice(0, -3)}`);
  });
  const nameOf = (id) => id.replace(/[/-](\w)/g, (_, letter) => letter.toUpperCase());
  return [
    '// Written by `npm run generate` from the files that are there; not to be edited.',
    "import type { Rule } from '../src/rule.ts';",
    ...ids.map((id) => `import ${nameOf(id)} from './${id}.ts';`),
    '',
    '/** Every rule, in the order of layers and names. */',
    `export const rules: readonly Rule[] = [\n${ids.map((id) => `  ${nameOf(id)},`).join('\n')}\n];`,
    '',
  ].join('\n');
}

function readme(rules) {
  const table = rules.map(
    (rule) => `| [${rule.id}](#${rule.id.replace(/[^\w-]/g, '')}) | ${rule.severity} | ${rule.title} |`,
  );
  const sections = rules.map((rule) => {
    const example = firstCase(rule.id);
    return `## ${rule.id}\n\n**${rule.severity}**: ${rule.title}.\n\n${rule.docs.trim()}\n${example}`;
  });
  return [
    '# Rules',
    '',
    'Written by `npm run generate` from the rules themselves; `dockmedic explain <rule>` prints the same.',
    '',
    '| rule | severity | the fault |',
    '|---|---|---|',
    ...table,
    '',
    sections.join('\n'),
  ].join('\n');
}

/** The first failing case of a rule, as an example. */
function firstCase(id) {
  const [first] = failingCases(id);
  if (!first) return '';
  const text = readFileSync(path.join(root, 'test/rules', id, first, 'said.txt'), 'utf8').trim();
  return `\n**For example** (\`test/rules/${id}/${first}\`):\n\n\`\`\`text\n${text}\n\`\`\`\n`;
}

/** The cases of a rule in which it finds something, by name. */
function failingCases(id) {
  const directory = path.join(root, 'test/rules', id);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .filter((name) => {
      const said = path.join(directory, name, 'said.txt');
      return existsSync(said) && readFileSync(said, 'utf8').trim() !== '';
    });
}

function write(file, text) {
  const at = path.join(root, file);
  const before = existsSync(at) ? readFileSync(at, 'utf8') : undefined;
  if (before === text) return;
  if (check) stale.push(file);
  else writeFileSync(at, text);
}
