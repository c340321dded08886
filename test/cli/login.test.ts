/** A command that asks for a password gets the terminal itself. Left out, and said so, where tmux is not installed. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Person, person } from '../support/dockmedic.ts';
import { run } from '../support/run.ts';

const tmux = (await run(['tmux', '-V'])).code === 0;
if (!tmux) console.warn('left out: test/cli/login.test.ts, because tmux is not installed');

const program = path.resolve(import.meta.dirname, '../../bin/dockmedic.js');
const PASSWORD = 'planted-typed-password';
const AUTH = `Basic ${Buffer.from(`ana:${PASSWORD}`).toString('base64')}`;

/** A stand-in for `docker login` and `logout`: asks like Docker, insists on a terminal, and writes what Docker writes. */
const DOCKER = `#!/bin/sh
config="$DOCKER_CONFIG/config.json"
case "$1" in
login)
  [ -t 0 ] || { echo "Error: Cannot perform an interactive login from a non TTY device" >&2; exit 1; }
  printf 'Password for %s: ' "$2"
  stty -echo; read -r password; stty echo
  mkdir -p "$DOCKER_CONFIG"
  printf '{"auths":{"%s":{"auth":"%s"}}}' "$2" "$(printf 'ana:%s' "$password" | base64 -w0)" > "$config"
  echo "Login Succeeded" ;;
logout) echo '{}' > "$config" ;;
esac
`;

let ana: Person;
let server: http.Server;
let host: string;
let shop: string;
beforeEach(async () => {
  ana = await person();
  server = http.createServer((request, response) => {
    const isIn = request.headers.authorization === AUTH;
    response.writeHead(isIn ? 200 : 401, {
      'content-type': isIn ? 'application/vnd.oci.image.index.v1+json' : 'application/json',
      ...(isIn ? {} : { 'www-authenticate': 'Basic realm="here"' }),
    });
    response.end('{"manifests":[{"platform":{"os":"linux","architecture":"amd64"}}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  shop = path.join(ana.home, 'shop');
  await mkdir(path.join(ana.home, 'bin'));
  await mkdir(shop);
  await writeFile(path.join(shop, 'compose.yaml'), `services:\n  a:\n    image: ${host}/team/app:1\n`);
  await writeFile(path.join(ana.home, 'bin/docker'), DOCKER);
  await chmod(path.join(ana.home, 'bin/docker'), 0o755);
});
afterEach(async () => {
  await inTmux('kill-server');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ana.dispose();
});

const inTmux = (...args: string[]) => run(['tmux', '-S', path.join(ana.home, 'tmux.sock'), ...args]);
const screen = async () => (await inTmux('capture-pane', '-p', '-S', '-')).stdout;
const shows = (pattern: RegExp) =>
  vi.waitFor(async () => expect(await screen()).toMatch(pattern), { timeout: 20_000, interval: 100 });

describe.skipIf(!tmux)('docker login as a fix', () => {
  it('is asked for, run on the terminal, verified by asking the registry again, and nothing of it is kept', async () => {
    const environment = {
      HOME: ana.home,
      XDG_STATE_HOME: path.join(ana.home, 'state'),
      DOCKER_CONFIG: path.join(ana.home, '.docker'),
      PATH: `${path.join(ana.home, 'bin')}:${process.env.PATH}`,
    };
    const settings = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    // A login shell gives itself a PATH of its own.
    const words = [
      'env',
      '-u',
      'CI',
      `PATH=${environment.PATH}`,
      process.execPath,
      program,
      shop,
      '--no-engine',
      '--only',
      'registry',
    ];
    const command = `${[...words, '--fix', '--unsafe'].join(' ')}; echo "ended with $?"; exec sh`;
    await inTmux('new-session', '-d', '-x', '160', '-y', '50', ...settings, command);
    await shows(/log in: docker login 127[\s\S]*Apply them as well/);
    await inTmux('send-keys', 'y', 'Enter');
    await shows(/Password for 127/);
    await inTmux('send-keys', PASSWORD, 'Enter');
    await shows(/ended with 0/);
    expect(await screen()).toMatch(/Login Succeeded/);
    expect(await screen()).not.toContain(PASSWORD);

    const state = path.join(ana.home, 'state');
    const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const journals = await Promise.all(
      files.map((one) => readFile(path.join(one.parentPath, one.name), 'utf8')),
    );
    expect(journals.join('')).toContain('"login"');
    expect(journals.join('')).not.toContain(PASSWORD);
    expect(journals.join('')).not.toContain(AUTH.slice(6));

    const undone = await ana.dockmedic(['undo', shop], { env: environment });
    expect(undone.code).toBe(0);
    expect(await readFile(path.join(ana.home, '.docker/config.json'), 'utf8')).toBe('{}\n');
  });
});

it('is not run where there is no terminal, whatever is consented to', async () => {
  const env = { PATH: `${path.join(ana.home, 'bin')}:${process.env.PATH}` };
  const flags = ['--no-engine', '--only', 'registry', '--fix', '--unsafe', '--yes'];
  const { code, stdout, stderr } = await ana.dockmedic([shop, ...flags], { env });
  expect(code).toBe(1);
  expect(stderr).not.toContain('docker login');
  expect(stdout).toContain(`docker login ${host}`);
});
