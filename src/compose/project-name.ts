/** Names of projects, as Compose cleans them. */

/** Lower-case letters, digits, hyphens and underscores, starting with a letter or digit. */
export function cleanName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-_a-z0-9]/g, '')
    .replace(/^[-_]+/, '');
}
