/** The registry client against a real distribution registry (Debian's docker-registry) with Basic auth. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage, registryMissing, startRegistry, type TestRegistry } from '../../support/registry.ts';
import { authOf, clientWith, makeCertificate } from './support.ts';

const missing = registryMissing();
const LOGIN = { username: 'ann', password: 'planted-secret-1' };

// Where the programs are missing the reason is part of the name, so that a skip is never silent.
describe.skipIf(missing !== undefined)(`a real registry${missing ? ` (skipped, ${missing})` : ''}`, () => {
  let registry: TestRegistry;
  let indexDigest: string;

  beforeAll(async () => {
    registry = await startRegistry({ auth: LOGIN });
    indexDigest = await pushImage(registry, {
      repository: 'acme/api',
      tag: '1.4',
      platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
    });
    await pushImage(registry, { repository: 'acme/api', tag: '1.5', platforms: ['linux/amd64'] });
    await pushImage(registry, { repository: 'acme/api', tag: 'nightly', platforms: ['linux/amd64'] });
    await pushImage(registry, { repository: 'acme/arm', tag: 'latest', platforms: ['linux/arm64'] });
    await pushImage(registry, {
      repository: 'acme/arm',
      tag: 'index',
      platforms: ['linux/arm64'],
      index: true,
    });
  });
  afterAll(() => registry?.stop());

  const loggedIn = () =>
    clientWith({ config: { auths: { [registry.host]: authOf(LOGIN.username, LOGIN.password) } } });

  it('has an image for several platforms', async () => {
    const verdict = await loggedIn().image(`${registry.host}/acme/api:1.4`);
    expect(verdict).toMatchObject({
      verdict: 'exists',
      platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
    });
    const url = `http://${registry.host}/v2/acme/api/manifests/1.4`;
    expect(verdict.seen.slice(1)).toEqual([
      `HEAD ${url} → 401 (basic)`,
      `HEAD ${url} → 200`,
      `GET ${url} → 200`,
    ]);
    expect(verdict.seen[0]).toContain(`HEAD https://${registry.host}/v2/acme/api/manifests/1.4 → `);
  });

  it('has it by its digest', async () => {
    const verdict = await loggedIn().image(`${registry.host}/acme/api@${indexDigest}`, 'linux/arm64/v8');
    expect(verdict.verdict).toBe('exists');
  });

  it('has an image of one platform, which its configuration tells when a platform is asked for', async () => {
    const client = loggedIn();
    expect(await client.image(`${registry.host}/acme/arm`)).toMatchObject({
      verdict: 'exists',
      platforms: [],
    });
    expect(await client.image(`${registry.host}/acme/arm`, 'linux/arm64')).toMatchObject({
      verdict: 'exists',
      platforms: ['linux/arm64'],
    });
  });

  it('has an image, but not for this platform', async () => {
    const client = loggedIn();
    expect(await client.image(`${registry.host}/acme/arm`, 'linux/amd64')).toMatchObject({
      verdict: 'no-such-platform',
      wanted: 'linux/amd64',
      platforms: ['linux/arm64'],
      single: true,
    });
    const verdict = await client.image(`${registry.host}/acme/arm:index`, 'linux/amd64');
    expect(verdict).toMatchObject({ verdict: 'no-such-platform', platforms: ['linux/arm64'] });
    expect(verdict).not.toHaveProperty('single');
  });

  it('has the repository and not the tag, and names the nearest ones', async () => {
    const verdict = await loggedIn().image(`${registry.host}/acme/api:1.6`);
    expect(verdict).toMatchObject({
      verdict: 'no-such-tag',
      registry: registry.host,
      near: ['1.5', '1.4'],
    });
    const url = `http://${registry.host}/v2/acme/api`;
    expect(verdict.seen).toContain(`GET ${url}/manifests/1.6 → 404 MANIFEST_UNKNOWN`);
    expect(verdict.seen).toContain(`GET ${url}/tags/list → 200`);
  });

  it('has the repository and not the digest', async () => {
    const verdict = await loggedIn().image(`${registry.host}/acme/api@sha256:${'0'.repeat(64)}`);
    expect(verdict).toMatchObject({ verdict: 'no-such-tag', near: [] });
  });

  it('has no such repository, although the manifest is answered with MANIFEST_UNKNOWN', async () => {
    const verdict = await loggedIn().image(`${registry.host}/acme/nothing:1`);
    expect(verdict).toMatchObject({ verdict: 'no-such-repository', maybePrivate: false });
    const url = `http://${registry.host}/v2/acme/nothing`;
    expect(verdict.seen).toContain(`GET ${url}/manifests/1 → 404 MANIFEST_UNKNOWN`);
    expect(verdict.seen).toContain(`GET ${url}/tags/list → 404 NAME_UNKNOWN`);
  });

  it('wants a login', async () => {
    const verdict = await clientWith().image(`${registry.host}/acme/api:1.4`);
    expect(verdict).toMatchObject({ verdict: 'login-needed', registry: registry.host });
  });

  it('wants a login for an absent image too: nothing is said of what cannot be known', async () => {
    const verdict = await clientWith().image(`${registry.host}/acme/nothing:1`);
    expect(verdict.verdict).toBe('login-needed');
  });

  it('refuses a wrong login, and no secret is told', async () => {
    const config = { auths: { [registry.host]: authOf('ann', 'planted-secret-2') } };
    const verdict = await clientWith({ config }).image(`${registry.host}/acme/api:1.4`);
    expect(verdict).toMatchObject({
      verdict: 'login-refused',
      registry: registry.host,
      credentials: 'auths in ~/.docker/config.json',
    });
    expect(JSON.stringify(verdict)).not.toMatch(/planted|cGxhbnRlZ|Basic /);
  });

  it('gives one answer to one question, and all to many', async () => {
    const client = loggedIn();
    expect(client.image(`${registry.host}/acme/api:1.4`)).toBe(client.image(`${registry.host}/acme/api:1.4`));
    const tags = Array.from({ length: 20 }, (_, i) => `1.4-${i}`);
    const verdicts = await Promise.all(tags.map((tag) => client.image(`${registry.host}/acme/api:${tag}`)));
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['no-such-tag']));
    expect(JSON.stringify(verdicts)).not.toContain('planted');
  });

  it('is taken with a certificate of its own on loopback, as Docker takes it', async () => {
    const tls = makeCertificate(['registry.example']);
    const secure = await startRegistry({ tls });
    try {
      const verdict = await clientWith().image(`${secure.host}/acme/nothing:1`);
      expect(verdict).toMatchObject({ verdict: 'no-such-repository' });
      expect(verdict.seen[0]).toBe(`HEAD https://${secure.host}/v2/acme/nothing/manifests/1 → 404`);
    } finally {
      await secure.stop();
    }
  });
});
