import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/dockmedic.ts';
import { errorBody, reply, serve } from '../unit/registry/support.ts';

const schema = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../docs/image.schema.json'), 'utf8'),
);
const isTrace = new Ajv().compile(schema);

let ana: Person;
beforeEach(async () => {
  ana = await person();
});
afterEach(() => ana.dispose());

const digest = { 'docker-content-digest': `sha256:${'1'.repeat(64)}` };

describe('dockmedic image', () => {
  it('follows an image to its registry, and its JSON is as documented', async () => {
    const server = await serve((request, response) =>
      request.url?.includes('/app/')
        ? reply(response, 200, {}, digest)
        : reply(response, 404, errorBody('NAME_UNKNOWN')),
    );
    const found = await look([`${server.host}/app:1`, '--no-engine']);
    expect(found).toMatchObject({
      exitCode: 0,
      reference: { registry: server.host, repository: 'app', tag: '1', digest: null },
      verdict: { verdict: 'exists' },
      credentials: { kind: 'none' },
      engine: { view: 'unknown', because: 'the engine is left out (--no-engine)' },
    });
    expect(await look([`${server.host}/none`])).toMatchObject({
      exitCode: 1,
      verdict: { verdict: 'no-such-repository' },
    });
    expect(await look(['127.0.0.1:1/none'])).toMatchObject({
      exitCode: 3,
      verdict: { verdict: 'cannot-reach' },
    });
    expect(await look(['Alpine'])).toMatchObject({
      exitCode: 1,
      reference: null,
      advice: ['Did you mean alpine?'],
    });
  });

  it('tells it as text, the verdict first and what to do last', async () => {
    const server = await serve((_, response) =>
      reply(response, 401, errorBody('UNAUTHORIZED'), { 'www-authenticate': 'Basic realm="x"' }),
    );
    const { code, stdout, stderr } = await image([`${server.host}/app`]);
    expect(stderr).toBe('');
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(
      `✗ ${server.host} wants a login for ${server.host}/app:latest, and Docker has none for it.`,
    );
    expect(lines.at(-1)).toBe(`do      Run \`docker login ${server.host}\`.`);
    expect(stdout).toContain('Without a tag, Docker asks for latest.');
    expect(stdout).toContain('→ 401 (basic)');
  });

  it('shows neither secrets nor sequences that a terminal acts on', async () => {
    const auth = Buffer.from('ann\u001b[1m:planted-password').toString('base64');
    const server = await serve((_, response) =>
      reply(
        response,
        403,
        { errors: [{ code: 'DENIED', message: '\u001b[31mplanted-message' }] },
        { 'www-authenticate': 'Basic' },
      ),
    );
    await mkdir(path.join(ana.home, '.docker'));
    await writeFile(
      path.join(ana.home, '.docker/config.json'),
      JSON.stringify({
        auths: { [server.host]: { auth } },
        proxies: { default: { httpProxy: 'http://a:planted-p@p' } },
      }),
    );
    for (const format of ['text', 'json']) {
      const { stdout, stderr } = await image([`${server.host}/app`, '--format', format], {
        DOCKMEDIC_DEBUG: '1',
        HTTPS_PROXY: 'http://bob:planted-proxy@127.0.0.1:1',
      });
      expect(stdout + stderr).not.toMatch(/planted/);
      expect(stdout + stderr).not.toContain('\u001b');
      expect(stdout).not.toContain(auth);
    }
  });

  it.each([
    [['alpine', '--platform', 'arm'], /--platform takes os\/architecture/],
    [['alpine', '--timeout', 'soon'], /--timeout takes seconds/],
    [['alpine', '--format', 'jsn'], /did you mean json\?/],
    [['alpine', '--no-engin'], /did you mean --no-engine\?/],
    [[], /missing required argument/],
  ])('refuses %j in one line', async (args, expected) => {
    const { code, stdout, stderr } = await image(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

function image(args: readonly string[], env: Record<string, string | undefined> = {}) {
  return ana.dockmedic(['image', ...args], {
    env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock', ...env },
  });
}

async function look(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await image([...args, '--format', 'json']);
  expect(stderr).toBe('');
  const trace = JSON.parse(stdout);
  expect(isTrace(trace), JSON.stringify(isTrace.errors)).toBe(true);
  expect(trace.exitCode).toBe(code);
  return trace;
}
