/** A certificate authority for tests, with openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type Issued = { readonly certificate: string; readonly key: string };

export type Authority = {
  /** The authority's own certificate, a file. */
  readonly file: string;
  /** A certificate for these names, as files. `days` below zero has expired. */
  issue(names: readonly string[], days?: number): Issued;
  dispose(): void;
};

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function createAuthority(): Authority {
  const directory = mkdtempSync(path.join(tmpdir(), 'dockmedic-authority-'));
  const at = (name: string) => path.join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    ...CURVE,
    '-days',
    '5',
    '-subj',
    '/CN=tests',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  let count = 0;
  return {
    file: at('ca.pem'),
    issue(names, days = 5) {
      const name = `leaf-${count++}`;
      const [key, request, extensions, certificate] = ['key', 'csr', 'ext', 'pem'].map((end) =>
        at(`${name}.${end}`),
      ) as [string, string, string, string];
      openssl('req', ...CURVE, '-subj', `/CN=leaf`, '-keyout', key, '-out', request);
      writeFileSync(extensions, `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}\n`);
      const ca = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        ...ca,
        '-days',
        `${days}`,
        '-extfile',
        extensions,
        '-out',
        certificate,
      );
      return { certificate, key };
    },
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function pemOf({ certificate, key }: Issued): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}
