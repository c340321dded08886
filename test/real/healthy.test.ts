/**
 * Compose itself takes every healthy project: each that dockmedic finds in it, and each call that its people make.
 * No engine is asked. `DOCKMEDIC_COMPOSE` names a compose plugin to be used where there is no `docker compose`.
 */
import { describe, expect, it } from 'vitest';
import { diagnoseHealthy, type Healthy, healthyProjects } from '../support/healthy.ts';
import { run } from '../support/run.ts';

const plugin = process.env.DOCKMEDIC_COMPOSE;
const real = plugin !== undefined || process.env.DOCKMEDIC_REAL === '1';
if (!real)
  console.warn('left out: test/real/healthy.test.ts, because there is no compose (npm run test:real)');

/** What the environment of a person never sets, and must not reach Compose from here. */
const CLEAN = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => !['PATH', 'DOCKER_HOST', 'DOCKER_CONFIG'].includes(name))
    .map((name) => [name, undefined]),
);

async function takes({ root, environment }: Healthy, call: readonly string[]): Promise<string> {
  const argv: [string, ...string[]] = plugin === undefined ? ['docker', 'compose'] : [plugin];
  const result = await run([...argv, ...call, 'config', '--quiet'], {
    cwd: root,
    env: { ...CLEAN, HOME: '/home/ana', ...environment },
  });
  return result.code === 0 ? 'accepted' : `${call.join(' ')}: ${result.stderr}`;
}

describe.skipIf(!real)('Compose takes the healthy projects', { timeout: 60_000 }, () => {
  const asked = healthyProjects.filter((one) => one.remote === undefined);

  it('all but those that it would need a network for', () => {
    expect(healthyProjects.flatMap((one) => (one.remote === undefined ? [] : [one.name]))).toEqual([
      'remote-include',
    ]);
  });

  it.each(asked.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { facts } = await diagnoseHealthy(one);
    expect(facts.projects.length).toBeGreaterThan(0);
    // Where COMPOSE_FILE says it, the call without arguments is the one that is judged.
    const found = facts.projects.map(({ files, taken }) =>
      taken.endsWith('as COMPOSE_FILE says') ? [] : files.flatMap((file) => ['-f', file]),
    );
    const calls = new Map([...found, ...one.calls].map((call) => [call.join(' '), call]));
    for (const call of calls.values()) expect(await takes(one, call)).toBe('accepted');
  });
});
