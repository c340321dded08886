/** Registries, networks and captive portals that answer oddly or not at all. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  authOf,
  clientWith,
  errorBody,
  reply,
  serve,
  serveSilence,
  unusedHost,
} from './support.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** A registry on loopback: asked over HTTPS first, which a plain server cannot read, then as written here. */
async function ask(answer: Answer, settings: Parameters<typeof clientWith>[0] = {}, platform?: string) {
  const server = await serve(answer);
  const verdict = await clientWith(settings).image(`${server.host}/app:1`, platform);
  return { verdict, server };
}

const always =
  (status: number, body: unknown, headers = {}) =>
  (_: unknown, response: ServerResponse) =>
    reply(response, status, body, headers);

describe('answers that say something else than "not found"', () => {
  it('is rate-limited, with the time to wait', async () => {
    const { verdict } = await ask(always(429, errorBody('TOOMANYREQUESTS'), { 'retry-after': '120' }));
    expect(verdict).toMatchObject({ verdict: 'rate-limited', retryAfterSeconds: 120 });
    expect(JSON.stringify(verdict)).not.toContain('4711');
  });

  it('is rate-limited until a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { verdict } = await ask(always(429, {}, { 'retry-after': date }));
    const seconds = verdict.verdict === 'rate-limited' ? verdict.retryAfterSeconds : undefined;
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('is rate-limited for an unknown time', async () => {
    const { verdict } = await ask(always(429, {}, { 'retry-after': 'soon' }));
    expect(verdict.verdict).toBe('rate-limited');
    expect(verdict).not.toHaveProperty('retryAfterSeconds');
  });

  it.each([500, 502, 503])('has a fault of its own: %i', async (status) => {
    const { verdict, server } = await ask(always(status, {}));
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      why: 'server-error',
      because: `${server.host} has a fault of its own (${status})`,
    });
  });

  it.each([200, 403, 404])('answers with a web page: %i', async (status) => {
    const { verdict } = await ask((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<html>sign in to the network</html>');
    });
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
  });

  it.each([
    ['a 404 without a body', always(404, '')],
    ['a 404 of some other program', always(404, { error: 'no route' })],
    ['a 200 that is no manifest', (_: unknown, response: ServerResponse) => response.end('hello')],
    ['a 204', (_: unknown, response: ServerResponse) => void response.writeHead(204).end()],
    ['a 418', always(418, {})],
  ])('takes %s for no answer about the image', async (_, answer) => {
    const { verdict } = await ask(answer as Answer);
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
  });

  it('takes an index that is no JSON for no answer', async () => {
    const { verdict } = await ask((_, response) => {
      response.writeHead(200, { 'content-type': OCI_INDEX });
      response.end('{ "manifests": [');
    });
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
  });

  it('stops reading an endless answer', async () => {
    const { verdict } = await ask((request, response) => {
      response.writeHead(200, { 'content-type': OCI_INDEX });
      if (request.method === 'HEAD') return response.end();
      const chunk = Buffer.alloc(256 * 1024, ' ');
      const pump = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pump);
      pump();
    });
    expect(verdict).toMatchObject({ why: 'bad-answer', because: expect.stringContaining('more than 4 MiB') });
  });

  it('does not make a missing platform out of an index that does not tell all of its platforms', async () => {
    const manifests = [
      { digest: DIGEST },
      { digest: DIGEST, platform: { os: 'linux', architecture: 'arm64' } },
    ];
    const { verdict } = await ask(
      always(200, { manifests }, { 'content-type': OCI_INDEX }),
      {},
      'linux/amd64',
    );
    expect(verdict).toMatchObject({ verdict: 'exists', platforms: ['linux/arm64'] });
  });

  it('leaves attestations out of the platforms', async () => {
    const manifests = ['linux/amd64', 'unknown/unknown'].map((text) => {
      const [os, architecture] = text.split('/');
      return { digest: DIGEST, platform: { os, architecture } };
    });
    const { verdict } = await ask(always(200, { manifests }, { 'content-type': OCI_INDEX }));
    expect(verdict).toMatchObject({ verdict: 'exists', platforms: ['linux/amd64'] });
  });

  it('has an image of the first schema, which no engine reads any more', async () => {
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    const { verdict } = await ask(
      always(200, { schemaVersion: 1 }, { 'content-type': type }),
      {},
      'linux/amd64',
    );
    expect(verdict).toMatchObject({ verdict: 'not-an-image', what: 'schema-1', mediaType: type });
  });

  it.each([
    ['application/vnd.cncf.helm.config.v1+json', 'artefact'],
    ['application/vnd.oci.empty.v1+json', 'artefact'],
    ['application/vnd.oci.images_of_something+json', 'artefact'],
    ['application/vnd.docker.plugin.v1+json', 'plugin'],
  ])('has something that is no image: %s', async (mediaType, what) => {
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = { schemaVersion: 2, config: { mediaType, digest: DIGEST, size: 2 }, layers: [] };
    const { verdict } = await ask(always(200, manifest, { 'content-type': type }), {}, 'linux/amd64');
    expect(verdict).toMatchObject({ verdict: 'not-an-image', what, mediaType });
  });

  it.each([
    'application/vnd.oci.image.config.v1+json',
    'application/vnd.docker.container.image.v1+json',
    'application/octet-stream',
    '',
  ])('takes a configuration of the kind "%s" for that of an image', async (mediaType) => {
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = { schemaVersion: 2, config: { mediaType, digest: DIGEST, size: 2 }, layers: [] };
    const { verdict } = await ask(
      (request, response) =>
        request.url?.includes('/blobs/')
          ? reply(response, 200, { os: 'linux', architecture: 'arm64' })
          : reply(response, 200, manifest, { 'content-type': type }),
      {},
      'linux/amd64',
    );
    expect(verdict).toMatchObject({ verdict: 'no-such-platform', platforms: ['linux/arm64'], single: true });
  });

  it('keeps the tag missing where the list of tags is closed', async () => {
    const { verdict } = await ask((request, response) =>
      request.url?.includes('/tags/')
        ? reply(response, 405, {})
        : reply(response, 404, errorBody('MANIFEST_UNKNOWN')),
    );
    expect(verdict).toMatchObject({ verdict: 'no-such-tag', near: [] });
  });

  it('has no such repository by the code alone', async () => {
    const { verdict, server } = await ask(always(404, errorBody('NAME_UNKNOWN')));
    expect(verdict).toMatchObject({ verdict: 'no-such-repository', maybePrivate: false });
    expect(server.asked.some(({ line }) => line.includes('/tags/'))).toBe(false);
  });

  it('does not repeat what is no error code', async () => {
    const body = { errors: [{ code: 'planted secret' }, { code: 'MANIFEST_UNKNOWN' }, null, 7] };
    const { verdict } = await ask(always(404, body));
    expect(verdict.verdict).toBe('no-such-tag');
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });

  it('names only tags that can be tags, at most three', async () => {
    const tags = ['12', '1-\u001b[31m', 7, '1.0', 'x'.repeat(200), '1a', 'zzzzzz', '11'];
    const { verdict } = await ask((request, response) =>
      request.url?.includes('/tags/')
        ? reply(response, 200, { tags })
        : reply(response, 404, errorBody('MANIFEST_UNKNOWN')),
    );
    expect(verdict).toMatchObject({ verdict: 'no-such-tag', near: ['1.0', '12', '11'] });
  });
});

describe('access', () => {
  const config = (host: string) => ({ auths: { [host]: authOf('ann', 'planted-secret') } });

  it('wants a login where everything is forbidden and nobody is logged in', async () => {
    const { verdict } = await ask(always(403, errorBody('DENIED')));
    expect(verdict.verdict).toBe('login-needed');
  });

  it('does not ask for a login that is there already and was not asked for', async () => {
    const server = await serve(always(403, errorBody('DENIED')));
    const verdict = await clientWith({ config: config(server.host) }).image(`${server.host}/app:1`);
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
    expect(server.asked.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('refuses a login that has no right to the repository', async () => {
    const server = await serve((request, response) =>
      request.headers.authorization
        ? reply(response, 403, errorBody('DENIED'))
        : reply(response, 401, errorBody('UNAUTHORIZED'), { 'www-authenticate': 'Basic realm="r"' }),
    );
    const verdict = await clientWith({ config: config(server.host) }).image(`${server.host}/app:1`);
    expect(verdict.verdict).toBe('login-refused');
    expect(JSON.stringify(verdict)).not.toContain('planted');
  });

  it('answers the challenge of a web server in front of the registry', async () => {
    const server = await serve((request, response) => {
      if (request.headers.authorization) return reply(response, 200, {}, { 'docker-content-digest': DIGEST });
      response.writeHead(401, { 'content-type': 'text/html', 'www-authenticate': 'Basic realm="r"' });
      response.end('<html>401</html>');
    });
    const verdict = await clientWith({ config: config(server.host) }).image(`${server.host}/app:1`);
    expect(verdict.verdict).toBe('exists');
  });

  it.each([{}, { 'www-authenticate': 'Negotiate' }])('knows no answer to a 401 with %j', async (headers) => {
    const { verdict } = await ask(always(401, errorBody('UNAUTHORIZED'), headers));
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
  });

  it('says that the helper is missing, once a login is wanted', async () => {
    const challenge = always(401, errorBody('UNAUTHORIZED'), { 'www-authenticate': 'Basic realm="r"' });
    const { verdict } = await ask(challenge, { config: { credsStore: 'nowhere' } });
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      why: 'helper',
      because: 'docker-credential-nowhere, which ~/.docker/config.json names for logins, is not on PATH',
      helper: { program: 'docker-credential-nowhere', fault: 'missing' },
    });
  });
});

describe('redirects', () => {
  const redirect = (response: ServerResponse, location: string) =>
    void response.writeHead(307, { location }).end();

  it('follows one, and leaves the login behind where it leads elsewhere', async () => {
    const elsewhere = await serve((_, response) =>
      reply(response, 200, {}, { 'docker-content-digest': DIGEST }),
    );
    const server = await serve((request, response) =>
      request.headers.authorization
        ? redirect(response, `http://ann:planted@${elsewhere.host}/blob?signature=planted-secret`)
        : reply(response, 401, {}, { 'www-authenticate': 'Basic realm="r"' }),
    );
    const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
    const verdict = await clientWith({ config }).image(`${server.host}/app:1`);
    expect(verdict.verdict).toBe('exists');
    expect(elsewhere.asked).toEqual([
      { line: 'HEAD /blob?signature=planted-secret', authorization: undefined, body: '' },
    ]);
    expect(server.asked.at(-1)?.authorization).toMatch(/^Basic /);
    expect(verdict.seen).toContain(`HEAD http://${elsewhere.host}/… → 200`);
    expect(JSON.stringify(verdict)).not.toMatch(/planted|Basic /);
  });

  it('keeps the login on the way within the registry', async () => {
    const server = await serve((request, response) => {
      if (!request.headers.authorization)
        return reply(response, 401, {}, { 'www-authenticate': 'Basic realm="r"' });
      if (!request.url?.startsWith('/moved')) return redirect(response, '/moved/1');
      reply(response, 200, {}, { 'docker-content-digest': DIGEST });
    });
    const config = { auths: { [server.host]: authOf('ann', 'planted-secret') } };
    expect((await clientWith({ config }).image(`${server.host}/app:1`)).verdict).toBe('exists');
  });

  it('does not let another host say that the image is not there for us', async () => {
    const elsewhere = await serve(always(403, errorBody('DENIED')));
    const { verdict } = await ask((_, response) => redirect(response, `http://${elsewhere.host}/x`));
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
  });

  it('gives up in a circle', async () => {
    const { verdict, server } = await ask((request, response) => redirect(response, `${request.url}0`));
    expect(verdict).toMatchObject({
      why: 'bad-answer',
      because: expect.stringContaining('more than 5 times'),
    });
    expect(server.asked.filter(({ line }) => line.startsWith('HEAD'))).toHaveLength(6);
  });

  it.each(['http://registry.example/x', 'file:///etc/passwd', 'http://[', ''])(
    'does not go to %j',
    async (location) => {
      const { verdict } = await ask((_, response) => redirect(response, location));
      // An empty location leads to where we are, in a circle.
      expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'bad-answer' });
    },
  );
});

describe('no answer at all', () => {
  it('is refused', async () => {
    const host = await unusedHost();
    const verdict = await clientWith().image(`${host}/app:1`);
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      why: 'refused',
      because: `${host} refuses connections`,
    });
    expect(verdict.seen[0]).toBe(`HEAD https://${host}/v2/app/manifests/1 → ECONNREFUSED`);
  });

  it('does not resolve', async () => {
    const verdict = await clientWith({ timeoutMs: 25_000 }).image('registry.invalid/app:1');
    expect(verdict).toMatchObject({
      verdict: 'cannot-reach',
      registry: 'registry.invalid',
      why: 'dns',
      because: 'registry.invalid does not resolve here (DNS)',
    });
  });

  it('is an address that nobody can ask', async () => {
    expect(await clientWith().image('1.2.3.256/app:1')).toMatchObject({
      verdict: 'cannot-reach',
      why: 'dns',
    });
  });

  it('is a reference that Docker would not take', async () => {
    expect(await clientWith().image('App')).toEqual({
      verdict: 'invalid-reference',
      because: 'the repository name is not in lower case',
      seen: [],
    });
  });

  it('takes the connection and says nothing: the limit is paid once, not per image', async () => {
    const { host, connections } = await serveSilence();
    const client = clientWith({ timeoutMs: 700 });
    const names = Array.from({ length: 40 }, (_, i) => `${host}/app:${i}`);
    const verdicts = await Promise.all(names.map((name) => client.image(name)));
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({ why: 'timeout', because: `${host} gave no answer within 0.7 s` });
    }
    // Six at a time: the first six waited, and the others were told.
    expect(connections()).toBe(16);
  });

  it('hangs up', async () => {
    const { verdict } = await ask((request) => request.socket.destroy());
    expect(verdict).toMatchObject({ verdict: 'cannot-reach' });
  });

  it('begins to answer and stops', async () => {
    const { verdict } = await ask(
      (request, response) => {
        response.writeHead(200, { 'content-type': OCI_INDEX, 'content-length': '100' });
        if (request.method === 'HEAD') response.end();
        else response.write('{');
      },
      { timeoutMs: 700 },
    );
    expect(verdict).toMatchObject({ verdict: 'cannot-reach', why: 'timeout' });
  });
});
