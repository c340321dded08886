/** The short form of a service's volume: `source:target:options`. */

export type ShortVolume = {
  readonly source: string;
  readonly target: string;
  /** What follows the target: `ro,z`. */
  readonly options: string;
};

/**
 * Splits the short form (Compose Specification, services › volumes). A single letter before a colon is a Windows
 * drive. Undefined where Compose refuses it: an empty section, or too many of them.
 */
export function parseVolume(written: string): ShortVolume | undefined {
  if (written === '') return undefined;
  const sections: string[] = [];
  let section = '';
  for (const char of written) {
    if (char === ':' && !/^\p{L}$/u.test(section)) {
      sections.push(section);
      section = '';
    } else section += char;
  }
  sections.push(section);
  if (sections.some((part) => part === '')) return undefined;
  const [first = '', second, options = '', tooMany] = sections;
  if (tooMany !== undefined) return undefined;
  if (second === undefined) return { source: '', target: first, options };
  return { source: first, target: second, options };
}

/** Whether the source of a short volume is a path of the host, and not the name of a volume. */
export function isHostPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}

/** As Go cleans a path of a container: `/a/../b/` is `/b`, and the empty path is `.`. */
export function cleanTarget(target: string): string {
  const rooted = target.startsWith('/');
  const parts: string[] = [];
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push('..');
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined || '.';
}
