/**
 * Certificates beyond those that come with Node: Docker trusts the authorities of the system and those that lie in a
 * registry's own directory below `certs.d`, and shows the client certificates of that directory (Docker docs, "Verify
 * repository client with certificates").
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where Go, and so Docker, looks for the authorities of the system; the first that is there counts. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** A bundle of all public authorities is about 250 KiB. In bytes. */
const LARGEST_FILE = 4 * 1024 * 1024;
const MOST_FILES = 20;

type Environment = Readonly<Record<string, string | undefined>>;

/** A PEM file and what is in it. The text of a key is secret. */
type PemFile = { readonly file: string; readonly pem: string };

/** What lies below `certs.d` for one registry. */
export type RegistryCertificates = {
  readonly authorities: readonly PemFile[];
  /** The certificate by which Docker shows the registry who it is, with its key; the first of them. */
  readonly client?: { readonly file: string; readonly cert: string; readonly key: string };
  /** What Docker stumbles over there: sentences without a full stop. */
  readonly faults: readonly string[];
};

async function readPem(file: string, kind = 'CERTIFICATE'): Promise<string | undefined> {
  try {
    const entry = await stat(file);
    if (!entry.isFile() || entry.size > LARGEST_FILE) return undefined;
    const text = await readFile(file, 'utf8');
    return new RegExp(`-----BEGIN [A-Z0-9 ]*${kind}-----`).test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The directories below which a directory may lie for each registry: of the engine, of one without root, and of
 * Docker Desktop, which hands its own to the virtual machine.
 */
function certificateDirectories(environment: Environment, configDirectory: string): readonly string[] {
  if (process.platform === 'win32') {
    const data = environment.ProgramData ?? 'C:\\ProgramData';
    return [path.join(data, 'docker', 'certs.d'), path.join(configDirectory, 'certs.d')];
  }
  const home = environment.HOME;
  const settings = environment.XDG_CONFIG_HOME ?? (home ? path.join(home, '.config') : undefined);
  return [
    '/etc/docker/certs.d',
    ...(settings && path.isAbsolute(settings) ? [path.join(settings, 'docker', 'certs.d')] : []),
    path.join(configDirectory, 'certs.d'),
  ];
}

/** What lies in `certs.d` for a registry host (`host[:port]`); a host that could lead out of it has nothing. */
export async function registryCertificates(
  host: string,
  environment: Environment,
  configDirectory: string,
): Promise<RegistryCertificates> {
  const authorities: PemFile[] = [];
  const faults: string[] = [];
  let client: RegistryCertificates['client'];
  // On Windows a file name has no colon; Docker leaves it out.
  const name = process.platform === 'win32' ? host.replaceAll(':', '') : host;
  if (!/^[\w.:[\]-]+$/.test(name) || /^\.+$/.test(name)) return { authorities, faults };
  for (const directory of certificateDirectories(environment, configDirectory)) {
    const ofHost = path.join(directory, name);
    const names = (await readdir(ofHost).catch(() => [])).slice(0, MOST_FILES);
    for (const each of names) {
      const file = path.join(ofHost, each);
      const stem = each.replace(/\.[a-z]+$/, '');
      if (each.endsWith('.crt')) {
        const pem = await readPem(file);
        if (pem === undefined) faults.push(`${file} cannot be read as a certificate`);
        else authorities.push({ file, pem });
      } else if (each.endsWith('.cert') && !names.includes(`${stem}.key`)) {
        faults.push(
          `${file} has no ${stem}.key beside it, so Docker asks this registry nothing; the certificate of an authority has to end in .crt`,
        );
      } else if (each.endsWith('.cert')) {
        const cert = await readPem(file);
        const key = await readPem(path.join(ofHost, `${stem}.key`), 'PRIVATE KEY');
        if (cert !== undefined && key !== undefined) client ??= { file, cert, key };
        else faults.push(`${file} or its key cannot be read here`);
      } else if (each.endsWith('.key') && !names.includes(`${stem}.cert`)) {
        faults.push(`${file} has no ${stem}.cert beside it, so Docker asks this registry nothing`);
      }
    }
  }
  return { authorities, faults, ...(client && { client }) };
}

/**
 * The authorities of the system, which Node does not look at; undefined where there are none or they cannot be read.
 * `SSL_CERT_FILE` stands in for the file of the system, as it does in Go.
 */
export async function systemAuthorities(environment: Environment): Promise<PemFile | undefined> {
  const chosen = environment.SSL_CERT_FILE;
  for (const file of chosen ? [chosen] : SYSTEM_FILES) {
    const pem = await readPem(file);
    if (pem !== undefined) return { file, pem };
  }
  return undefined;
}
