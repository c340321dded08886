/** The second vantage point: what an engine's answers mean, and what two views make together. */
import { describe, expect, it } from 'vitest';
import { askEngineAbout, readEngineView } from '../../../src/registry/engine-view.ts';
import type { EngineView, ImageVerdict } from '../../../src/registry/model.ts';
import type { Reference } from '../../../src/registry/reference.ts';
import { compare, decide, engineLoginOf, wantsEngine, withoutEngine } from '../../../src/registry/vantage.ts';
import { clientWith, reply, serve } from './support.ts';

const HOST = 'registry.test';
const read = (status: number, message: string) =>
  readEngineView({ status, body: undefined, message }, `${HOST}/app:1`, HOST);

describe('what an engine answers', () => {
  // The texts are those of Engine 28.5.
  it.each<[number, string, string, string?]>([
    [404, 'manifest unknown', 'no-such-tag'],
    [404, 'name unknown: repository name not known', 'no-such-repository'],
    [401, 'unauthorized: authentication required', 'denied'],
    [403, 'denied: requested access to the resource is denied', 'denied'],
    [429, 'toomanyrequests: You have reached your limit', 'rate-limited'],
    [500, 'Head "https://registry.test/v2/app/manifests/1": no basic auth credentials', 'login-needed'],
    [500, 'unknown: nope', 'unknown'],
    [500, '', 'unknown'],
    [
      500,
      'Get "https://registry.test/v2/": dial tcp: lookup registry.test on 127.0.0.1:53: no such host',
      'cannot-reach',
      'dns',
    ],
    [
      500,
      'Get "https://registry.test/v2/": dial tcp: lookup registry.test on 8.8.8.8:53: dial udp 8.8.8.8:53: connect: network is unreachable',
      'cannot-reach',
      'dns',
    ],
    [
      500,
      'Get "https://registry.test/v2/": dial tcp: lookup registry.test on 127.0.0.1:53: server misbehaving',
      'cannot-reach',
      'dns',
    ],
    [
      500,
      'Get "https://registry.test/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
      'cannot-reach',
      'refused',
    ],
    [
      500,
      'Get "https://registry.test/v2/": dial tcp 10.0.0.1:443: connect: no route to host',
      'cannot-reach',
      'refused',
    ],
    [500, 'Get "https://registry.test/v2/": dial tcp 10.0.0.1:443: i/o timeout', 'cannot-reach', 'timeout'],
    [500, 'Get "https://registry.test/v2/": context deadline exceeded', 'cannot-reach', 'timeout'],
    [500, 'Get "https://registry.test/v2/": net/http: TLS handshake timeout', 'cannot-reach', 'timeout'],
    [
      500,
      'Get "https://registry.test/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3999: connect: connection refused',
      'cannot-reach',
      'proxy',
    ],
    [
      500,
      'Get "https://registry.test/v2/": proxyconnect tcp: dial tcp: lookup p.test on 127.0.0.1:53: no such host',
      'cannot-reach',
      'proxy',
    ],
    [
      500,
      'Get "https://registry.test/v2/": proxyconnect tcp: tls: first record does not look like a TLS handshake',
      'cannot-reach',
      'proxy',
    ],
    [500, 'Get "https://registry.test/v2/": Proxy Authentication Required', 'cannot-reach', 'proxy'],
    [500, 'Get "https://registry.test/v2/": Forbidden', 'cannot-reach', 'proxy'],
    [
      500,
      'Get "https://registry.test/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'cannot-reach',
      'tls',
    ],
    [
      500,
      'Get "https://registry.test/v2/": x509: certificate is valid for other.test, not registry.test',
      'cannot-reach',
      'tls',
    ],
    [
      500,
      'Get "https://registry.test/v2/": x509: certificate has expired or is not yet valid: current time 2026-11-22T07:23:14Z is after 2026-11-20T07:19:49Z',
      'cannot-reach',
      'tls',
    ],
    [
      500,
      'Get "https://registry.test/v2/": http: server gave HTTP response to HTTPS client',
      'cannot-reach',
      'tls',
    ],
    [500, 'Get "https://registry.test/v2/": remote error: tls: certificate required', 'cannot-reach', 'tls'],
    [500, 'received unexpected HTTP status: 503 Service Unavailable', 'cannot-reach', 'server-error'],
    [
      500,
      "error unmarshalling content: invalid character '<' looking for beginning of value",
      'cannot-reach',
      'bad-answer',
    ],
    [500, 'Head "/v2/app/manifests/1": stopped after 10 redirects', 'cannot-reach', 'bad-answer'],
    [500, 'Get "https://registry.test/v2/": EOF', 'cannot-reach', 'failed'],
    [500, 'Get "https://registry.test/v2/": read: connection reset by peer', 'cannot-reach', 'failed'],
  ])('%i %s', (status, message, view, why) => {
    expect(read(status, message)).toMatchObject({ view, ...(why ? { why } : {}) });
  });

  it('tells a certificate that has expired from one that is not valid yet', () => {
    const text = 'x509: certificate has expired or is not yet valid: current time 2026-11-22T07:23:14Z is';
    expect(read(500, `${text} after 2026-11-20T07:19:49Z`)).toMatchObject({
      because: expect.stringContaining('has expired'),
    });
    expect(read(500, `${text} before 2026-12-20T07:19:49Z`)).toMatchObject({
      because: expect.stringContaining('not valid yet'),
    });
  });

  it('names the token server where that is what has no address', () => {
    const message = 'Get "https://auth.test/token": dial tcp: lookup auth.test on 127.0.0.1:53: no such host';
    expect(read(500, message)).toMatchObject({
      because: 'finds no address for auth.test, which registry.test names, (DNS)',
    });
  });

  it('repeats nothing that a registry said', () => {
    for (const status of [401, 403, 404, 429, 500]) {
      for (const end of ['', ': EOF', ' x509: certificate signed by unknown authority'])
        expect(JSON.stringify(read(status, `denied: planted-account${end}`))).not.toContain('planted');
    }
  });

  it('gives platforms, and leaves attestations and nonsense out', () => {
    const body = {
      Descriptor: { digest: 'sha256:1' },
      Platforms: [
        { os: 'linux', architecture: 'arm64', variant: 'v8' },
        { os: 'unknown', architecture: 'unknown' },
        { os: '\u001b[1m', architecture: 'amd64' },
        7,
      ],
    };
    const view = readEngineView({ status: 200, body, message: '' }, 'app', HOST);
    expect(view).toMatchObject({ view: 'exists', platforms: ['linux/arm64'] });
    expect(readEngineView({ status: 200, body: 'OK', message: '' }, 'app', HOST).view).toBe('unknown');
  });
});

describe('an engine', () => {
  const reference: Reference = { host: HOST, path: 'app', tag: '1' };
  const up = { answer: 'up', apiVersion: '1.51' } as const;
  const login = { username: 'ann', password: 'planted-secret+/?~', serveraddress: HOST };

  it('of this machine gets the login, in the header of the Engine API', async () => {
    const headers: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      headers.push(String(request.headers['x-registry-auth']));
      reply(response, 200, { Descriptor: {}, Platforms: [] });
    });
    const endpoint = { host: `tcp://${server.host}`, from: 'DOCKER_HOST', ping: up };
    const view = await askEngineAbout(endpoint, reference, login, 5_000);
    expect(view).toMatchObject({ view: 'exists' });
    expect(server.asked.map(({ line }) => line)).toEqual(['GET /distribution/registry.test/app:1/json']);
    expect(JSON.parse(Buffer.from(headers[0] ?? '', 'base64url').toString())).toEqual(login);
    expect(JSON.stringify(view)).not.toContain('planted');
  });

  it('of another machine is not asked', async () => {
    for (const host of ['tcp://10.255.255.1:2375', 'tcp://docker.test:2376', 'ssh://ann@docker.test']) {
      const view = await askEngineAbout({ host, from: 'DOCKER_HOST', ping: up }, reference, login, 5_000);
      expect(view).toMatchObject({
        view: 'unknown',
        because: expect.stringContaining('not on this machine'),
      });
    }
  });

  it('that does not answer is not waited for', async () => {
    const down = { answer: 'down', why: 'refused', seen: '' } as const;
    const endpoint = { host: 'unix:///nonexistent', from: 'the default socket', ping: down };
    expect(await askEngineAbout(endpoint, reference, login, 5_000)).toMatchObject({ view: 'unknown' });
    expect(await askEngineAbout({ ...endpoint, ping: up }, reference, login, 5_000)).toMatchObject({
      view: 'unknown',
    });
    expect(await askEngineAbout({ ...endpoint, ping: up }, reference, login, 0)).toMatchObject({
      view: 'unknown',
    });
  });

  it('gets no login where Docker has none', () => {
    const source = 'auths in ~/.docker/config.json';
    expect(engineLoginOf({ kind: 'none', source }, HOST)).toBeUndefined();
    expect(engineLoginOf({ kind: 'failed', source, because: 'x' }, HOST)).toBeUndefined();
    expect(engineLoginOf({ kind: 'token', use: 'identity', token: 't', source }, 'docker.io')).toEqual({
      identitytoken: 't',
      serveraddress: 'https://index.docker.io/v1/',
    });
  });
});

const seen = ['HEAD …'];
const unreached: ImageVerdict = { verdict: 'cannot-reach', registry: HOST, why: 'tls', because: 'no', seen };
const refused: ImageVerdict = { verdict: 'login-refused', registry: HOST, credentials: 'auths', seen };
const helper: ImageVerdict = { verdict: 'cannot-reach', registry: HOST, why: 'helper', because: 'no', seen };
const exists: ImageVerdict = { verdict: 'exists', platforms: [], seen };
const engineSeen = ['engine: …'];
const view = (name: string, rest: object = {}) => ({ view: name, seen: engineSeen, ...rest }) as EngineView;
const engineExists = view('exists', { platforms: ['linux/amd64'] });
const engineFails = view('cannot-reach', { why: 'proxy', because: 'has a proxy that wants a login (407)' });

describe('two views', () => {
  it('need the engine only where this process could not tell', () => {
    expect([unreached, refused].map(wantsEngine)).toEqual([true, true]);
    expect([helper, exists].map(wantsEngine)).toEqual([false, false]);
  });

  it.each<[string, ImageVerdict, EngineView, object]>([
    ['the engine sees it', unreached, engineExists, { verdict: 'exists', by: 'engine' }],
    ['a mirror gives it without the login', refused, engineExists, { verdict: 'exists', by: 'engine' }],
    ['the engine lacks the tag', unreached, view('no-such-tag'), { verdict: 'no-such-tag', registry: HOST }],
    [
      'the engine lacks the repository',
      unreached,
      view('no-such-repository'),
      { verdict: 'no-such-repository', maybePrivate: false },
    ],
    ['the engine wants a login', unreached, view('login-needed'), { verdict: 'login-needed' }],
    ['the engine is at the limit', unreached, view('rate-limited'), { verdict: 'rate-limited' }],
    [
      'neither reaches it',
      unreached,
      engineFails,
      { verdict: 'cannot-reach', why: 'tls', engine: { why: 'proxy' } },
    ],
    ['the engine is denied', unreached, view('denied'), { verdict: 'cannot-reach', why: 'tls' }],
    [
      'the engine does not tell',
      unreached,
      view('unknown', { because: 'x' }),
      { verdict: 'cannot-reach', why: 'tls' },
    ],
    ['both are refused', refused, view('denied'), { verdict: 'login-refused' }],
    ['the engine lacks what it may not read', refused, view('no-such-tag'), { verdict: 'login-refused' }],
    ['there is nothing to decide', exists, engineFails, { verdict: 'exists' }],
    ['a helper fails', helper, engineExists, { verdict: 'cannot-reach', why: 'helper' }],
  ])('%s', (_, here, engine, expected) => {
    expect(decide(here, engine, undefined)).toMatchObject(expected);
  });

  it('keep what both saw, and the platform that is wanted', () => {
    expect(decide(unreached, engineExists, 'linux/amd64').seen).toEqual([...seen, ...engineSeen]);
    expect(decide(unreached, engineExists, 'linux/arm64')).toMatchObject({
      verdict: 'no-such-platform',
      platforms: ['linux/amd64'],
    });
    expect(decide(unreached, view('exists', { platforms: [] }), 'linux/arm64').verdict).toBe('exists');
  });

  it.each<[string, ImageVerdict, EngineView, string | undefined]>([
    ['only the engine gets through', unreached, engineExists, 'this process'],
    ['only this process gets through', exists, engineFails, 'engine'],
    ['something else answers the engine', exists, view('no-such-tag'), 'engine'],
    ['the engine alone is denied', exists, view('denied'), 'engine'],
    ['both see it', exists, engineExists, undefined],
    ['neither does', unreached, engineFails, undefined],
    ['the engine was not asked', exists, view('unknown', { because: 'x' }), undefined],
    ['a helper fails, which is neither', helper, engineExists, undefined],
  ])('are on whose side: %s', (_, here, engine, side) => {
    expect(compare(here, engine, HOST)?.side).toBe(side);
  });
});

describe('an image that this process sees', () => {
  const here: ImageVerdict = { verdict: 'exists', platforms: [], seen: [] };
  const view = (why: 'tls' | 'proxy' | 'dns' | 'refused' | 'timeout' | 'server-error'): EngineView => ({
    view: 'cannot-reach',
    why,
    because: 'does not get there',
    seen: ['engine: …'],
  });

  it.each(['tls', 'proxy', 'dns', 'refused'] as const)(
    'is out of the reach of an engine with a fault of %s',
    (why) => {
      expect(withoutEngine(here, view(why), HOST)).toMatchObject({ verdict: 'exists', engine: { why } });
    },
  );

  it.each(['timeout', 'server-error'] as const)(
    'is not called so for a %s, which may be over by then',
    (why) => {
      expect(withoutEngine(here, view(why), HOST)).toEqual(here);
    },
  );

  it('has the engine asked once for each registry', async () => {
    const asked: string[] = [];
    const server = await serve((_, response) => reply(response, 200, {}));
    const client = clientWith({
      engine: async ({ host, path }) => {
        asked.push(`${host}/${path}`);
        return view('tls');
      },
    });
    const verdicts = await Promise.all(
      ['a', 'b', 'c'].map((name) => client.image(`${server.host}/${name}:1`)),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['exists', 'exists', 'exists']);
    expect(verdicts.filter((one) => 'engine' in one)).toHaveLength(3);
    expect(asked).toHaveLength(1);
  });
});
