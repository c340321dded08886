/**
 * Certificate authorities beyond those that come with Node: Docker trusts the ones of the system and those that lie
 * in a registry's own directory below `certs.d` (Docker docs, "Verify repository client with certificates").
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

const DOCKER_DIRECTORY = '/etc/docker/certs.d';

/** A bundle of all public authorities is about 250 KiB. In bytes. */
const LARGEST_FILE = 4 * 1024 * 1024;

async function readPem(file: string): Promise<string | undefined> {
  try {
    const entry = await stat(file);
    if (!entry.isFile() || entry.size > LARGEST_FILE) return undefined;
    const text = await readFile(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The authorities that Docker trusts for a registry host (`host[:port]`) on this machine, as PEM texts; empty where
 * there are none or they cannot be read. `SSL_CERT_FILE` stands in for the file of the system, as it does in Go.
 */
export async function extraAuthorities(
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
  configDirectory: string,
): Promise<readonly string[]> {
  const chosen = environment.SSL_CERT_FILE;
  const found: string[] = [];
  for (const file of chosen ? [chosen] : SYSTEM_FILES) {
    const pem = await readPem(file);
    if (pem === undefined) continue;
    found.push(pem);
    break;
  }
  for (const directory of [DOCKER_DIRECTORY, path.join(configDirectory, 'certs.d')]) {
    const ofHost = path.join(directory, host);
    const names = await readdir(ofHost).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.crt')).slice(0, 20)) {
      const pem = await readPem(path.join(ofHost, name));
      if (pem !== undefined) found.push(pem);
    }
  }
  return found;
}
