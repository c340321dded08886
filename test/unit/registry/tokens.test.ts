/** Token authentication, TLS and proxies: everything between a registry and the login that belongs to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  authOf,
  clientWith,
  errorBody,
  makeCertificate,
  reply,
  serve,
  serveProxy,
  serveSecurely,
  temporaryDirectory,
  unusedHost,
  writeHelper,
} from './support.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const HUB_KEY = 'https://index.docker.io/v1/';

function challenge(response: ServerResponse, realm: string): void {
  const value = `Bearer realm="${realm}",service="registry.test",scope="repository:app:pull,push"`;
  reply(response, 401, errorBody('UNAUTHORIZED'), { 'www-authenticate': value });
}

function found(response: ServerResponse): void {
  reply(response, 200, { schemaVersion: 2 }, { 'docker-content-digest': DIGEST });
}

type TokenAnswer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A registry and its token server, both on loopback over plain HTTP. The token is `token-1`. */
async function tokenRegistry(token: TokenAnswer) {
  const auth = await serve(token);
  const server = await serve((request, response) =>
    request.headers.authorization === 'Bearer token-1'
      ? found(response)
      : challenge(response, `http://${auth.host}/token`),
  );
  return { auth, server };
}

const giveToken: TokenAnswer = (_, response) => reply(response, 200, { token: 'token-1' });

describe('a token server', () => {
  it('gives a token to anybody', async () => {
    const { auth, server } = await tokenRegistry(giveToken);
    const verdict = await clientWith().image(`${server.host}/app:1`);
    expect(verdict.verdict).toBe('exists');
    // The scope is ours: the challenge asked for more.
    expect(auth.asked).toEqual([
      {
        line: 'GET /token?service=registry.test&scope=repository%3Aapp%3Apull',
        authorization: undefined,
        body: '',
      },
    ]);
    expect(verdict.seen).toContain(`GET http://${auth.host}/token → 200 (without a login)`);
    expect(JSON.stringify(verdict)).not.toContain('token-1');
  });

  it('is asked once for the images of one repository', async () => {
    const { auth, server } = await tokenRegistry(giveToken);
    const client = clientWith();
    const verdicts = await Promise.all(
      ['1', '2', '3'].map((tag) => client.image(`${server.host}/app:${tag}`)),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['exists', 'exists', 'exists']);
    expect(auth.asked).toHaveLength(1);
  });

  it('gets the login, and the registry only the token', async () => {
    const { auth, server } = await tokenRegistry(giveToken);
    const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
    const verdict = await clientWith({ config }).image(`${server.host}/app:1`);
    expect(verdict.verdict).toBe('exists');
    expect(auth.asked.map(({ authorization }) => authorization)).toEqual([
      `Basic ${authOf('ann', 'planted-secret').auth}`,
    ]);
    expect(server.asked.some(({ authorization }) => authorization?.startsWith('Basic'))).toBe(false);
    expect(JSON.stringify(verdict)).not.toMatch(/planted|cGxhbnRlZ|ann\b/);
  });

  it('exchanges an identity token that a helper keeps', async () => {
    const { auth, server } = await tokenRegistry((request, response) =>
      request.method === 'POST'
        ? reply(response, 200, { access_token: 'token-1' })
        : reply(response, 405, {}),
    );
    const bin = temporaryDirectory();
    writeHelper(bin, 'test', `cat >/dev/null; echo '{"Username":"<token>","Secret":"planted-identity"}'`);
    const environment = { PATH: `${bin}:/usr/bin:/bin` };
    const verdict = await clientWith({ config: { credsStore: 'test' }, environment }).image(
      `${server.host}/app:1`,
    );
    expect(verdict.verdict).toBe('exists');
    expect(Object.fromEntries(new URLSearchParams(auth.asked[0]?.body))).toEqual({
      service: 'registry.test',
      scope: 'repository:app:pull',
      grant_type: 'refresh_token',
      client_id: 'dockmedic',
      refresh_token: 'planted-identity',
    });
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });

  it('is not needed with a registry token', async () => {
    const { auth, server } = await tokenRegistry(giveToken);
    const config = { auths: { [server.host]: { registrytoken: 'token-1' } } };
    expect((await clientWith({ config }).image(`${server.host}/app:1`)).verdict).toBe('exists');
    expect(auth.asked).toEqual([]);
  });

  it.each([401, 403])('refuses the login with %i', async (status) => {
    const { server } = await tokenRegistry((_, response) =>
      reply(response, status, { details: 'account-4711' }),
    );
    const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
    const verdict = await clientWith({ config }).image(`${server.host}/app:1`);
    expect(verdict).toMatchObject({
      verdict: 'login-refused',
      credentials: 'auths in ~/.docker/config.json',
    });
    expect(JSON.stringify(verdict)).not.toMatch(/planted|4711/);
  });

  it('gives nothing to people without a login', async () => {
    const { server } = await tokenRegistry((_, response) => reply(response, 403, errorBody('DENIED')));
    expect(await clientWith().image(`${server.host}/app:1`)).toMatchObject({ verdict: 'login-needed' });
  });

  it('gives a token that is worth nothing', async () => {
    const { server } = await tokenRegistry((_, response) => reply(response, 200, { token: 'other' }));
    expect(await clientWith().image(`${server.host}/app:1`)).toMatchObject({ verdict: 'login-needed' });
    const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
    expect(await clientWith({ config }).image(`${server.host}/app:1`)).toMatchObject({
      verdict: 'login-refused',
    });
  });

  it.each([
    ['has a fault', 503, {}, 'server-error'],
    ['gives no token', 200, {}, 'bad-answer'],
    ['gives an empty token', 200, { token: '' }, 'bad-answer'],
    ['gives a token that fits no header', 200, { token: 'a\r\nx: y' }, 'bad-answer'],
    ['is not there', 404, {}, 'bad-answer'],
    ['sends on', 302, {}, 'bad-answer'],
  ])('%s', async (_, status, body, why) => {
    const { auth, server } = await tokenRegistry((__, response) =>
      reply(response, status, body, { location: 'http://127.0.0.1/' }),
    );
    const verdict = await clientWith().image(`${server.host}/app:1`);
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      registry: server.host,
      why,
      because: expect.stringContaining(`${auth.host}, the token server of ${server.host}, `),
    });
  });

  it('limits the number of logins', async () => {
    const { server } = await tokenRegistry((_, response) => reply(response, 429, {}));
    expect(await clientWith().image(`${server.host}/app:1`)).toMatchObject({ verdict: 'rate-limited' });
  });

  it.each(['http://auth.example/token', 'ftp://127.0.0.1/', 'nonsense', ''])(
    'gets nothing at the address %j',
    async (realm) => {
      const server = await serve((_, response) => challenge(response, realm));
      const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
      const verdict = await clientWith({ config }).image(`${server.host}/app:1`);
      expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
      expect(verdict.seen.some((line) => line.includes('auth.example'))).toBe(false);
    },
  );
});

/** Docker Hub, played by a server of ours behind a proxy of ours; its certificate is trusted by SSL_CERT_FILE. */
async function playHub(
  hub: (request: IncomingMessage, response: ServerResponse) => void,
  token: TokenAnswer = giveToken,
) {
  const files = makeCertificate(['registry-1.docker.io', 'auth.docker.io']);
  const server = await serveSecurely(files, hub);
  const auth = await serveSecurely(files, token);
  const proxy = await serveProxy({
    'registry-1.docker.io:443': server.host,
    'auth.docker.io:443': auth.host,
  });
  const environment = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: files.certificate };
  return { server, auth, proxy, environment };
}

const wantToken = (_: unknown, response: ServerResponse) =>
  challenge(response, 'https://auth.docker.io/token');

describe('Docker Hub', () => {
  it('has an official image, asked by HEAD alone: a GET would count as a pull', async () => {
    const { server, auth, environment } = await playHub((request, response) =>
      request.headers.authorization === 'Bearer token-1' ? found(response) : wantToken(request, response),
    );
    const verdict = await clientWith({ environment }).image('alpine:3.20');
    expect(verdict.verdict).toBe('exists');
    expect(server.asked.map(({ line }) => line)).toEqual([
      'HEAD /v2/library/alpine/manifests/3.20',
      'HEAD /v2/library/alpine/manifests/3.20',
    ]);
    expect(auth.asked[0]?.line).toContain('scope=repository%3Alibrary%2Falpine%3Apull');
  });

  it('does not tell a private repository from none', async () => {
    const { environment } = await playHub(wantToken);
    expect(await clientWith({ environment }).image('acme/nothing')).toMatchObject({
      verdict: 'no-such-repository',
      registry: 'docker.io',
      maybePrivate: true,
    });
  });

  it('does not blame a login that it took for a repository that it hides', async () => {
    const { environment } = await playHub(wantToken);
    const config = { auths: { [HUB_KEY]: authOf('ann', 'planted-secret') } };
    const verdict = await clientWith({ environment, config }).image('acme/nothing');
    expect(verdict).toMatchObject({ verdict: 'no-such-repository', maybePrivate: true });
    expect(verdict.seen).toContain('GET https://auth.docker.io/token → 200 (with the login)');
  });

  it('refuses a login that is out of date, even for public images', async () => {
    const { environment } = await playHub(wantToken, (_, response) =>
      reply(response, 401, { details: 'incorrect username or password' }),
    );
    const config = { auths: { [HUB_KEY]: authOf('ann', 'planted-secret') } };
    expect(await clientWith({ environment, config }).image('alpine')).toMatchObject({
      verdict: 'login-refused',
      registry: 'docker.io',
    });
  });

  it('stops at its limit', async () => {
    const { environment } = await playHub((request, response) =>
      request.headers.authorization
        ? reply(response, 429, errorBody('TOOMANYREQUESTS'), { 'retry-after': '60' })
        : wantToken(request, response),
    );
    expect(await clientWith({ environment }).image('alpine')).toMatchObject({
      verdict: 'rate-limited',
      registry: 'docker.io',
      retryAfterSeconds: 60,
    });
  });

  it('cannot be reached where its token server is blocked', async () => {
    const { environment, proxy } = await playHub((_, response) =>
      challenge(response, 'https://blocked.docker.io/token'),
    );
    expect(await clientWith({ environment }).image('alpine')).toMatchObject({
      verdict: 'cannot-reach',
      registry: 'docker.io',
      why: 'proxy',
      because: `the proxy ${proxy.host} (HTTPS_PROXY) refuses to connect (403)`,
    });
  });
});

describe('TLS', () => {
  it('does not take a certificate that nobody trusts, and sends no login there', async () => {
    const { server, environment } = await playHub(wantToken);
    const { HTTPS_PROXY } = environment;
    const config = { auths: { [HUB_KEY]: authOf('ann', 'planted-secret') } };
    const client = clientWith({ environment: { HTTPS_PROXY, SSL_CERT_FILE: '/nonexistent' }, config });
    expect(await client.image('alpine')).toMatchObject({
      verdict: 'cannot-reach',
      why: 'tls',
      because: 'docker.io has a certificate that no trusted authority signed',
    });
    expect(server.asked).toEqual([]);
  });

  it('does not take a certificate for another name', async () => {
    const files = makeCertificate(['other.example']);
    const server = await serveSecurely(files, wantToken);
    const proxy = await serveProxy({ 'registry.example:443': server.host });
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: files.certificate };
    expect(await clientWith({ environment }).image('registry.example/app')).toMatchObject({
      why: 'tls',
      because: 'registry.example has a certificate for another name',
    });
  });

  it('says that a registry elsewhere answers plain HTTP, and does not fall back to it', async () => {
    const server = await serve((_, response) => found(response));
    const proxy = await serveProxy({
      'registry.example:5000': server.host,
      'registry.example:80': server.host,
    });
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, HTTP_PROXY: `http://${proxy.host}` };
    expect(await clientWith({ environment }).image('registry.example:5000/app')).toMatchObject({
      why: 'tls',
      because: 'registry.example:5000 answers plain HTTP where Docker wants HTTPS',
    });
    expect(server.asked).toEqual([]);
  });

  it('takes a certificate whose authority lies in certs.d', async () => {
    const files = makeCertificate(['registry.example']);
    const server = await serveSecurely(files, (_, response) => found(response));
    const proxy = await serveProxy({ 'registry.example:443': server.host });
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: '/nonexistent' };
    const client = clientWith({ environment, certificates: { 'registry.example': files.certificate } });
    expect(await client.image('registry.example/app')).toMatchObject({ verdict: 'exists' });
  });
});

describe('a proxy', () => {
  it('gets its own login and not that of the registry', async () => {
    const { environment, proxy } = await playHub((request, response) =>
      request.headers.authorization ? found(response) : wantToken(request, response),
    );
    const config = { auths: { [HUB_KEY]: authOf('ann', 'planted-secret') } };
    const withLogin = { ...environment, HTTPS_PROXY: `http://bob:planted-proxy@${proxy.host}` };
    const verdict = await clientWith({ environment: withLogin, config }).image('alpine');
    expect(verdict.verdict).toBe('exists');
    const login = `Basic ${Buffer.from('bob:planted-proxy').toString('base64')}`;
    expect(new Set(proxy.connected)).toEqual(
      new Set([`registry-1.docker.io:443 ${login}`, `auth.docker.io:443 ${login}`]),
    );
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });

  it('wants a login', async () => {
    const { host: proxy } = await serveProxy({}, 'HTTP/1.1 407 Proxy Authentication Required');
    const environment = { HTTPS_PROXY: `http://bob:planted-proxy@${proxy}` };
    const verdict = await clientWith({ environment }).image('alpine');
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      why: 'proxy',
      because: `the proxy ${proxy} (HTTPS_PROXY) wants a login (407)`,
    });
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });

  it('refuses connections', async () => {
    const proxy = await unusedHost();
    expect(await clientWith({ environment: { HTTPS_PROXY: proxy } }).image('alpine')).toMatchObject({
      why: 'proxy',
      because: `the proxy ${proxy} (HTTPS_PROXY) refuses connections`,
    });
  });

  it('is of a kind that is not known', async () => {
    const environment = { HTTPS_PROXY: 'socks5://ann:planted@127.0.0.1:1080' };
    const verdict = await clientWith({ environment }).image('alpine');
    expect(verdict).toMatchObject({ why: 'proxy', because: expect.stringContaining('no HTTP proxy') });
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });
});
