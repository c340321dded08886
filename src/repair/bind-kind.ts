/** What a bind mount's target is in its image, and what a path's name says that it should be. */
import { posix } from 'node:path';
import known from '../data/known-paths.json' with { type: 'json' };
import { parseReference } from '../registry/reference.ts';

type Table = Readonly<Record<string, readonly string[]>>;

/**
 * Whether something is at a path in the image: `file`, `directory`, or undefined where that is not known.
 *
 * @param image the reference that the service runs, undefined where it builds its own
 */
export function kindInImage(image: string | undefined, target: string): 'file' | 'directory' | undefined {
  const path = posix.normalize(`${target}/`).replace(/(.)\/$/, '$1');
  const repository = repositoryOf(image) ?? '';
  const holds = (table: Table) =>
    table['*']?.includes(path) || (Object.hasOwn(table, repository) && table[repository]?.includes(path));
  if (holds(known.files)) return 'file';
  return holds(known.directories) ? 'directory' : undefined;
}

function repositoryOf(image: string | undefined): string | undefined {
  const reference = image === undefined ? undefined : parseReference(image);
  if (!reference || 'invalid' in reference || reference.host !== 'docker.io') return undefined;
  return reference.path.replace(/^library\//, '');
}

const FILE_NAMES = new Set([
  'caddyfile',
  'dockerfile',
  '.env',
  '.htpasswd',
  'htpasswd',
  '.my.cnf',
  '.npmrc',
  '.netrc',
  '.pgpass',
  'id_rsa',
  'id_ed25519',
  'localtime',
  'timezone',
]);

/** Endings that directories do not have: unlike `.d`, `.js` or `.io`. */
const FILE_ENDING =
  /.\.(?:conf|cnf|cfg|ini|json|json5|ya?ml|toml|xml|properties|sql|dump|sh|bash|env|pem|crt|cer|key|pub|p12|pfx|jks|txt|csv|html?|php|py|rb|lua|lock|log|cron)$/i;

/** Whether a path is named as only files are. */
export function namesFile(path: string): boolean {
  const name = posix.basename(path);
  return FILE_ENDING.test(name) || FILE_NAMES.has(name.toLowerCase()) || /^\.env\.[\w.-]+$/.test(name);
}
