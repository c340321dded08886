/** What is a login to Docker and what only looks like one; what is known of registries of certain kinds. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDockerConfig } from '../../../src/docker/config.ts';
import { registrySettingsOf } from '../../../src/docker/registry-settings.ts';
import { advised, kindOfRegistry } from '../../../src/registry/advice.ts';
import { readAuthVariable } from '../../../src/registry/auth-variable.ts';
import { credentialNotes } from '../../../src/registry/credential-notes.ts';
import type { Credentials } from '../../../src/registry/credentials.ts';
import { insecureBecause } from '../../../src/registry/hosts.ts';
import type { ImageVerdict } from '../../../src/registry/model.ts';
import { authOf } from './support.ts';

const auth = authOf('ann', 'planted-secret');

describe('DOCKER_AUTH_CONFIG', () => {
  it('is taken where it is what the docker CLI takes', () => {
    const { auths, fault } = readAuthVariable(
      JSON.stringify({ auths: { 'a.test': auth, 'b.test:5000': auth } }),
    );
    expect(fault).toBeUndefined();
    expect([...auths.keys()]).toEqual(['a.test', 'b.test:5000']);
    for (const nothing of [undefined, '', '{}'])
      expect(readAuthVariable(nothing)).toEqual({ auths: new Map() });
  });

  // Each was given to docker 28.5, which warned and passed all of it over.
  it.each([
    ['{', 'not valid JSON'],
    ['[]', 'no JSON object'],
    [`${JSON.stringify({ auths: { 'a.test': auth } })}xx`, 'something follows'],
    [JSON.stringify({ auths: { 'a.test': auth }, credsStore: 'desktop' }), 'other than "auths"'],
    [
      JSON.stringify({ auths: { 'a.test': { username: 'ann', password: 'planted-secret' } } }),
      'other than "auth"',
    ],
    [JSON.stringify({ auths: { 'a.test': { ...auth, email: 'ann@planted.test' } } }), 'other than "auth"'],
    [JSON.stringify({ auths: { 'a.test': auth, 'b.test': {} } }), 'has no "auth"'],
    [JSON.stringify({ auths: { 'a.test': { auth: 'planted!!' } } }), 'base64'],
  ])('is passed over: %s', (value, because) => {
    const { auths, fault } = readAuthVariable(value);
    expect(auths.size).toBe(0);
    expect(fault).toContain(because);
    expect(fault).not.toContain('planted');
  });
});

describe('what looks like a login', () => {
  const file = '~/.docker/config.json';
  const none: Credentials = { kind: 'none', source: 'x' };
  const notes = (config: unknown, host: string, credentials: Credentials = none) =>
    credentialNotes(
      parseDockerConfig(JSON.stringify(config), '/config.json').config,
      readAuthVariable(undefined),
      credentials,
      host,
      file,
    );

  it.each([
    [
      { auths: { 'a.test': auth }, credsStore: 'desktop' },
      'a.test',
      /left over from before; Docker looks into docker-credential-desktop/,
    ],
    [
      { auths: { 'a.test': auth }, credHelpers: { 'a.test': 'ecr-login' } },
      'a.test',
      /docker-credential-ecr-login/,
    ],
    [{ auths: { 'docker.io': auth } }, 'docker.io', /never uses/],
    [{ auths: { 'https://ann:planted@registry-1.docker.io/v2/': auth } }, 'docker.io', /never uses/],
    [{ credHelpers: { 'docker.io': 'desktop' } }, 'docker.io', /under a key that Docker never uses/],
    [
      { auths: { 'a.test': auth } },
      'a.test:5000',
      /knows a login for a\.test; Docker keeps hosts with different ports apart/,
    ],
  ])('%j for %s', (config, host, expected) => {
    const said = notes(config, host);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
    expect(said[0]).not.toContain('planted');
  });

  it.each([
    [{ auths: { 'a.test': auth } }, 'a.test'],
    [{ auths: { 'a.test': {} }, credsStore: 'desktop' }, 'a.test'],
    [{ auths: { 'a.test': auth }, credsStore: 'desktop', credHelpers: { 'a.test': '' } }, 'a.test'],
    [{ auths: { 'https://index.docker.io/v1/': auth } }, 'docker.io'],
    [{ auths: { 'b.test': auth } }, 'a.test'],
  ])('is silent about %j for %s', (config, host) => {
    const credentials: Credentials = { kind: 'basic', username: 'ann', password: 'x', source: 'auths' };
    expect(notes(config, host, credentials)).toEqual([]);
  });
});

describe('kinds of registries', () => {
  it.each([
    ['docker.io', 'docker-hub'],
    ['ghcr.io', 'ghcr'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ecr'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'ecr'],
    ['public.ecr.aws', 'ecr-public'],
    ['europe-west2-docker.pkg.dev', 'artifact-registry'],
    ['eu.gcr.io', 'artifact-registry'],
    ['gcr.io', 'artifact-registry'],
    ['acme.azurecr.io', 'acr'],
    ['registry.gitlab.com', 'gitlab'],
  ])('%s is %s', (host, id) => {
    expect(kindOfRegistry(host)?.id).toBe(id);
  });

  it('leave look-alikes and strangers alone', () => {
    for (const host of [
      'ghcr.io.evil.test',
      'notghcr.io',
      'localhost:5000',
      'azurecr.io.test',
      'evil-docker.pkg.dev.test',
    ])
      expect(kindOfRegistry(host)).toBeUndefined();
  });

  it('are known by their token server, where people run them themselves', () => {
    expect(
      kindOfRegistry('registry.acme.test', ['GET https://git.acme.test/jwt/auth → 403 (without a login)'])
        ?.id,
    ).toBe('gitlab');
    expect(
      kindOfRegistry('registry.acme.test', ['GET https://registry.acme.test/v2/jwt/auth/manifests/1 → 404']),
    ).toBeUndefined();
  });

  it('say what to do, with the names of this one', () => {
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const refused: ImageVerdict = {
      verdict: 'login-refused',
      registry: host,
      credentials: 'auths',
      seen: [],
    };
    expect(advised(refused)).toMatchObject({
      advice: expect.stringContaining(
        `--region eu-west-1 | docker login --username AWS --password-stdin ${host}`,
      ),
    });
    const acr: ImageVerdict = { verdict: 'login-needed', registry: 'acme.azurecr.io', seen: [] };
    expect(advised(acr)).toMatchObject({ advice: expect.stringContaining('az acr login --name acme`') });
    const plain: ImageVerdict = { verdict: 'login-needed', registry: 'registry.test', seen: [] };
    expect(advised(plain)).toEqual(plain);
  });

  it('have a source for what they say, and no place left to fill', () => {
    const file = path.resolve(import.meta.dirname, '../../../src/data/registries.json');
    for (const kind of JSON.parse(readFileSync(file, 'utf8'))) {
      expect(kind.sources.length, kind.id).toBeGreaterThan(0);
      for (const source of kind.sources) expect(source).toMatch(/^https:\/\//);
      const named = [...kind.host.matchAll(/\(\?<(\w+)>/g)].map((match: RegExpMatchArray) => match[1]);
      for (const text of [kind.loginNeeded, kind.loginRefused, kind.absent, kind.rateLimited].filter(
        Boolean,
      )) {
        for (const [, name] of text.matchAll(/\{(\w+)\}/g))
          expect([...named, 'host'], kind.id).toContain(name);
      }
    }
  });
});

describe('what an engine was told of registries', () => {
  it('is read from its information, without logins', () => {
    const settings = registrySettingsOf({
      HttpProxy: 'http://ann:planted@proxy.test:3128',
      HttpsProxy: 'http://xxxxx:xxxxx@proxy.test:3128',
      NoProxy: 'internal.test',
      OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      RegistryConfig: {
        Mirrors: ['https://ann:planted@mirror.test/'],
        InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', '10.0.0.0/8'],
        IndexConfigs: { 'docker.io': { Secure: true }, 'old.test:5000': { Secure: false } },
      },
    });
    expect(settings).toMatchObject({
      mirrors: ['https://mirror.test/'],
      proxies: { http: 'http://proxy.test:3128', https: 'http://proxy.test:3128', none: 'internal.test' },
    });
    expect(JSON.stringify(settings)).not.toContain('planted');
    const insecure = settings?.insecure ?? [];
    expect(insecureBecause('old.test', 'old.test:5000', insecure)).toContain('old.test:5000');
    expect(insecureBecause('10.1.2.3', '10.1.2.3', insecure)).toContain('10.0.0.0/8');
    expect(insecureBecause('[::1]', '[::1]:5000', insecure)).toContain('this machine');
    expect(insecureBecause('old.test', 'old.test', insecure)).toBeUndefined();
    expect(insecureBecause('11.1.2.3', '11.1.2.3', insecure)).toBeUndefined();
  });

  it('is nothing where something else answers', () => {
    for (const info of [undefined, 'OK', [], {}, { RegistryConfig: 7 }])
      expect(registrySettingsOf(info)).toBeUndefined();
    expect(registrySettingsOf({ RegistryConfig: { Mirrors: null } })?.mirrors).toEqual([]);
  });
});
