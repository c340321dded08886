import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import schema from '../../docs/report.schema.json' with { type: 'json' };
import type { Report } from '../../src/report.ts';
import { type Person, person, STATIC } from '../support/dockmedic.ts';
import {
  deletedDockerfile,
  type Example,
  healthy,
  mendedReferences,
  renamedDirectory,
  staleReferences,
} from '../support/example.ts';
import { run } from '../support/run.ts';

let ana: Person;
let shop: Example;
beforeEach(async () => {
  ana = await person();
  shop = await renamedDirectory();
});
afterEach(async () => {
  await ana.dispose();
  await shop.dispose();
});

const files = Object.keys(staleReferences);
const count = Object.values(staleReferences).reduce((sum, one) => sum + one, 0);
const textsOf = async (root: string) =>
  Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(path.join(root, file), 'utf8')])),
  );

async function report(args: readonly string[] = []): Promise<Report> {
  const { stdout } = await ana.dockmedic([shop.root, ...STATIC, '--format', 'json', ...args]);
  return JSON.parse(stdout) as Report;
}

describe('the renamed directory', () => {
  it('names every stale reference at its place, as one root cause', async () => {
    const { code, stdout } = await ana.dockmedic([shop.root, ...STATIC, '--format', 'json']);
    expect(code).toBe(1);
    const { findings, summary, status } = JSON.parse(stdout) as Report;
    expect(status).toBe('fail');
    const stale = findings.filter(
      (finding) => finding.rule === 'compose/dockerfile-not-found' && finding.cause !== null,
    );
    expect(stale).toHaveLength(count);
    expect(new Set(stale.map((finding) => finding.cause?.id)).size).toBe(1);
    for (const { location, fixes, causedBy } of stale) {
      expect(causedBy).toEqual([]);
      expect(fixes).toMatchObject([{ safety: 'safe' }]);
      const line =
        (await readFile(path.join(shop.root, location?.file ?? ''), 'utf8')).split('\n')[
          (location?.line ?? 0) - 1
        ] ?? '';
      expect(line.slice((location?.column ?? 0) - 1, (location?.endColumn ?? 0) - 1)).toMatch(
        /^["']?(\.\/)?docker\/[\w.]+\.Dockerfile["']?$/,
      );
    }
    const orphan = findings.filter(
      (finding) => finding.rule === 'compose/dockerfile-not-found' && finding.cause === null,
    );
    expect(orphan).toMatchObject([{ message: expect.stringContaining(deletedDockerfile), fixes: [] }]);
    expect(summary.rootCauses).toBe(2);
  });

  it('puts what follows under its root', async () => {
    const { findings } = await report();
    const following = findings.filter((finding) => finding.rule === 'registry/image-not-built');
    expect(following.length).toBeGreaterThan(0);
    for (const finding of following) expect(finding.causedBy.length).toBeGreaterThan(0);
  });

  it('is mended by --fix, to the byte, and comes back with undo', async () => {
    const before = await textsOf(shop.root);
    const { code, stdout } = await ana.dockmedic([shop.root, ...STATIC, '--fix']);
    expect(stdout).toMatch(/verify {2}✓ 13 gone · ✓ nothing that was healthy broke/);
    expect(stdout).toMatch(/docker-compose\.test\.yml \+3 −3/);
    // The orphan is left: it is said, and the exit status is that of the state on disk.
    expect(code).toBe(1);
    const after = await textsOf(shop.root);
    for (const file of files) expect(after[file]).toBe(mendedReferences(before[file] ?? ''));

    const remaining = await report();
    expect(
      remaining.findings.filter((finding) => finding.rule === 'compose/dockerfile-not-found'),
    ).toHaveLength(1);
    const again = await ana.dockmedic([shop.root, ...STATIC, '--fix']);
    expect(again.code).toBe(1);
    expect(await textsOf(shop.root)).toEqual(after);

    const undone = await ana.dockmedic(['undo', shop.root]);
    expect(undone).toMatchObject({ code: 0 });
    expect(await textsOf(shop.root)).toEqual(before);
    expect((await run(['git', 'status', '--porcelain'], { cwd: shop.root })).stdout).toBe('');
  });

  it('reports the fixes and the state on disk as JSON', async () => {
    const fixed = await report(['--fix']);
    expect(fixed.fixes).toHaveLength(count);
    expect(new Set(fixed.fixes.map(({ state }) => state))).toEqual(new Set(['verified']));
    expect(fixed.summary.fixed).toBe(count);
    expect(fixed.summary.rootCauses).toBe(1);
  });

  it('prints a diff with --dry-run that git applies to the same result, and writes nothing', async () => {
    const before = await textsOf(shop.root);
    const { stdout } = await ana.dockmedic([shop.root, ...STATIC, '--dry-run']);
    expect(await textsOf(shop.root)).toEqual(before);
    const patch = path.join(ana.home, 'fix.patch');
    await writeFile(patch, `${stdout}\n`);
    expect(await run(['git', 'apply', patch], { cwd: shop.root })).toMatchObject({ code: 0, stderr: '' });
    for (const [file, text] of Object.entries(await textsOf(shop.root)))
      expect(text).toBe(mendedReferences(before[file] ?? ''));
  });

  it('refuses to undo over an edit made since', async () => {
    await ana.dockmedic([shop.root, ...STATIC, '--fix']);
    const file = path.join(shop.root, 'docker-compose.yml');
    await writeFile(file, `${await readFile(file, 'utf8')}# an edit\n`);
    const after = await textsOf(shop.root);
    const undone = await ana.dockmedic(['undo', shop.root]);
    expect(undone.code).toBe(2);
    expect(undone.stderr).toMatch(/docker-compose\.yml/);
    expect(await textsOf(shop.root)).toEqual(after);
  });

  it('says the same ten times in a row, and leaves the tree as it was', async () => {
    const outputs = new Set<string>();
    for (let i = 0; i < 10; i++) {
      const format = i % 2 === 0 ? 'text' : 'json';
      const { stdout } = await ana.dockmedic([shop.root, '--offline', '--no-engine', '--format', format]);
      outputs.add(stdout.replace(/"ms": \d+/g, '"ms": 0'));
    }
    expect(outputs.size).toBe(2);
    expect((await run(['git', 'status', '--porcelain', '--ignored'], { cwd: shop.root })).stdout).toBe('');
  });

  it('fits its published schema, with findings and without', async () => {
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const well = await healthy();
    const sound = JSON.parse((await ana.dockmedic([well.root, ...STATIC, '--format', 'json'])).stdout);
    await well.dispose();
    for (const one of [await report(), await report(['--fix']), sound]) {
      expect(validate(one), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});

describe('the healthy example', () => {
  it('passes without a word too many', async () => {
    const well = await healthy();
    // Which release of Alpine has come to its end depends on the day.
    const { code, stdout } = await ana.dockmedic([
      well.root,
      ...STATIC,
      '--skip',
      'compose/end-of-life-image',
    ]);
    await well.dispose();
    expect(stdout).toMatch(/^✓ PASS .*$/);
    expect(code).toBe(0);
  });
});
