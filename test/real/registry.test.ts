/**
 * `dockmedic image` beside what the real docker says of the same image: a real engine with a proxy of the tests' own in
 * front of it, so that any name can stand for a server on loopback; Debian's docker-registry; and servers that answer as
 * no registry should. Needs an engine of this run's own: `npm run test:real`.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../src/registry/reference.ts';
import { type Authority, createAuthority, type Issued, pemOf } from '../support/authority.ts';
import { type Person, person } from '../support/dockmedic.ts';
import { scrambled, slipped, written } from '../support/references.ts';
import { pushImage, registryMissing, startRegistry, type TestRegistry } from '../support/registry.ts';
import { type RunResult, run } from '../support/run.ts';
import { type SecondEngine, startSecondEngine } from '../support/second-engine.ts';
import { writeHelper } from '../unit/registry/support.ts';

const dockerd = process.env.DOCKMEDIC_DOCKERD ?? '';
const isOwn = process.env.DOCKMEDIC_REAL === '1' && process.env.DOCKMEDIC_ENGINE_PID !== '';
const missing = isOwn ? registryMissing() : 'no engine was started for this run (npm run test:real)';
if (missing) console.warn(`left out: test/real/registry.test.ts, because ${missing}`);

type Trace = {
  readonly exitCode: number;
  readonly says: string;
  readonly verdict: { readonly verdict: string; readonly [key: string]: unknown };
  readonly process: { readonly verdict: string; readonly requests: readonly string[] };
  readonly engine: { readonly view: string; readonly because: string | null };
  readonly disagreement: { readonly side: string; readonly says: string } | null;
  readonly advice: readonly string[];
  readonly rateLimit: unknown;
  readonly way: {
    readonly mirrors: readonly string[];
    readonly certificates: { readonly client: string | null };
  };
  readonly credentials: {
    readonly kind: string;
    readonly notes: readonly string[];
    readonly user: string | null;
  };
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Names of the internet and the loopback servers that stand for them; a word instead is the proxy's refusal. */
type Targets = Map<string, string>;

const SECRETS = [
  'planted-password',
  'planted-token',
  'planted-identity',
  'planted-helper-output',
  'planted-proxy-secret',
  Buffer.from('ann:planted-password').toString('base64'),
];
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

let ana: Person;
let authority: Authority;
let stranger: Authority;
let trusted: Issued;
let registry: TestRegistry;
let locked: TestRegistry;
let mirror: TestRegistry;
let engine: SecondEngine;
let engineProxy: string;
let ourProxy: string;
const engineSees: Targets = new Map();
const weSee: Targets = new Map();
const atEnd: (() => unknown)[] = [];
const afterTest: (() => unknown)[] = [];
const printed: string[] = [];

describe.skipIf(missing !== undefined)('an image, beside what docker says', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    // Only this run sees it: certs.d of the tests is not the machine's.
    await mkdir('/etc/docker', { recursive: true });
    await run(['mount', '-t', 'tmpfs', 'tmpfs', '/etc/docker']);
    atEnd.push(() => run(['umount', '/etc/docker']));
    authority = createAuthority();
    stranger = createAuthority();
    atEnd.push(authority.dispose, stranger.dispose);
    trusted = authority.issue(['*.registry.test', 'registry-1.docker.io', 'auth.docker.io', 'ghcr.io', ECR]);
    registry = await startRegistry();
    locked = await startRegistry({ auth: { username: 'ann', password: 'planted-password' } });
    mirror = await startRegistry();
    atEnd.push(registry.stop, locked.stop, mirror.stop);
    for (const one of [registry, locked])
      await pushImage(one, {
        repository: 'team/app',
        tag: '1',
        platforms: ['linux/amd64', 'linux/arm64'],
        index: true,
      });
    await pushImage(mirror, { repository: 'library/shop', tag: '1', platforms: ['linux/amd64'] });
    engineProxy = await proxy(engineSees, atEnd);
    ourProxy = await proxy(weSee, atEnd);
    engine = await startSecondEngine(dockerd, ['--registry-mirror', mirror.url], {
      HTTPS_PROXY: `http://bob:planted-proxy-secret@${engineProxy}`,
      SSL_CERT_FILE: authority.file,
    });
    atEnd.push(engine.stop);
  }, 120_000);
  afterAll(async () => {
    for (const one of atEnd.splice(0).reverse()) await one();
    // Last: a test that fails here must leave no engine behind.
    for (const secret of SECRETS) expect(printed.join('\n'), secret).not.toContain(secret);
    expect(printed.length).toBeGreaterThan(0);
  }, 60_000);
  beforeEach(async () => {
    ana = await person();
  });
  afterEach(async () => {
    for (const one of afterTest.splice(0).reverse()) await one();
    engineSees.clear();
    weSee.clear();
    await rm('/etc/docker/certs.d', { recursive: true, force: true });
    await ana.dispose();
  });
  describe("Debian's registry", () => {
    it('gives to anybody', async () => {
      const reference = `${registry.host}/team/app:1`;
      const trace = await look(reference);
      expect(trace).toMatchObject({
        exitCode: 0,
        verdict: { verdict: 'exists' },
        engine: { view: 'exists' },
      });
      expect((await docker('pull', '-q', reference)).code).toBe(0);
    });

    it('lacks the tag, and the repository', async () => {
      const tag = await look(`${registry.host}/team/app:2`);
      expect(tag).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'no-such-tag' },
        engine: { view: 'no-such-tag' },
      });
      expect((await docker('pull', `${registry.host}/team/app:2`)).stderr).toMatch(/manifest unknown/);
      const repository = await look(`${registry.host}/team/none:1`);
      expect(repository).toMatchObject({ exitCode: 1, verdict: { verdict: 'no-such-repository' } });
    });

    it('lacks the platform', async () => {
      const trace = await look(`${registry.host}/team/app:1`, ['--platform', 'windows/amd64']);
      expect(trace).toMatchObject({ exitCode: 1, verdict: { verdict: 'no-such-platform' } });
      const pulled = await docker('pull', '--platform', 'windows/amd64', `${registry.host}/team/app:1`);
      expect(pulled.stderr).toMatch(/no matching manifest for windows\/amd64|cannot be used|does not match/);
    });

    it('wants a login, takes one, and refuses one', async () => {
      const reference = `${locked.host}/team/app:1`;
      expect(await look(reference)).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'login-needed' },
        engine: { view: 'login-needed' },
      });
      expect((await docker('pull', reference)).stderr).toMatch(/no basic auth credentials/);

      await configure({ auths: { [locked.host]: login('planted-password') } });
      expect(await look(reference)).toMatchObject({
        exitCode: 0,
        credentials: { kind: 'password', user: 'ann' },
        engine: { view: 'exists' },
      });
      expect((await docker('pull', '-q', reference)).code).toBe(0);

      await configure({ auths: { [locked.host]: login('planted-token') } });
      expect(await look(reference)).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'login-refused' },
        engine: { view: 'denied' },
      });
      expect((await docker('pull', `${locked.host}/team/app:1`)).stderr).toMatch(/unauthorized/);
    });

    it('is not read with a login that Docker does not take', async () => {
      const reference = `${locked.host}/team/app:1`;
      const entry = { auths: { [locked.host]: { username: 'ann', password: 'planted-password' } } };
      const passedOver = { DOCKER_AUTH_CONFIG: JSON.stringify(entry) };
      const trace = await look(reference, [], passedOver);
      expect(trace.verdict.verdict).toBe('login-needed');
      expect(trace.credentials.notes).toEqual([
        'DOCKER_AUTH_CONFIG is passed over by Docker, because an entry of its "auths" has a field other than "auth".',
      ]);
      const pulled = await docker('pull', reference, passedOver);
      expect(pulled.stderr).toMatch(/Failed to create credential store from DOCKER_AUTH_CONFIG/);
      expect(pulled.stderr).toMatch(/no basic auth credentials/);

      const taken = {
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [locked.host]: login('planted-password') } }),
      };
      expect((await look(reference, [], taken)).exitCode).toBe(0);
      expect((await docker('pull', '-q', reference, taken)).code).toBe(0);
    });
  });

  describe('a credential helper', () => {
    const helpers: [string, string | undefined, RegExp, RegExp][] = [
      ['is missing', undefined, /is not on PATH/, /executable file not found/],
      ['fails', 'echo planted-helper-output; exit 1', /fails with exit status 1/, /exit status 1/],
      [
        'prints garbage',
        'echo planted-helper-output',
        /prints something that is no login/,
        /invalid character/,
      ],
      [
        'has a locked keychain',
        'echo "User interaction is not allowed."; exit 1',
        /keychain is locked/,
        /User interaction/,
      ],
    ];
    it.each(helpers)('%s', async (_, script, ours, theirs) => {
      await helper(script);
      const trace = await look(`${locked.host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { verdict: 'cannot-reach', why: 'helper' } });
      expect(trace.says).toMatch(ours);
      const pulled = await composePull(`${locked.host}/team/app:1`);
      expect(pulled.code).not.toBe(0);
      expect(pulled.stderr).toMatch(theirs);
      // In a whole run it is a fault: Compose does not get as far as asking.
      const { findings } = await diagnose(`${locked.host}/team/app:1`);
      expect(findings.map(({ rule }) => rule)).toContain('registry/image-unavailable');
    });

    it('hangs: the limit is kept, and what could not be told is said', async () => {
      await helper('exec sleep 60');
      const trace = await look(`${locked.host}/team/app:1`, ['--timeout', '2']);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { verdict: 'cannot-reach', why: 'helper' } });
      expect(trace.says).toMatch(/gives no answer within/);
    });

    it('knows nothing, or an identity token, where a password is wanted', async () => {
      await helper('echo "credentials not found in native keychain"; exit 1');
      expect((await look(`${locked.host}/team/app:1`)).verdict.verdict).toBe('login-needed');
      expect((await docker('pull', `${locked.host}/team/app:1`)).stderr).toMatch(/no basic auth credentials/);
      await helper(`echo '{"Username":"<token>","Secret":"planted-identity"}'`);
      expect((await look(`${locked.host}/team/app:1`)).verdict.verdict).toBe('login-needed');
      expect((await docker('pull', `${locked.host}/team/app:1`)).stderr).toMatch(/no basic auth credentials/);
    });

    it('is asked instead of what is left over in auths', async () => {
      await helper('echo "credentials not found in native keychain"; exit 1', {
        auths: { [locked.host]: login('planted-password') },
      });
      const trace = await look(`${locked.host}/team/app:1`);
      expect(trace.verdict.verdict).toBe('login-needed');
      expect(trace.credentials.notes[0]).toMatch(/left over from before/);
      expect((await docker('pull', `${locked.host}/team/app:1`)).stderr).toMatch(/no basic auth credentials/);
    });
  });

  describe('a token server', () => {
    /** Token authentication in front of Debian's registry: what it gives comes from there. */
    async function tokens(give: Answer, host = 'token.registry.test'): Promise<void> {
      await both(host, async (request, response, body) => {
        if (request.url?.startsWith('/token')) return give(request, response, body);
        if (request.headers.authorization === 'Bearer planted-token')
          return forward(request, response, registry);
        const value = `Bearer realm="https://${host}/token",service="tests"`;
        reply(response, 401, error('UNAUTHORIZED'), { 'www-authenticate': value });
      });
    }
    const reference = 'token.registry.test/team/app:1';
    const give: Answer = (_, response) =>
      reply(response, 200, { token: 'planted-token', access_token: 'planted-token' });

    it('gives a token to anybody', async () => {
      await tokens(give);
      expect(await look(reference)).toMatchObject({ exitCode: 0, engine: { view: 'exists' } });
      expect((await docker('pull', '-q', reference)).code).toBe(0);
    });

    it('takes an identity token, and refuses one that is no longer good', async () => {
      const config = { auths: { 'token.registry.test': { identitytoken: 'planted-identity' } } };
      await configure(config);
      await tokens((request, response, body) =>
        request.method === 'POST' && body.includes('refresh_token=planted-identity')
          ? give(request, response, body)
          : reply(response, 401, error('UNAUTHORIZED')),
      );
      expect(await look(reference)).toMatchObject({
        exitCode: 0,
        credentials: { kind: 'identity-token', user: null },
        engine: { view: 'exists' },
      });
      expect((await docker('pull', '-q', reference)).code).toBe(0);
      await tokens((_, response) => reply(response, 400, { error: 'invalid_grant' }));
      expect((await look(reference)).verdict.verdict).toBe('login-refused');
      expect((await docker('pull', reference)).code).not.toBe(0);
    });

    it('refuses what may not be read, to people without a login', async () => {
      await tokens((_, response) => reply(response, 403, error('DENIED')));
      expect(await look(reference)).toMatchObject({ exitCode: 1, verdict: { verdict: 'login-needed' } });
      expect((await docker('pull', reference)).stderr).toMatch(/denied/);
    });

    it.each([
      ['has a fault of its own', (r: ServerResponse) => reply(r, 503, {}), /fault of its own \(503\)/, /503/],
      ['answers with a page', html, /web page/, /invalid character '<'/],
      [
        'gives no token',
        (r: ServerResponse) => reply(r, 200, {}),
        /gives no token/,
        /did not include a token/,
      ],
    ])('%s, though the registry is fine', async (_, answer, ours, theirs) => {
      await tokens((_request, response) => answer(response));
      const trace = await look(reference);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { verdict: 'cannot-reach' } });
      expect(trace.says).toMatch(ours);
      expect((await docker('pull', reference)).stderr).toMatch(theirs);
    });

    it('of GitHub denies a private package and one that is not there alike', async () => {
      await tokens((_, response) => reply(response, 403, error('DENIED')), 'ghcr.io');
      const trace = await look('ghcr.io/acme/private');
      expect(trace.verdict.verdict).toBe('login-needed');
      expect(trace.advice[0]).toMatch(/read:packages/);
      expect((await docker('pull', 'ghcr.io/acme/private')).stderr).toMatch(/denied/);
    });
  });

  describe('certificates', () => {
    const host = 'own.registry.test';
    it('of an authority that nobody trusts; then certs.d has it', async () => {
      await both(host, forwardTo(registry), stranger.issue([host]));
      const before = await look(`${host}/team/app:1`);
      expect(before).toMatchObject({
        exitCode: 3,
        verdict: { verdict: 'cannot-reach', why: 'tls', engine: { why: 'tls' } },
      });
      expect(before.advice[0]).toMatch(/certs\.d\/own\.registry\.test\/ca\.crt/);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(
        /x509: certificate signed by unknown authority/,
      );
      expect((await docker('manifest', 'inspect', `${host}/team/app:1`)).stderr).toMatch(/x509/);
      const { findings } = await diagnose(`${host}/team/app:1`);
      expect(findings[0]?.message).toMatch(
        /trusts no authority that signed the certificate of own\.registry\.test/,
      );

      await trustInEngine(host);
      expect(await look(`${host}/team/app:1`)).toMatchObject({ exitCode: 0, engine: { view: 'exists' } });
      expect((await docker('pull', '-q', `${host}/team/app:1`)).code).toBe(0);
    });

    it('that only this process trusts: the fault is the engine’s', async () => {
      await both(host, forwardTo(registry), stranger.issue([host]));
      const trace = await look(`${host}/team/app:1`, [], { NODE_EXTRA_CA_CERTS: stranger.file });
      expect(trace).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'exists' },
        engine: { view: 'cannot-reach' },
        disagreement: { side: 'engine' },
      });
      expect(trace.advice[0]).toMatch(/certs\.d\/own\.registry\.test\/ca\.crt where the engine runs/);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(/x509/);
      // A whole run says it as well: what is there for us is of no use to the stack.
      const trusting = { NODE_EXTRA_CA_CERTS: stranger.file };
      const { findings } = await diagnose(`${host}/team/app:1`, trusting);
      expect(findings.map(({ message }) => message)).toEqual([
        expect.stringMatching(
          /^The engine cannot pull .* it trusts no authority that signed the certificate/,
        ),
      ]);
      await trustInEngine(host);
      expect((await diagnose(`${host}/team/app:1`, trusting)).findings).toEqual([]);
    });

    it('that only the engine trusts: the image can be pulled', async () => {
      await both(host, forwardTo(registry));
      const trace = await look(`${host}/team/app:1`, [], { SSL_CERT_FILE: '/nonexistent' });
      expect(trace).toMatchObject({
        exitCode: 0,
        verdict: { verdict: 'exists', by: 'engine' },
        disagreement: { side: 'this process' },
      });
      expect((await docker('pull', '-q', `${host}/team/app:1`)).code).toBe(0);
      const { findings, unverified } = await diagnose(`${host}/team/app:1`, {
        SSL_CERT_FILE: '/nonexistent',
      });
      expect([...findings, ...unverified]).toEqual([]);
    });

    it.each([
      [
        'for another name',
        () => authority.issue(['other.test']),
        /certificate for another name/,
        /is valid for other\.test/,
      ],
      [
        'that has expired',
        () => authority.issue([host], -1),
        /has expired/,
        /has expired or is not yet valid/,
      ],
    ])('%s', async (_, issue, ours, theirs) => {
      await both(host, forwardTo(registry), issue());
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({
        exitCode: 3,
        verdict: { verdict: 'cannot-reach', why: 'tls', engine: { why: 'tls' } },
      });
      expect(trace.says).toMatch(ours);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(theirs);
    });

    it('of the client, from certs.d', async () => {
      const own = authority.issue(['client']);
      await both(host, forwardTo(registry), trusted, authority.file);
      expect((await look(`${host}/team/app:1`)).exitCode).toBe(3);
      expect((await docker('pull', `${host}/team/app:1`)).code).not.toBe(0);
      const directory = `/etc/docker/certs.d/${host}`;
      await mkdir(directory, { recursive: true });
      await writeFile(`${directory}/client.cert`, await readFile(own.certificate));
      await writeFile(`${directory}/client.key`, await readFile(own.key));
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode: 0, engine: { view: 'exists' } });
      expect(trace.way.certificates.client).toBe(`${directory}/client.cert`);
      expect((await docker('pull', '-q', `${host}/team/app:1`)).code).toBe(0);
    });

    it('there are none: plain HTTP where HTTPS is wanted', async () => {
      const plain = await listen(http.createServer(handler(forwardTo(registry))), afterTest);
      for (const sees of [engineSees, weSee]) sees.set(`${host}:443`, plain);
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { why: 'tls', engine: { why: 'tls' } } });
      expect(trace.says).toMatch(/answers plain HTTP/);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(
        /server gave HTTP response to HTTPS client/,
      );
    });
  });

  describe('Docker Hub', () => {
    it('is out of reach here, and its mirror gives the image to the engine', async () => {
      const trace = await look('shop:1');
      expect(trace).toMatchObject({
        exitCode: 0,
        verdict: { verdict: 'exists', by: 'engine' },
        process: { verdict: 'cannot-reach' },
        disagreement: { side: 'this process' },
        way: { mirrors: [`${mirror.url}/`] },
      });
      expect((await docker('pull', '-q', 'shop:1')).code).toBe(0);
    });

    it('tells its limit without a pull', async () => {
      await hub((request, response) => {
        expect(request.method).toBe('HEAD');
        const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
        reply(
          response,
          200,
          { schemaVersion: 2 },
          { ...headers, 'docker-content-digest': `sha256:${'1'.repeat(64)}` },
        );
      });
      const trace = await look('acme/api:1');
      expect(trace).toMatchObject({
        exitCode: 0,
        engine: { view: 'unknown' },
        rateLimit: { limit: 100, remaining: 76, windowSeconds: 21600 },
      });
    });

    it('is at its limit: a HEAD is answered, a pull is not', async () => {
      const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
      await hub((request, response) =>
        request.method === 'HEAD'
          ? reply(
              response,
              200,
              {},
              { ...headers, 'docker-content-digest': `sha256:${'1'.repeat(64)}`, 'content-length': '2' },
            )
          : reply(response, 429, error('TOOMANYREQUESTS'), headers),
      );
      expect(await look('acme/api:1')).toMatchObject({ exitCode: 1, verdict: { verdict: 'rate-limited' } });
      expect((await docker('pull', 'acme/api:1')).stderr).toMatch(/toomanyrequests/);
    });

    it('hides what is private, and has a login that Docker never uses', async () => {
      await configure({ auths: { 'docker.io': login('planted-password') } });
      await hub((_, response) => reply(response, 401, error('UNAUTHORIZED')));
      const trace = await look('acme/hidden');
      expect(trace).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'no-such-repository', maybePrivate: true },
      });
      expect(trace.credentials.kind).toBe('none');
      expect(trace.credentials.notes[0]).toMatch(/never uses/);
    });
  });

  describe('Amazon ECR', () => {
    it('has a login that has expired', async () => {
      await configure({ auths: { [ECR]: login('planted-password') } });
      await both(ECR, (request, response) =>
        request.headers.authorization
          ? reply(
              response,
              403,
              error('DENIED', 'Your authorization token has expired. Reauthenticate and try again.'),
            )
          : reply(response, 401, error('UNAUTHORIZED'), { 'www-authenticate': 'Basic realm="ecr"' }),
      );
      const trace = await look(`${ECR}/app:1`);
      expect(trace).toMatchObject({ exitCode: 1, verdict: { verdict: 'login-refused', expired: true } });
      expect(trace.advice[0]).toMatch(/aws ecr get-login-password --region eu-west-1/);
      expect((await docker('pull', `${ECR}/app:1`)).stderr).toMatch(/authorization token has expired/);
    });

    it('has none', async () => {
      await both(ECR, (_, response) =>
        reply(response, 401, error('UNAUTHORIZED'), { 'www-authenticate': 'Basic realm="ecr"' }),
      );
      const trace = await look(`${ECR}/app:1`);
      expect(trace).toMatchObject({
        exitCode: 1,
        verdict: { verdict: 'login-needed' },
        engine: { view: 'login-needed' },
      });
      expect((await docker('pull', `${ECR}/app:1`)).stderr).toMatch(/no basic auth credentials/);
    });
  });

  describe('proxies', () => {
    const host = 'behind.registry.test';
    it.each([
      ['407', /wants a login/, /Proxy Authentication Required/],
      ['403', /refuses to connect/, /Forbidden/],
      ['503', /refuses to connect/, /Service Unavailable/],
    ])('of both answer %s', async (status, ours, theirs) => {
      for (const sees of [engineSees, weSee]) sees.set(`${host}:443`, status);
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { why: 'proxy', engine: { why: 'proxy' } } });
      expect(trace.says).toMatch(ours);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(theirs);
    });

    it('of the engine refuses, and ours does not', async () => {
      await both(host, forwardTo(registry));
      engineSees.set(`${host}:443`, '407');
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ verdict: { verdict: 'exists' }, disagreement: { side: 'engine' } });
      expect(trace.disagreement?.says).toMatch(/has a proxy that wants a login/);
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(/Proxy Authentication Required/);
    });

    it('of ours refuses, and the engine’s does not', async () => {
      await both(host, forwardTo(registry));
      weSee.set(`${host}:443`, '403');
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({
        exitCode: 0,
        verdict: { by: 'engine' },
        disagreement: { side: 'this process' },
      });
      expect((await docker('pull', '-q', `${host}/team/app:1`)).code).toBe(0);
      expect((await docker('manifest', 'inspect', `${host}/team/app:1`)).stderr).toMatch(/Forbidden/);
    });

    it('there is one here and none for the engine, which finds no name', async () => {
      await both(host, forwardTo(registry));
      const trace = await look(`${host}/team/app:1`, [], { DOCKER_HOST: process.env.DOCKER_HOST });
      expect(trace).toMatchObject({ disagreement: { side: 'engine' } });
      expect(trace.engine.because).toMatch(/DNS/);
    });
  });

  describe('what no registry says', () => {
    const host = 'odd.registry.test';
    const odd: [string, Answer, string, number, RegExp][] = [
      ['403', (_, r) => reply(r, 403, error('DENIED')), 'login-needed', 1, /denied/],
      [
        '429',
        (_, r) => reply(r, 429, error('TOOMANYREQUESTS'), { 'retry-after': '60' }),
        'rate-limited',
        1,
        /toomanyrequests/,
      ],
      ['500', (_, r) => reply(r, 500, error('UNKNOWN')), 'cannot-reach', 3, /500 Internal Server Error/],
      ['503', (_, r) => reply(r, 503, error('UNAVAILABLE')), 'cannot-reach', 3, /503 Service Unavailable/],
      ['a page of a captive portal', (_, r) => html(r), 'cannot-reach', 3, /invalid character '<'/],
      ['garbage', (_, r) => void r.writeHead(200).end('garbage'), 'cannot-reach', 3, /./],
      ['a 404 that is no registry’s', (_, r) => void r.writeHead(404).end('nope'), 'cannot-reach', 3, /nope/],
      [
        'a circle',
        (q, r) => void r.writeHead(302, { location: q.url }).end(),
        'cannot-reach',
        3,
        /stopped after 10 redirects/,
      ],
      ['nothing, and hangs up', (q) => void q.socket.destroy(), 'cannot-reach', 3, /EOF/],
    ];
    it.each(odd)('%s', async (_, answer, verdict, exitCode, theirs) => {
      await both(host, (request, response, body) =>
        request.url === '/v2/' ? reply(response, 200, {}) : answer(request, response, body),
      );
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode, verdict: { verdict } });
      const pulled = await docker('pull', `${host}/team/app:1`);
      expect(pulled.code).not.toBe(0);
      expect(pulled.stderr).toMatch(theirs);
    });

    it('a manifest that breaks off', async () => {
      const digest = { 'docker-content-digest': `sha256:${'1'.repeat(64)}` };
      const type = { 'content-type': 'application/vnd.oci.image.index.v1+json', 'content-length': '500' };
      await both(host, (request, response) => {
        if (request.url === '/v2/') return reply(response, 200, {});
        response.writeHead(200, { ...type, ...digest });
        if (request.method === 'HEAD') response.end();
        else response.write('{"schemaVersion":2', () => request.socket.destroy());
      });
      const trace = await look(`${host}/team/app:1`, ['--platform', 'linux/amd64']);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { verdict: 'cannot-reach', why: 'failed' } });
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(/EOF/);
    });

    it('nothing at all: both are given up in time', async () => {
      const silent = await listen(
        net.createServer(() => {}),
        afterTest,
      );
      for (const sees of [engineSees, weSee]) sees.set(`${host}:443`, silent);
      const trace = await look(`${host}/team/app:1`, ['--timeout', '3']);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { verdict: 'cannot-reach', why: 'timeout' } });
    });

    it('nobody listens', async () => {
      const server = net.createServer();
      const host = await listen(server, []);
      await new Promise((resolve) => server.close(resolve));
      const trace = await look(`${host}/team/app:1`);
      expect(trace).toMatchObject({ exitCode: 3, verdict: { why: 'refused', engine: { why: 'refused' } } });
      expect((await docker('pull', `${host}/team/app:1`)).stderr).toMatch(/connection refused/);
    });
  });

  it('the engine and dockmedic read references alike', async () => {
    const texts = [written, slipped, scrambled].flatMap((each) => fc.sample(each, { numRuns: 150, seed: 7 }));
    // Docker takes a port that does not exist, and an image's ID, where an image is run; neither can be pulled.
    const fitting = texts.filter((text) => !/:\d{5,}\//.test(text) && !/^(?:sha256:)?[0-9a-f]*$/.test(text));
    expect(fitting.length).toBeGreaterThan(300);
    for (const text of fitting) {
      const parsed = parseReference(text);
      // It reads a registry that no name can have, and cannot ask at it either: see below.
      if ('invalid' in parsed && parsed.invalid.includes('registry host')) continue;
      expect([text, await create(text)]).toEqual([text, 'invalid' in parsed ? 400 : 404]);
    }
    const pulled = await docker('pull', 'under_score.test/app');
    expect(pulled.stderr).toMatch(/no Host in request URL/);
  });

  it('no secret is in anything that is printed or kept', async () => {
    await helper(`echo '{"Username":"ann","Secret":"planted-token"}'`, {
      auths: {
        [locked.host]: login('planted-password'),
        [registry.host]: { identitytoken: 'planted-identity' },
      },
      proxies: { default: { httpProxy: 'http://bob:planted-proxy-secret@proxy.test' } },
    });
    const env = { DOCKMEDIC_DEBUG: '1' };
    const own = `http://bob:planted-proxy-secret@${ourProxy}`;
    for (const reference of [
      `${locked.host}/team/app:1`,
      `${registry.host}/team/app:1`,
      'shop:1',
      'x.registry.test/a',
    ]) {
      for (const format of ['text', 'json']) {
        const { stdout, stderr } = await image(reference, ['--format', format], { ...env, HTTPS_PROXY: own });
        expect(stdout).not.toBe('');
        printed.push(stdout, stderr);
      }
      await diagnose(reference, { ...env, HTTPS_PROXY: own });
    }
    for (const file of await readdir(ana.home, { recursive: true, withFileTypes: true })) {
      const name = path.join(file.parentPath, file.name);
      // What the person themselves keeps there has them.
      const isPlanted = name.includes('.docker') || name.endsWith('docker-credential-planned');
      if (file.isFile() && !isPlanted) printed.push(await readFile(name, 'latin1'));
    }
  });
});

/** The status of making a container of an image that is not there: 400 where the engine takes it for no reference. */
function create(image: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: 'docker', 'content-type': 'application/json' };
    const socketPath = engine.host.replace('unix://', '');
    const request = http.request(
      { socketPath, path: '/containers/create', method: 'POST', headers, agent: false },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify({ Image: image }));
  });
}

/** `dockmedic image`, as JSON and, for whoever reads the log, as text. */
async function look(
  reference: string,
  args: readonly string[] = [],
  env: Record<string, string | undefined> = {},
): Promise<Trace> {
  const { code, stdout, stderr } = await image(reference, ['--format', 'json', ...args], env);
  expect(stderr).toBe('');
  printed.push(stdout);
  if (process.env.DOCKMEDIC_SHOW) console.log((await image(reference, args, env)).stdout);
  const trace = JSON.parse(stdout) as Trace;
  expect(trace.exitCode).toBe(code);
  return trace;
}

function image(reference: string, args: readonly string[], env: Record<string, string | undefined> = {}) {
  return ana.dockmedic(['image', reference, ...args], { env: { ...way(), ...env } });
}

/** A whole run over a project with this one image. */
async function diagnose(reference: string, env: Record<string, string | undefined> = {}) {
  const root = await project(reference);
  const { stdout, stderr } = await ana.dockmedic([root, '--format', 'json', '--only', 'registry'], {
    env: { ...way(), ...env },
  });
  printed.push(stdout, stderr);
  return JSON.parse(stdout) as {
    findings: { rule: string; message: string }[];
    unverified: { because: string }[];
  };
}

async function project(reference: string): Promise<string> {
  const root = path.join(ana.home, 'project');
  await mkdir(root, { recursive: true });
  await writeFile(
    path.join(root, 'compose.yaml'),
    `services:\n  a:\n    image: ${reference}\n    pull_policy: always\n`,
  );
  return root;
}

/** The environment of the person: the second engine, a proxy, an authority, helpers of their own. */
function way(): Record<string, string> {
  return {
    DOCKER_HOST: engine.host,
    HTTPS_PROXY: `http://${ourProxy}`,
    SSL_CERT_FILE: authority.file,
    PATH: `${path.join(ana.home, 'bin')}${path.delimiter}${process.env.PATH}`,
  };
}

/** The real docker in the same environment; the last word may be more of it. */
function docker(...words: (string | Record<string, string>)[]): Promise<RunResult> {
  const last = words.at(-1);
  const env = typeof last === 'object' ? last : {};
  const args = words.filter((word): word is string => typeof word === 'string');
  return run(['docker', ...args], {
    env: { ...way(), DOCKER_CONFIG: path.join(ana.home, '.docker'), HOME: ana.home, ...env },
  });
}

async function composePull(reference: string): Promise<RunResult> {
  const root = await project(reference);
  return docker('compose', '-p', `dockmedic-image-${process.pid}`, '--project-directory', root, 'pull');
}

async function configure(config: unknown): Promise<void> {
  await mkdir(path.join(ana.home, '.docker'), { recursive: true });
  await writeFile(path.join(ana.home, '.docker/config.json'), JSON.stringify(config));
}

/** A configuration that names a helper, and the helper, where there is a script. */
async function helper(script: string | undefined, config: Record<string, unknown> = {}): Promise<void> {
  await configure({ ...config, credsStore: 'planned' });
  if (script !== undefined) writeHelper(path.join(ana.home, 'bin'), 'planned', script);
}

async function trustInEngine(host: string): Promise<void> {
  await mkdir(`/etc/docker/certs.d/${host}`, { recursive: true });
  await writeFile(`/etc/docker/certs.d/${host}/ca.crt`, await readFile(stranger.file));
}

function login(password: string): { readonly auth: string } {
  return { auth: Buffer.from(`ann:${password}`).toString('base64') };
}

/** A server of a name, as the engine and this process see it through their proxies. */
async function both(host: string, answer: Answer, files = trusted, clientAuthority?: string): Promise<void> {
  const asking = clientAuthority ? { requestCert: true, ca: await readFile(clientAuthority) } : {};
  const server = https.createServer(
    { ...pemOf(files), ...asking, rejectUnauthorized: true },
    handler(answer),
  );
  const address = await listen(server, afterTest);
  for (const sees of [engineSees, weSee]) sees.set(`${host}:443`, address);
}

/** Docker Hub with its token server; `answer` is asked once there is a token. */
async function hub(answer: Answer): Promise<void> {
  await both('auth.docker.io', (_, response) => reply(response, 200, { token: 'planted-token' }));
  const challenge = {
    'www-authenticate': 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  };
  await both('registry-1.docker.io', (request, response, body) =>
    request.headers.authorization
      ? answer(request, response, body)
      : reply(response, 401, error('UNAUTHORIZED'), challenge),
  );
}

function handler(answer: Answer) {
  return (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => answer(request, response, body));
  };
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function html(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<html><body>Please sign in</body></html>');
}

function error(code: string, message = 'a message'): unknown {
  return { errors: [{ code, message }] };
}

const forwardTo =
  (target: TestRegistry): Answer =>
  (request, response) =>
    forward(request, response, target);

/** Hands a request on to a real registry. */
function forward(request: IncomingMessage, response: ServerResponse, target: TestRegistry): void {
  const { authorization: _, host: __, ...headers } = request.headers;
  const onward = http.request(
    `${target.url}${request.url}`,
    { method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  onward.end();
}

/** A proxy that takes CONNECT for what it sees, answers with a status where that is told, and refuses the rest. */
function proxy(sees: Targets, undo: (() => unknown)[]): Promise<string> {
  const server = http.createServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    client.on('error', () => {});
    const target = sees.get(request.url ?? '') ?? '403';
    if (!target.includes(':')) return client.end(`HTTP/1.1 ${target} ${http.STATUS_CODES[target]}\r\n\r\n`);
    const [host = '', port = ''] = target.split(':');
    const upstream = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    return undefined;
  });
  return listen(server, undo);
}

async function listen(server: Server, undo: (() => unknown)[]): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
