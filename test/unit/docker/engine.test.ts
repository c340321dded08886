import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askEndpoints } from '../../../src/docker/engine.ts';
import { imagesOf, localImages } from '../../../src/docker/images.ts';
import {
  contextMeta,
  engineAnswers,
  type Home,
  makeHome,
  serve,
  storeContext,
  thisMachine,
} from './machine.ts';

let home: Home;
let docker: string;
beforeEach(() => {
  home = makeHome();
  docker = join(home.path, '.docker');
  mkdirSync(docker);
});
afterEach(() => home.remove());

describe('the endpoints of a machine', () => {
  it('are the chosen one, dead, and a live one beside it', async () => {
    const live = join(home.path, 'live.sock');
    const dead = join(home.path, 'dead.sock');
    storeContext(docker, 'dead', contextMeta('dead', `unix://${dead}`));
    storeContext(docker, 'live', contextMeta('live', `unix://${live}`));
    storeContext(docker, 'production', contextMeta('production', 'tcp://10.255.255.1:2376'));
    storeContext(docker, 'remote', contextMeta('remote', 'ssh://mia@engine'));
    writeFileSync(join(docker, 'config.json'), '{"currentContext":"dead"}');
    const engine = await serve(live, engineAnswers());
    const asked = await askEndpoints(thisMachine(home.path, { PATH: '' }));
    await engine.close();
    expect(asked.fault).toBeUndefined();
    expect(asked.chosen).toMatchObject({
      context: 'dead',
      from: 'context "dead"',
      ping: { answer: 'down', why: 'missing' },
    });
    const byContext = Object.fromEntries(asked.others.map((other) => [other.context, other.ping]));
    expect(byContext.live).toMatchObject({ answer: 'up', serverVersion: '28.5.2' });
    expect(byContext.production).toEqual({
      answer: 'down',
      why: 'unsupported',
      seen: 'tcp://10.255.255.1:2376 is not on this machine and was not asked',
    });
    expect(byContext.remote).toMatchObject({ why: 'unsupported' });
    expect(byContext.dead).toBeUndefined();
  });

  it('are asked side by side, so that ten that hang cost one time limit', async () => {
    const held: { close(): Promise<void> }[] = [];
    let open = 0;
    let openAtOnce = 0;
    for (let n = 0; n < 10; n++) {
      const path = join(home.path, `${n}.sock`);
      const engine = await serve(path, () => undefined);
      engine.server.on('connection', (connection) => {
        open += 1;
        openAtOnce = Math.max(openAtOnce, open);
        connection.once('close', () => {
          open -= 1;
        });
      });
      held.push(engine);
      storeContext(docker, `c${n}`, contextMeta(`c${n}`, `unix://${path}`));
    }
    const environment = thisMachine(home.path, { DOCKER_CONTEXT: 'c0' });
    const asked = await askEndpoints(environment, { timeoutMs: 1000 });
    await Promise.all(held.map((one) => one.close()));
    const hanging = [asked.chosen, ...asked.others].filter(
      ({ ping }) => ping.answer === 'down' && ping.why === 'timeout',
    );
    expect(hanging).toHaveLength(10);
    expect(openAtOnce).toBe(10);
  });

  it('name the fault where the choice itself is at fault, and still look at the others', async () => {
    const live = join(home.path, 'live.sock');
    storeContext(docker, 'live', contextMeta('live', `unix://${live}`));
    const engine = await serve(live, engineAnswers());
    const asked = await askEndpoints(thisMachine(home.path, { DOCKER_CONTEXT: 'lve' }));
    await engine.close();
    expect(asked.fault?.kind).toBe('context-unknown');
    expect(asked.chosen).toMatchObject({ host: '', ping: { answer: 'down', seen: asked.fault?.message } });
    expect(asked.others.find(({ context }) => context === 'live')?.ping.answer).toBe('up');
  });
});

describe('local images', () => {
  const hex = 'c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b';
  const digest = `sha256:${hex}`;
  const other = `sha256:c5b2${'0'.repeat(60)}`;
  const images = imagesOf([
    {
      Id: digest,
      RepoTags: ['alpine:3.19', 'alpine:latest', 'localhost:5000/shop/api:1'],
      RepoDigests: [`alpine@${digest}`],
    },
    { Id: other, RepoTags: null, RepoDigests: ['<none>@<none>'] },
    { Id: digest, RepoTags: ['ghcr.io/acme/web:v1'] },
    { Id: 5, RepoTags: ['<none>:<none>', 7] },
    null,
  ]);

  it.each([
    'alpine',
    'alpine:latest',
    'alpine:3.19',
    'library/alpine',
    'docker.io/library/alpine:latest',
    'docker.io/alpine',
    'index.docker.io/library/alpine',
    'localhost:5000/shop/api:1',
    'ghcr.io/acme/web:v1',
    `alpine@${digest}`,
    // With a digest, the tag says nothing.
    `alpine:gone@${digest}`,
    digest,
    hex,
    hex.slice(0, 12),
  ])('has %s', (reference) => {
    expect(images.has(reference)).toBe(true);
  });

  it.each([
    'alpine:3.20',
    'acme/alpine',
    'ghcr.io/acme/web',
    'localhost:5000/shop/api',
    `busybox@${digest}`,
    `alpine@${other}`,
    // Two images start so.
    'c5b',
    'Alpine',
    '',
    '<none>:<none>',
  ])('does not have %s', (reference) => {
    expect(images.has(reference)).toBe(false);
  });

  it('are those of the engine, with its platform', async () => {
    const socket = join(home.path, 'docker.sock');
    const engine = await serve(socket, engineAnswers([{ Id: digest, RepoTags: ['alpine:3.19'] }]));
    const found = await localImages({ host: `unix://${socket}`, from: 'a test' }, thisMachine(home.path));
    await engine.close();
    if ('because' in found) throw new Error(found.because);
    expect(found.platform).toBe('linux/arm64');
    expect([found.has('alpine:3.19'), found.has('alpine')]).toEqual([true, false]);
  });

  it.each([
    ['fails', 500, '{"message":"s3cret"}', 'the engine did not list its images (HTTP status 500)'],
    ['answers with something else', 200, '{}', 'the engine answered its list of images with something else'],
  ])('are unknown where the engine %s', async (_, status, body, because) => {
    const socket = join(home.path, 'docker.sock');
    const engine = await serve(socket, (_request, response) => void response.writeHead(status).end(body));
    const found = await localImages({ host: `unix://${socket}`, from: 'a test' }, thisMachine(home.path));
    await engine.close();
    expect(found).toEqual({ because });
  });

  it('are unknown where the engine hangs', async () => {
    const socket = join(home.path, 'docker.sock');
    const engine = await serve(socket, () => undefined);
    const found = await localImages({ host: `unix://${socket}`, from: 'a test' }, thisMachine(home.path), {
      timeoutMs: 300,
    });
    await engine.close();
    expect(found).toEqual({ because: 'the engine did not list its images within 0.3 s' });
  });
});
