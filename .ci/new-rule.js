/** `npm run new-rule <layer>/<name>`: writes a rule and its first two cases, ready to be filled in. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LAYERS = ['engine', 'compose', 'build', 'registry', 'runtime', 'endpoint', 'tests'];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const id = process.argv[2] ?? '';
const [layer, name, rest] = id.split('/');

if (!LAYERS.includes(layer) || !/^[a-z][a-z0-9-]*$/.test(name ?? '') || rest !== undefined) {
  process.stderr.write(`usage: npm run new-rule <layer>/<name>, where <layer> is ${LAYERS.join(', ')}\n`);
  process.exitCode = 2;
} else if (existsSync(path.join(root, 'rules', `${id}.ts`))) {
  process.stderr.write(`rules/${id}.ts is there already\n`);
  process.exitCode = 2;
} else {
  write(
    `rules/${id}.ts`,
    `import { defineRule } from '../../src/rule.ts';
import { subject } from '../../src/subject.ts';

export default defineRule({
  id: '${id}',
  title: 'the fault in a few words',
  severity: 'error',
  docs: \`
Why it hurts and how it shows itself: what Docker says, word for word.

**When to ignore it.** …
\`,
  *check(facts) {
    for (const project of facts.projects) {
      for (const service of project.services.values()) {
        if (service.name !== 'at-fault') continue;
        yield {
          subject: subject.service(project.id, service.name),
          at: service.at,
          message: \`Service "\${service.name}" …\`,
        };
      }
    }
  },
});
`,
  );
  write(`test/rules/${id}/at-fault/project/compose.yaml`, 'services:\n  at-fault:\n    image: alpine:3.19\n');
  write(`test/rules/${id}/healthy/project/compose.yaml`, 'services:\n  healthy:\n    image: alpine:3.19\n');
  for (const one of ['at-fault', 'healthy']) write(`test/rules/${id}/${one}/said.txt`, '');
  process.stdout.write(
    'Now: npm run generate, then UPDATE_CASES=1 npx vitest run test/rules, and read what it wrote.\n',
  );
}

function write(file, text) {
  const at = path.join(root, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, text);
  process.stdout.write(`${file}\n`);
}
