import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/dockmedic.ts';

let ana: Person;

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(ana.home, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

beforeAll(async () => {
  ana = await person();
  await write({
    'shop/compose.yaml': `name: shop
services:
  api:
    image: "example/api:\${TAG}"
    command: serve --password \${DB_PASSWORD} --level \${LEVEL:-info}
    env_file: api.env
    environment:
      DB_PASSWORD:
      NOWHERE:
      HOST: "\${UNSET}"
    ports: ["\${PORT}:80"]
    volumes: ["./data:/data:ro"]
  tools: {image: tools, profiles: [dev]}
`,
    'shop/compose.override.yaml': 'services: {api: {stop_grace_period: 90s, mem_limit: 1g}}\n',
    'shop/.env': 'TAG=hush-tag\nPORT=8443\n',
    'shop/other.env': 'TAG=other-tag\nPORT=9443\n',
    'shop/api.env': '# keys\nAPI_KEY=hush-key\n',
    'two/a/compose.yaml': 'services: {a: {image: one}}\n',
    'two/b/compose.yaml': 'services: {b: {image: two}}\n',
    'broken/compose.yaml': 'services:\n  a: {image: x, ports: ["80:http"]}\n  b: {image: [y]}\n',
  });
});
afterAll(() => ana.dispose());

const env = { DB_PASSWORD: 'hush-password' };

async function config(...args: string[]) {
  return ana.dockmedic(['config', ...args], { env });
}

/** The line of a key, without the blanks that line the reasons up. */
function line(stdout: string, start: string): string | undefined {
  return stdout
    .split('\n')
    .map((one) => one.trim().replace(/ {2,}# /, ' # '))
    .find((one) => one.startsWith(start));
}

describe('dockmedic config', () => {
  it('says of every value where it comes from', async () => {
    const { code, stdout, stderr } = await config('shop');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^# compose\.yaml\+compose\.override\.yaml /);
    const told: [string, string][] = [
      ['name:', 'name: shop # compose.yaml:1'],
      ['image:', 'image: example/api:${TAG} # compose.yaml:4; TAG from .env:1'],
      ['- serve', '- serve # compose.yaml:5'],
      ['- ${DB', '- ${DB_PASSWORD} # compose.yaml:5; DB_PASSWORD from the environment'],
      ['- info', '- info # compose.yaml:5; LEVEL by its default'],
      ['API_KEY:', 'API_KEY: ${API_KEY} # env_file api.env:2'],
      ['DB_PASSWORD:', 'DB_PASSWORD: ${DB_PASSWORD} # compose.yaml:8; DB_PASSWORD from the environment'],
      ['NOWHERE:', 'NOWHERE: null # compose.yaml:9'],
      ['HOST:', 'HOST: "" # compose.yaml:10; UNSET is not set'],
      ['published:', 'published: ${PORT} # compose.yaml:11; PORT from .env:2'],
      ['target: 80', 'target: 80 # compose.yaml:11'],
      ['source:', `source: ${path.join(ana.home, 'shop/data')} # compose.yaml:12`],
      ['stop_grace_period:', 'stop_grace_period: 1m30s # compose.override.yaml:1'],
      ['mem_limit:', 'mem_limit: "1073741824" # compose.override.yaml:1'],
      ['protocol:', 'protocol: tcp # by default'],
    ];
    for (const [start, expected] of told) expect(line(stdout, start)).toBe(expected);
    expect(stdout).not.toMatch(/hush|8443|tools/);
  });

  it('tells values of the environment only when asked to', async () => {
    const { code, stdout } = await config('shop', '--values');
    expect(code).toBe(0);
    expect(line(stdout, 'image:')).toMatch(/^image: example\/api:hush-tag # /);
    expect(line(stdout, 'API_KEY:')).toMatch(/^API_KEY: hush-key # /);
    expect(line(stdout, '- hush')).toMatch(/^- hush-password # /);
  });

  it('takes the flags of Compose', async () => {
    const { stdout } = await config(
      '-f',
      'shop/compose.yaml',
      '--env-file',
      'shop/other.env',
      '--profile',
      'dev',
      '--project-directory',
      'two',
      '--values',
    );
    expect(line(stdout, 'image: example')).toBe(
      'image: example/api:other-tag # shop/compose.yaml:4; TAG from shop/other.env:1',
    );
    expect(stdout).toContain('tools:');
    expect(line(stdout, 'source:')).toContain(path.join(ana.home, 'two/data'));
    expect(stdout).not.toContain('1m30s');
  });

  it('prints every project under its heading', async () => {
    const { code, stdout } = await config('two');
    expect(code).toBe(0);
    const headings = stdout.split('\n').filter((one) => one.startsWith('# '));
    expect(headings).toEqual(['# a/compose.yaml (compose.yaml)', '# b/compose.yaml (compose.yaml)']);
  });

  it('as JSON: the model, and the origin of each value by its pointer', async () => {
    const { code, stdout } = await config('shop', '--format', 'json');
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/hush|8443/);
    const { projects } = JSON.parse(stdout);
    expect(projects).toHaveLength(1);
    const [{ model, origins }] = projects;
    expect(model.services.api.ports).toEqual([
      { mode: 'ingress', target: 80, published: '${PORT}', protocol: 'tcp' },
    ]);
    expect(origins['/services/api/image']).toEqual({
      file: 'compose.yaml',
      line: 4,
      column: 12,
      variables: [{ name: 'TAG', from: 'env-file', file: '.env', line: 1, column: 1 }],
    });
    expect(origins['/services/api/environment/API_KEY']).toMatchObject({
      via: 'env_file',
      file: 'api.env',
      line: 2,
    });
    expect(origins['/services/api/ports/0/mode']).toEqual({ implied: true });
  });

  it('shows what could be read of a broken file, says so, and exits with 1', async () => {
    const { code, stdout, stderr } = await config('broken');
    expect(code).toBe(1);
    expect(line(stdout, 'image:')).toBe('image: x # compose.yaml:2');
    expect(line(stdout, '- 80:http')).toBe('- 80:http # compose.yaml:2');
    expect(stderr).toMatch(/compose\.yaml:2: an item of `a\.ports` is no port/);
    expect(stderr).toMatch(/has (?:a fault|\d+ faults), which `dockmedic` tells/);
  });

  it('wrong use gets one clear line and exit 2', async () => {
    const { code, stdout, stderr } = await config('shop', '--vaules');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/no option --vaules; did you mean --values\?/);
    expect((await config('nowhere')).stderr).toMatch(/no directory "nowhere"/);
  });
});
