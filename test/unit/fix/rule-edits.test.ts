/** The fixes that rules offer, on generated files: the wrong values become the right ones, every other byte stays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import rule from '../../../rules/compose/dockerfile-not-found.ts';
import { loadProjects } from '../../../src/compose/load.ts';
import { createFacts } from '../../../src/create-facts.ts';
import { diagnose } from '../../../src/diagnose.ts';
import { realDisk } from '../../../src/docker/environment.ts';
import { applyEdits, fitEdit } from '../../../src/fix/splice.ts';
import { memoryFiles } from '../compose/memory-files.ts';

/** A path as a person may write it: in which quotes, and with what behind it. */
const written = fc.record({
  quote: fc.constantFrom('', "'", '"'),
  before: fc.constantFrom('', './', '${EMPTY:-}', '${NONE:-}'),
  after: fc.constantFrom('', '  # "docker/api.Dockerfile" it was', ' \t'),
  wrong: fc.boolean(),
});

const noise = fc.constantFrom(
  '',
  '\n',
  '    # docker/api.Dockerfile, as before\n',
  '    command: ["docker/api.Dockerfile", \'é😀\']\n',
  '    labels: {a: &a "x # y", b: *a}\n',
  '    environment:\n      - TEXT=docker/api.Dockerfile\n',
  '    entrypoint: |\n      docker/api.Dockerfile\n\n',
);

const file = fc
  .record({
    services: fc.array(fc.record({ written, noise, flow: fc.boolean() }), { minLength: 1, maxLength: 4 }),
    crlf: fc.boolean(),
    mark: fc.boolean(),
    newline: fc.boolean(),
  })
  .map(({ services, crlf, mark, newline }) => {
    const render = (mended: boolean): string => {
      const blocks = services.map(({ written: value, noise: text, flow }, index) => {
        const name = value.wrong && !mended ? 'docker/api.Dockerfile' : 'docker/Api.Dockerfile';
        const path = `${value.quote}${value.before}${name}${value.quote}`;
        // An interpolation without quotes would end a flow mapping.
        const build =
          flow && !(value.quote === '' && value.before.startsWith('$'))
            ? `    build: {context: ., dockerfile: ${path}}${value.after}\n`
            : `    build:\n      dockerfile: ${path}${value.after}\n      context: .\n`;
        return `  s${index}:\n${text}${build}`;
      });
      const text = `${mark ? '\uFEFF' : ''}services:\n${blocks.join('')}`;
      const whole = newline ? text : text.replace(/\n$/, '');
      return crlf ? whole.replaceAll('\n', '\r\n') : whole;
    };
    return {
      broken: render(false),
      right: render(true),
      wrong: services.filter((one) => one.written.wrong).length,
    };
  });

test('a misspelt Dockerfile is mended wherever and however it is written', async () => {
  await fc.assert(
    fc.asyncProperty(file, async ({ broken, right, wrong }) => {
      const findings = await look(broken);
      expect(findings).toHaveLength(wrong);
      const edits = findings.flatMap(({ fixes = [] }) => {
        expect(fixes.map(({ safety }) => safety)).toEqual(['safe']);
        return fixes.flatMap(({ steps }) =>
          steps.flatMap((step) => (step.kind === 'edit' ? [{ ...step.at, text: step.text }] : [])),
        );
      });
      expect(edits.every((edit) => edit.file === 'compose.yaml')).toBe(true);
      const after = applyEdits(
        broken,
        edits.map((edit) => fitEdit(broken, edit)),
      );
      expect(after).toBe(right);
      expect(await look(after)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

async function look(text: string) {
  const files = memoryFiles({ 'compose.yaml': text, 'docker/Api.Dockerfile': 'FROM busybox:1.36\n' });
  const environment = { env: {}, home: '/home/me', platform: 'linux', uid: 1000, disk: realDisk };
  const { projects } = loadProjects({ files, root: '/ws/shop', environment: {} });
  const history = { renames: async () => [], removal: async () => undefined };
  const facts = createFacts({
    root: '/',
    projects,
    files,
    history,
    environment,
    askEngine: false,
    askRegistries: false,
    timeoutMs: 5_000,
  });
  const { findings, crashes } = await diagnose([rule], facts);
  expect(crashes).toEqual([]);
  return findings;
}
