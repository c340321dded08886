import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDockerConfig } from '../../../src/docker/config.ts';
import { type CredentialStore, createCredentialStore } from '../../../src/registry/credentials.ts';
import { authOf, temporaryDirectory, writeHelper } from './support.ts';

type Given = {
  config?: unknown;
  text?: string;
  environment?: Record<string, string>;
  helperTimeoutMs?: number;
};

function storeWith(given: Given): {
  readonly store: CredentialStore;
  readonly home: string;
  readonly bin: string;
} {
  const home = temporaryDirectory();
  const bin = path.join(home, 'bin');
  const text = given.text ?? JSON.stringify(given.config ?? {});
  const { config, fault } = parseDockerConfig(text, '~/.docker/config.json');
  const store = createCredentialStore({
    config,
    configFault: fault?.message,
    configDirectory: path.join(home, '.docker'),
    environment: {
      HOME: home,
      PATH: `${bin}:/usr/bin:/bin`,
      LOG: path.join(home, 'log'),
      ...given.environment,
    },
    helperTimeoutMs: given.helperTimeoutMs ?? 20_000,
  });
  return { store, home, bin };
}

const unix = process.platform === 'win32' ? describe.skip : describe;

describe('auths', () => {
  it.each([
    ['registry.example:5000', 'registry.example:5000'],
    ['https://registry.example:5000', 'registry.example:5000'],
    ['https://registry.example:5000/v1/', 'registry.example:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('takes the key %s for %s', async (key, host) => {
    const { store } = storeWith({ config: { auths: { [key]: authOf('ann', 'pass:word') } } });
    expect(await store(host)).toEqual({
      kind: 'basic',
      username: 'ann',
      password: 'pass:word',
      source: 'auths in ~/.docker/config.json',
    });
  });

  it.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'does not take the key %s for Docker Hub, as Docker does not',
    async (key) => {
      const { store } = storeWith({ config: { auths: { [key]: authOf('ann', 'secret') } } });
      expect(await store('docker.io')).toMatchObject({ kind: 'none' });
    },
  );

  it('keeps hosts with different ports apart', async () => {
    const { store } = storeWith({ config: { auths: { 'registry.example:5000': authOf('ann', 'secret') } } });
    expect(await store('registry.example')).toMatchObject({ kind: 'none' });
    expect(await store('registry.example:5001')).toMatchObject({ kind: 'none' });
  });

  it('reads identity and registry tokens', async () => {
    const auths = { 'a.example': { identitytoken: 'id-1' }, 'b.example': { registrytoken: 'reg-1' } };
    const { store } = storeWith({ config: { auths } });
    expect(await store('a.example')).toMatchObject({ kind: 'token', use: 'identity', token: 'id-1' });
    expect(await store('b.example')).toMatchObject({ kind: 'token', use: 'registry', token: 'reg-1' });
  });

  it('takes an empty entry for no login', async () => {
    const { store } = storeWith({ config: { auths: { 'a.example': {} } } });
    expect(await store('a.example')).toMatchObject({ kind: 'none' });
  });

  it.each(['%%%', Buffer.from('no colon').toString('base64')])(
    'says that %s cannot be read',
    async (auth) => {
      const { store } = storeWith({ config: { auths: { 'a.example': { auth } } } });
      const found = await store('a.example');
      expect(found).toMatchObject({ kind: 'failed', because: expect.stringContaining('cannot be read') });
      expect(JSON.stringify(found)).not.toContain(auth);
    },
  );

  it('gives a value for a file that is no JSON', async () => {
    const { store } = storeWith({ text: '{ "auths": ' });
    expect(await store('a.example')).toMatchObject({
      kind: 'failed',
      because: expect.stringContaining('cannot be read: ~/.docker/config.json is not valid JSON'),
    });
  });

  it('uses what could be read of a file that could not be read in full', async () => {
    const auths = { 'a.example': { auth: '%%%' }, 'b.example': authOf('ann', 'secret') };
    expect(await storeWith({ config: { auths } }).store('b.example')).toMatchObject({ username: 'ann' });
  });

  it('does not stumble over a DOCKER_AUTH_CONFIG that is no JSON', async () => {
    const environment = { DOCKER_AUTH_CONFIG: '{' };
    expect((await storeWith({ environment }).store('a.example')).kind).toBe('none');
  });

  it('puts DOCKER_AUTH_CONFIG before the file', async () => {
    const auths = (name: string) => ({ auths: { 'a.example': authOf(name, 'secret') } });
    const environment = { DOCKER_AUTH_CONFIG: JSON.stringify(auths('from-environment')) };
    const { store } = storeWith({ config: auths('from-file'), environment });
    expect(await store('a.example')).toMatchObject({
      username: 'from-environment',
      source: 'DOCKER_AUTH_CONFIG',
    });
  });
});

unix('credential helpers', () => {
  const ECHO = `server=$(cat); echo "$1 $server" >> "$LOG"; echo '{"Username":"ann","Secret":"planted"}'`;

  it('asks the helper of the registry before the general one, and never auths', async () => {
    const config = {
      auths: { 'a.example': authOf('file', 'x'), 'b.example': authOf('file', 'x') },
      credsStore: 'general',
      credHelpers: { 'a.example': 'special' },
    };
    const { store, bin, home } = storeWith({ config });
    writeHelper(bin, 'special', ECHO);
    writeHelper(bin, 'general', 'cat >/dev/null; echo "credentials not found in native keychain"; exit 1');
    expect(await store('a.example')).toEqual({
      kind: 'basic',
      username: 'ann',
      password: 'planted',
      source: 'docker-credential-special, named by credHelpers in ~/.docker/config.json',
    });
    expect(await store('b.example')).toMatchObject({ kind: 'none' });
    expect(readFileSync(path.join(home, 'log'), 'utf8')).toBe('get a.example\n');
  });

  it('asks for Docker Hub under its old address, and once only', async () => {
    const { store, bin, home } = storeWith({ config: { credsStore: 'desktop' } });
    writeHelper(bin, 'desktop', ECHO);
    await Promise.all([store('docker.io'), store('docker.io')]);
    await store('docker.io');
    expect(readFileSync(path.join(home, 'log'), 'utf8')).toBe('get https://index.docker.io/v1/\n');
  });

  it('reads an identity token', async () => {
    const { store, bin } = storeWith({ config: { credsStore: 'desktop' } });
    writeHelper(bin, 'desktop', `cat >/dev/null; echo '{"Username":"<token>","Secret":"planted"}'`);
    expect(await store('a.example')).toMatchObject({ kind: 'token', use: 'identity', token: 'planted' });
  });

  it('takes an answer from a helper that does not read its input', async () => {
    const { store, bin } = storeWith({ config: { credsStore: 'desktop' } });
    writeHelper(bin, 'desktop', `exec <&-; echo '{"Username":"ann","Secret":"s"}'`);
    expect(await store('a.example')).toMatchObject({ kind: 'basic', username: 'ann' });
  });

  it('says that a helper is missing', async () => {
    const { store } = storeWith({ config: { credsStore: 'desktop' } });
    expect(await store('a.example')).toEqual({
      kind: 'failed',
      source: 'docker-credential-desktop, named by credsStore in ~/.docker/config.json',
      because: 'docker-credential-desktop, which ~/.docker/config.json names for logins, is not on PATH',
      helper: { program: 'docker-credential-desktop', fault: 'missing' },
    });
  });

  it.each([
    ['echo planted', 'bad-answer', 'prints something that is no login'],
    ["echo '[1]'", 'bad-answer', 'prints something that is no login'],
    ['echo \'{"Username":7,"Secret":"planted"}\'', 'bad-answer', 'prints something that is no login'],
    ['yes planted', 'bad-answer', 'prints something that is no login'],
    ['echo planted; exit 1', 'failed', 'fails with exit status 1'],
    ['echo "User interaction is not allowed."; exit 1', 'failed', 'because the keychain is locked'],
  ])('names the fault of a helper that does: %s', async (script, fault, because) => {
    const { store, bin } = storeWith({ config: { credsStore: 'desktop' } });
    writeHelper(bin, 'desktop', script);
    const found = await store('a.example');
    expect(found).toMatchObject({
      kind: 'failed',
      helper: { fault },
      because: expect.stringContaining(because),
    });
    expect(JSON.stringify(found)).not.toContain('planted');
  });

  it('kills a helper that hangs, with what it started, and does not ask it again', async () => {
    const { store, bin, home } = storeWith({ config: { credsStore: 'desktop' }, helperTimeoutMs: 3000 });
    writeHelper(bin, 'desktop', 'echo asked >> "$LOG"; sleep 600 & echo $! > "$LOG.pid"; wait');
    const [first, second] = await Promise.all([store('a.example'), store('b.example')]);
    const third = await store('c.example');
    for (const found of [first, second, third]) {
      expect(found).toMatchObject({
        kind: 'failed',
        because: expect.stringContaining('gives no answer within 3 s'),
        helper: { fault: 'timeout' },
      });
    }
    expect(readFileSync(path.join(home, 'log'), 'utf8')).toBe('asked\n');
    const grandchild = Number(readFileSync(path.join(home, 'log.pid'), 'utf8'));
    expect(grandchild).toBeGreaterThan(1);
    await expect.poll(() => isRunning(grandchild)).toBe(false);
  });

  it.each(['../evil', '/tmp/evil', 'a b', '-x', '..', 'a\\b', 'a;b', '$(x)'])(
    'does not run a helper called %s',
    async (credsStore) => {
      const found = await storeWith({ config: { credsStore } }).store('a.example');
      expect(found).toMatchObject({ kind: 'failed', because: expect.stringContaining('not the name of a') });
    },
  );

  it('does not run a helper from a relative directory of PATH', async () => {
    const directory = temporaryDirectory();
    writeHelper(directory, 'desktop', ECHO);
    const relative = path.relative(process.cwd(), directory);
    const ask = (entry: string) =>
      storeWith({ config: { credsStore: 'desktop' }, environment: { PATH: `${entry}:/usr/bin:/bin` } }).store(
        'a.example',
      );
    expect(await ask(directory)).toMatchObject({ kind: 'basic' });
    expect(await ask(relative)).toMatchObject({ helper: { fault: 'missing' } });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie still has its id where nobody collects it.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
