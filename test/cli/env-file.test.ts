/** A line of an env file may be a secret, and nobody can tell: nothing but the name of a setting is shown of it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Person, person, STATIC } from '../support/dockmedic.ts';

let ana: Person;
beforeAll(async () => {
  ana = await person();
});
afterAll(() => ana.dispose());

const lines = [
  'SOUND=hush',
  'API KEY=hush',
  '# once it was TOKEN=hush',
  'hush/hush+hush==',
  'OTHER KEY=a${hush',
  'LAST="hush',
];

it.each(['text', 'json'])('a broken env file keeps its values to itself (%s)', async (format) => {
  const root = path.join(ana.home, format);
  await mkdir(root);
  const compose = 'services:\n  api:\n    image: shop-api:1\n    env_file: api.env\n';
  await writeFile(path.join(root, 'compose.yaml'), compose);
  await writeFile(path.join(root, 'api.env'), `${lines.join('\n')}\n`);
  const { code, stdout, stderr } = await ana.dockmedic([root, ...STATIC, '--format', format]);
  expect(code).toBe(1);
  for (const line of [2, 4, 5, 6]) expect(stdout).toContain(`Line ${line} of api.env cannot be parsed`);
  expect(stdout).toContain('API KEY=…');
  expect(stdout + stderr).not.toContain('hush');
});
