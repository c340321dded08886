import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/dockmedic.ts';

let ana: Person;
beforeAll(async () => {
  ana = await person();
});
afterAll(() => ana.dispose());

const stale = { DOCKER_HOST: 'tcp://ana:planted-s3cret@127.0.0.1:1', DOCKER_CONTEXT: undefined };

describe('dockmedic engine', () => {
  it('says why nothing answers and what was looked at, and ends with 1', async () => {
    const { code, stdout, stderr } = await ana.dockmedic(['engine'], { env: stale });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [first = '', ...rest] = stdout.split('\n');
    expect(first).toMatch(/^✗ .*tcp:\/\/127\.0\.0\.1:1/);
    const names = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'currentContext', 'the default socket'];
    for (const name of names) expect(rest.join('\n')).toMatch(new RegExp(`^[✗·✓] ${name}`, 'm'));
    expect(stdout).not.toContain('s3cret');
  });

  it('fits a narrow terminal without Unicode', async () => {
    const { stdout } = await ana.dockmedic(['engine'], { env: { ...stale, LC_ALL: 'C' } });
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('prints one document with --format json, without a secret', async () => {
    const { code, stdout } = await ana.dockmedic(['engine', '--format', 'json'], { env: stale });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      status: 'fail',
      verdict: { kind: 'nobody-listens' },
      engine: null,
      order: [{ source: 'DOCKER_HOST', state: 'chosen' }, {}, {}, {}],
    });
    expect(stdout).not.toContain('s3cret');
  });

  it('refuses a time limit that is none', async () => {
    const { code, stderr } = await ana.dockmedic(['engine', '--timeout', 'soon']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'dockmedic: --timeout takes seconds from 0.1 to 3600, not "soon".',
    });
  });
});
