/** Certificates for the tests, made on the spot by openssl. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.ts';

export type Authority = {
  readonly pem: string;
  /** A key and a certificate; `days` may be negative: then it has ended before it is used. */
  issue(
    name: string,
    what: { readonly names?: string; readonly days?: number },
  ): Promise<{ key: string; cert: string }>;
};

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeAuthority(directory: string, name: string): Promise<Authority> {
  const at = (file: string) => path.join(directory, `${name}-${file}`);
  const openssl = async (...args: string[]) => {
    const { code, stderr } = await run(['openssl', ...args]);
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  await openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    at('key.pem'),
    '-out',
    at('ca.pem'),
  );
  return {
    pem: at('ca.pem'),
    issue: async (subject, { names = '', days = 2 }) => {
      const [key, request, cert, extensions] = ['key', 'csr', 'cert', 'ext'].map((kind) =>
        at(`${subject}.${kind}`),
      ) as [string, string, string, string];
      await openssl('req', ...curve, '-subj', `/CN=${subject}`, '-keyout', key, '-out', request);
      await writeFile(
        extensions,
        `extendedKeyUsage=serverAuth,clientAuth\n${names && `subjectAltName=${names}\n`}`,
      );
      await openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('key.pem'),
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        extensions,
        '-out',
        cert,
      );
      return { key, cert };
    },
  };
}
