import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realDisk } from '../../../src/docker/environment.ts';
import { createHelperCheck } from '../../../src/docker/missing-helper.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'dockmedic-helper-'));
  mkdirSync(path.join(home, '.docker'));
  mkdirSync(path.join(home, 'bin'));
  writeFileSync(path.join(home, 'bin/docker-credential-there'), '#!/bin/sh\n');
  chmodSync(path.join(home, 'bin/docker-credential-there'), 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function ask(config: unknown, reference: string, env: Record<string, string> = {}) {
  writeFileSync(path.join(home, '.docker/config.json'), JSON.stringify(config));
  const environment = { home, platform: 'linux', uid: 1000, disk: realDisk };
  return createHelperCheck({ ...environment, env: { PATH: path.join(home, 'bin'), ...env } })(reference);
}

describe('a helper that Docker would ask for', () => {
  it.each([
    ['nowhere as the store', { credsStore: 'nowhere' }, 'postgres:16'],
    ['nowhere for the registry', { credHelpers: { 'ghcr.io': 'nowhere' } }, 'ghcr.io/a/b'],
    ['nowhere for Docker Hub', { credHelpers: { 'https://index.docker.io/v1/': 'nowhere' } }, 'a/b'],
    [
      'nowhere as the store, there for another',
      { credsStore: 'nowhere', credHelpers: { 'ghcr.io': 'there' } },
      'a',
    ],
  ])('is missing: %s', async (_, config, reference) => {
    const missing = await ask(config, reference);
    expect(missing).toMatchObject({ program: 'docker-credential-nowhere', removal: [{ text: '' }] });
    expect(missing?.file).toBe(path.join(home, '.docker/config.json'));
  });

  it.each([
    ['none is named', {}, 'a'],
    ['it is there', { credsStore: 'there' }, 'a'],
    [
      'the registry has one that is there',
      { credsStore: 'nowhere', credHelpers: { 'ghcr.io': 'there' } },
      'ghcr.io/a/b',
    ],
    [
      'it is switched off for the registry',
      { credsStore: 'nowhere', credHelpers: { 'ghcr.io': '' } },
      'ghcr.io/a/b',
    ],
    ['another registry has it', { credHelpers: { 'docker.io': 'nowhere' } }, 'a/b'],
    ['its name is none', { credsStore: '../nowhere' }, 'a'],
    ['the reference is none', { credsStore: 'nowhere' }, 'A B'],
  ])('is not missing: %s', async (_, config, reference) =>
    expect(await ask(config, reference)).toBeUndefined(),
  );

  it('is not asked where DOCKER_AUTH_CONFIG has the login', async () => {
    const auth = Buffer.from('ana:planted').toString('base64');
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'ghcr.io': { auth } } }) };
    expect(await ask({ credsStore: 'nowhere' }, 'ghcr.io/a/b', env)).toBeUndefined();
    expect(await ask({ credsStore: 'nowhere' }, 'quay.io/a/b', env)).toBeDefined();
  });
});
