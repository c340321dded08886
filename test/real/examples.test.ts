/**
 * That the examples are what they say: broken in the way they tell, and sound once mended by hand. dockmedic has no part
 * in it. Needs an engine: `test/real/with-engine.sh npx vitest run test/real/examples.test.ts`.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Example,
  healthy,
  type MovedEdit,
  mendedMovedFile,
  mendReferences,
  movedComposeFile,
  oldLayout,
  renamedDirectory,
  rewrite,
  staleReferences,
} from '../support/example.ts';
import { type RunResult, run } from '../support/run.ts';

const real = process.env.DOCKMEDIC_REAL === '1';
if (!real) console.warn('examples.test.ts is skipped: DOCKMEDIC_REAL is unset, use test/real/with-engine.sh');

const composeFiles = Object.keys(staleReferences) as (keyof typeof staleReferences)[];

/** Any free port wherever one is published, and nothing of the caller's own Compose settings. */
const env = {
  SHOP_PORT: '0',
  SHOP_EVENTS_PORT: '0',
  SHOP_TEST_EVENTS_PORT: '0',
  SHOP_STAGING_PORT: '0',
  SHOP_STAGING_EVENTS_PORT: '0',
  KIOSK_PORT: '0',
  LOAD_REQUESTS: '5',
  SHOP_TAG: undefined,
  COMPOSE_FILE: undefined,
  COMPOSE_PROFILES: undefined,
  COMPOSE_PROJECT_NAME: undefined,
  COMPOSE_ENV_FILES: undefined,
};

/** Taken back after each test, last first. */
const undo: (() => Promise<unknown>)[] = [];
let count = 0;

async function use(example: Promise<Example>): Promise<string> {
  const { root, dispose } = await example;
  undo.push(dispose);
  return root;
}

type Compose = (...args: string[]) => Promise<RunResult>;

/** `docker compose` for one project in a directory, under a name that no other test has. */
function composeIn(cwd: string, ...global: string[]): Compose {
  count += 1;
  const name = `dockmedic-examples-${process.pid}-${count}`;
  const compose: Compose = (...args) =>
    run(['docker', 'compose', '-p', name, '--progress', 'plain', ...global, ...args], { cwd, env });
  undo.push(async () => {
    const down = await compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '2');
    if (down.code !== 0) throw new Error(`docker compose down failed: ${down.stderr}`);
  });
  return compose;
}

async function succeeds(result: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

async function buildsAndComesUp(compose: Compose): Promise<void> {
  await succeeds(compose('build'));
  await succeeds(compose('up', '--no-build', '--wait', '--wait-timeout', '60'));
}

async function address(compose: Compose, service: string, port: number): Promise<URL> {
  const [line = ''] = (await succeeds(compose('port', service, String(port)))).split('\n');
  return new URL(`http://127.0.0.1:${line.slice(line.lastIndexOf(':') + 1)}`);
}

async function textAt(url: URL): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url.href).toBe(200);
  return response.text();
}

/** Opens the WebSocket of `events`; yields the accept header and the bytes sent until the other side closes. */
function openEvents(base: URL, key: string): Promise<{ accept: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key };
    const opening = request(new URL('/events', base), {
      headers: { ...headers, 'Sec-WebSocket-Version': '13' },
    });
    opening.on('error', reject);
    opening.on('response', (response) => reject(new Error(`no upgrade, but ${response.statusCode}`)));
    opening.on('upgrade', (response, socket, head) => {
      const chunks: Buffer[] = [head];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('end', () => {
        resolve({ accept: response.headers['sec-websocket-accept'], bytes: Buffer.concat(chunks) });
        socket.destroy();
      });
    });
    opening.end();
  });
}

async function eventsGreets(compose: Compose): Promise<void> {
  const key = Buffer.from('sixteen bytes ok').toString('base64');
  const { accept, bytes } = await openEvents(await address(compose, 'events', 8081), key);
  const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  expect(accept).toBe(expected);
  expect(bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString()).toBe('the shop is open');
}

async function shopAnswers(compose: Compose): Promise<void> {
  const gateway = await address(compose, 'gateway', 8080);
  expect(await textAt(gateway)).toContain('<h1>Corner Shop');
  expect(await textAt(new URL('/api/products', gateway))).toContain('teapot');
  expect(await textAt(new URL('/login/token', gateway))).toMatch(/^(corner-shop|staging)\.\d+/);
  await eventsGreets(compose);
}

async function testStackAnswers(compose: Compose): Promise<void> {
  const products = compose(
    'exec',
    '-T',
    'backend',
    'wget',
    '-q',
    '-O',
    '-',
    'http://127.0.0.1:8080/products',
  );
  // Three of its own, two from the fixture: seed has run.
  expect((await succeeds(products)).split('\n')).toEqual([
    'teapot',
    'sieve',
    'ladder',
    'umbrella',
    'lantern',
  ]);
  await eventsGreets(compose);
}

const answers = {
  'docker-compose.yml': shopAnswers,
  'docker-compose.test.yml': testStackAnswers,
  'docker-compose.staging.yml': shopAnswers,
};

describe.skipIf(!real)('the examples, with a real engine', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    const script = fileURLToPath(new URL('stand-in-images.sh', import.meta.url));
    await succeeds(run(['bash', script, 'alpine:3.22', 'alpine:3.23']));
  }, 60_000);

  afterEach(async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'could not clean up');
  }, 120_000);

  describe('before the rename', () => {
    it.each(composeFiles)('%s builds, comes up and answers', async (file) => {
      const compose = composeIn(await use(oldLayout()), '-f', file);
      await buildsAndComesUp(compose);
      await answers[file](compose);
    });

    it('the load tester runs when its profile is asked for', async () => {
      const compose = composeIn(
        await use(oldLayout()),
        '-f',
        'docker-compose.staging.yml',
        '--profile',
        'load',
      );
      await succeeds(compose('build'));
      expect(await succeeds(compose('run', '--rm', 'load-tester'))).toContain(
        '5 of 5 requests were answered',
      );
    });
  });

  describe('after the rename', () => {
    it.each(composeFiles)('%s does not build, since docker/ is gone', async (file) => {
      const root = await use(renamedDirectory());
      const built = await composeIn(root, '-f', file)('build');
      expect(built.code).not.toBe(0);
      expect(built.stderr).toContain(`resolve : lstat ${root}/docker: no such file or directory`);
    });

    it.each(composeFiles)('%s builds, comes up and answers once its references are mended', async (file) => {
      const root = await use(renamedDirectory());
      const before = (await readFile(join(root, file), 'utf8')).split('\n');
      await mendReferences(root);
      const after = (await readFile(join(root, file), 'utf8')).split('\n');
      expect(after.filter((line, index) => line !== before[index])).toHaveLength(staleReferences[file]);

      const compose = composeIn(root, '-f', file);
      await buildsAndComesUp(compose);
      await answers[file](compose);
    });

    it('the load tester cannot be mended that way: its Dockerfile is nowhere', async () => {
      const root = await use(renamedDirectory());
      await mendReferences(root);
      const compose = composeIn(root, '-f', 'docker-compose.staging.yml', '--profile', 'load');
      const built = await compose('build');
      expect(built.code).not.toBe(0);
      expect(built.stderr).toContain(`lstat ${root}/docker: no such file or directory`);
    });
  });

  describe('with the compose file moved into dockerfiles/', () => {
    const faults: [MovedEdit, RegExp][] = [
      ['nothing', /lstat \S+\/dockerfiles\/docker: no such file or directory/],
      ['other-paths', /lstat \S+\/dockerfiles\/docker: no such file or directory/],
      ['dockerfile', /"\/services\/[^"]+": not found/],
    ];
    it.each(faults)('does not build (edited: %s)', async (edited, fault) => {
      const root = await use(movedComposeFile(edited));
      const built = await composeIn(root, '-f', 'dockerfiles/docker-compose.yml')('build');
      expect(built.code).not.toBe(0);
      expect(built.stderr).toMatch(fault);
    });

    it.each(['other-paths', 'dockerfile'] as const)(
      'builds, comes up and answers with context .. (edited: %s)',
      async (edited) => {
        const root = await use(movedComposeFile(edited));
        const file = 'dockerfiles/docker-compose.yml';
        await rewrite(join(root, file), mendedMovedFile);
        const compose = composeIn(root, '-f', file);
        await buildsAndComesUp(compose);
        await shopAnswers(compose);
      },
    );

    it('has another fault hidden behind the build where nothing was edited: the env file', async () => {
      const root = await use(movedComposeFile('nothing'));
      const file = 'dockerfiles/docker-compose.yml';
      await rewrite(join(root, file), mendedMovedFile);
      const compose = composeIn(root, '-f', file);
      await succeeds(compose('build'));
      const up = await compose('up', '--no-build', '--wait');
      expect(up.code).not.toBe(0);
      expect(up.stderr).toContain(`env file ${root}/dockerfiles/env/backend.env not found`);
    });
  });

  describe('healthy', () => {
    it('both projects build, come up and answer', async () => {
      const root = await use(healthy());
      const kiosk = composeIn(root);
      await buildsAndComesUp(kiosk);
      const web = await address(kiosk, 'web', 8080);
      expect(await textAt(web)).toContain('What time is it?');
      expect(await textAt(new URL('/now', web))).toMatch(/UTC \d{4}/);
      await buildsAndComesUp(composeIn(join(root, 'status')));
    });
  });
});
