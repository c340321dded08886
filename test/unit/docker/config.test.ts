import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDockerConfig, readDockerConfig } from '../../../src/docker/config.ts';
import { type Home, machine, makeHome, thisMachine } from './machine.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const write = (text: string | Buffer) => {
  mkdirSync(join(home.path, '.docker'), { recursive: true });
  writeFileSync(join(home.path, '.docker', 'config.json'), text);
};
const read = (env: Record<string, string> = {}) => readDockerConfig(thisMachine(home.path, env));

describe('config.json', () => {
  it('is empty where there is none', () => {
    const { config, fault } = read();
    expect(fault).toBeUndefined();
    expect(config).toMatchObject({
      directory: join(home.path, '.docker'),
      file: join(home.path, '.docker', 'config.json'),
    });
    expect(config.auths.size).toBe(0);
  });

  it('gives what Docker reads of it', () => {
    write(
      JSON.stringify({
        currentContext: 'colima',
        credsStore: 'desktop',
        credHelpers: { 'gcr.io': 'gcloud' },
        auths: {
          'ghcr.io': { auth: Buffer.from('mia:a:b\0').toString('base64') },
          'https://index.docker.io/v1/': {},
          'quay.io': { identitytoken: 't1', registrytoken: 't2' },
        },
        proxies: { default: { httpProxy: 'http://proxy:3128', noProxy: '.corp' } },
        cliPluginsExtraDirs: ['/opt/plugins', 5],
      }),
    );
    const { config, fault } = read();
    expect(fault).toBeUndefined();
    expect(config.currentContext).toBe('colima');
    expect(config.credsStore).toBe('desktop');
    expect([...config.credHelpers]).toEqual([['gcr.io', 'gcloud']]);
    expect(config.auths.get('ghcr.io')).toEqual({ username: 'mia', password: 'a:b' });
    expect(config.auths.get('https://index.docker.io/v1/')).toEqual({});
    expect(config.auths.get('quay.io')).toEqual({ identityToken: 't1', registryToken: 't2' });
    expect(config.proxies.get('default')).toEqual({ httpProxy: 'http://proxy:3128', noProxy: '.corp' });
    expect(config.pluginDirectories).toEqual(['/opt/plugins']);
  });

  it('lies where DOCKER_CONFIG says', () => {
    const elsewhere = join(home.path, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'config.json'), '{"currentContext":"there"}');
    expect(read({ DOCKER_CONFIG: elsewhere }).config.currentContext).toBe('there');
  });

  it('is looked for with the separators of the platform', () => {
    const windows = machine('win32', { env: { DOCKER_CONFIG: '' } });
    expect(readDockerConfig(windows).config).toMatchObject({
      file: 'C:\\Users\\mia\\.docker\\config.json',
      directory: 'C:\\Users\\mia\\.docker',
    });
  });

  // Checked against docker 28.2: all of these are silently accepted.
  it.each([
    ['an empty file', '', undefined],
    ['null', 'null', undefined],
    ['a second value after the first', '{"currentContext":"a"}{', 'a'],
    ['a name in another case', '{"currentcontext":"a"}', 'a'],
    ['null where a text is meant', '{"credsStore":null,"currentContext":"a"}', 'a'],
  ])('accepts %s', (_, text, context) => {
    write(text);
    expect(read().fault).toBeUndefined();
    expect(read().config.currentContext).toBe(context);
  });

  // Checked against docker 28.2: it warns, and goes on with what it could read.
  it.each([
    [
      'a comma too many',
      '{"currentContext":"a",\n}',
      'line 2, column 1: expected a name in double quotes',
      undefined,
    ],
    ['a missing bracket', '{\n  "auths": {', 'line 2, column 13: the file ends before', undefined],
    ['a byte order mark', '\uFEFF{"currentContext":"a"}', 'starts with a byte order mark', undefined],
    ['a list', '[]', 'must hold a JSON object, and holds a list', undefined],
    [
      'a number for a name',
      '{"currentContext":5,"credsStore":"x"}',
      '"currentContext" must be a string, and is a number',
      undefined,
    ],
    [
      'a list of logins',
      '{"auths":[],"currentContext":"a"}',
      '"auths" must be an object, and is a list',
      'a',
    ],
    [
      'a login that is not base64',
      '{"auths":{"ghcr.io":{"auth":"s3cret!"}},"currentContext":"a"}',
      '"ghcr.io" in "auths" is not base64',
      'a',
    ],
    [
      'a login without a colon',
      '{"auths":{"ghcr.io":{"auth":"c2VjcmV0"}},"currentContext":"a"}',
      'not of the form "user:password"',
      'a',
    ],
    [
      'a string across lines',
      '{"credsStore":"s3cret\n"}',
      'line 1, column 15: this string is not closed',
      undefined,
    ],
  ])('faults %s, by place and without its text', (_, text, message, context) => {
    write(text);
    const { config, fault } = read();
    expect(fault?.message).toContain(message);
    expect(fault?.message).toContain(config.file);
    expect(fault?.message).not.toMatch(/s3cret|c2VjcmV0/);
    expect(config.currentContext).toBe(context);
  });

  it('keeps the readable logins beside a broken one', () => {
    const { config } = parseDockerConfig(
      '{"auths":{"a.io":{"auth":"?"},"b.io":{"auth":"bWlhOnB3"}}}',
      '/c.json',
    );
    expect([...config.auths.keys()]).toEqual(['b.io']);
  });

  it('names no password that stands in the key of a login', () => {
    const { fault } = parseDockerConfig('{"auths":{"https://mia:s3cret@a.io":{"auth":"?"}}}', '/c.json');
    expect(fault?.message).toContain('https://a.io');
    expect(fault?.message).not.toContain('s3cret');
  });

  it('faults a directory in its place', () => {
    mkdirSync(join(home.path, '.docker', 'config.json'), { recursive: true });
    expect(read().fault?.message).toMatch(/config\.json cannot be read: it is a directory$/);
  });

  it.skipIf(process.platform === 'win32')('faults a file that may not be read', () => {
    write('{}');
    chmodSync(home.path, 0o755);
    chmodSync(join(home.path, '.docker'), 0o755);
    chmodSync(join(home.path, '.docker', 'config.json'), 0o000);
    // Root passes every permission, so it asks as an ordinary user.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      expect(read().fault?.message).toMatch(/config\.json cannot be read: permission denied \(EACCES\)$/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('ends on brackets nested without end', () => {
    expect(parseDockerConfig('['.repeat(1_000_000), '/c.json').fault?.message).toContain(
      'nested more than 200 deep',
    );
  });
});
