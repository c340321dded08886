import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askEndpoints } from '../../../src/docker/engine.ts';
import { traceEngine } from '../../../src/docker/trace.ts';
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

const trace = async (env: Record<string, string> = {}) => {
  const environment = thisMachine(home.path, { PATH: '', ...env });
  return traceEngine(environment, await askEndpoints(environment));
};
const order = async (env: Record<string, string> = {}) =>
  (await trace(env)).order.map(({ state, value, because }) => [state, value, because]);

describe('the trace', () => {
  it('names all that docker looks at, also where nothing is set', async () => {
    expect(await order()).toEqual([
      ['unset', undefined, undefined],
      ['unset', undefined, undefined],
      ['unset', undefined, undefined],
      ['chosen', undefined, undefined],
    ]);
  });

  it('says what outranks what, without a password', async () => {
    storeContext(docker, 'a', contextMeta('a', 'unix:///a.sock'));
    writeFileSync(join(docker, 'config.json'), '{"currentContext":"a"}');
    const env = { DOCKER_HOST: 'tcp://mia:s3cret@127.0.0.1:1', DOCKER_CONTEXT: 'a' };
    expect(await order(env)).toEqual([
      ['chosen', 'tcp://mia:***@127.0.0.1:1', undefined],
      ['outranked', 'a', 'DOCKER_HOST comes first'],
      ['outranked', 'a', 'DOCKER_HOST comes first'],
      ['outranked', undefined, 'DOCKER_HOST comes first'],
    ]);
    expect(JSON.stringify(await trace(env))).not.toContain('s3cret');
    expect(await order({ DOCKER_CONTEXT: 'a' })).toEqual([
      ['unset', undefined, undefined],
      ['chosen', 'a', undefined],
      ['outranked', 'a', 'DOCKER_CONTEXT comes first'],
      ['outranked', undefined, 'DOCKER_CONTEXT comes first'],
    ]);
  });

  it('follows the context "default" to the default socket', async () => {
    writeFileSync(join(docker, 'config.json'), '{"currentContext":"default"}');
    expect((await order()).slice(2)).toEqual([
      ['outranked', 'default', 'it names the default socket'],
      ['chosen', undefined, undefined],
    ]);
  });

  it('has every other endpoint once, those that are there and those that are not', async () => {
    const live = join(home.path, 'live.sock');
    const engine = await serve(live, engineAnswers());
    storeContext(docker, 'live', contextMeta('live', `unix://${live}`));
    storeContext(docker, 'twin', contextMeta('twin', `unix://${live}`));
    const { others } = await trace();
    await engine.close();
    expect(others.filter(({ source }) => source.startsWith('context'))).toMatchObject([
      { source: 'context "live"', host: `unix://${live}`, state: 'elsewhere', ping: { answer: 'up' } },
    ]);
    const absent = others.flatMap(({ state, provider }) => (state === 'absent' ? [provider] : []));
    expect(absent).toEqual(
      expect.arrayContaining(['colima', 'orbstack', 'rancher-desktop', 'docker-desktop']),
    );
  });
});
