/** Names in a sentence. */

/** Where all names are of use, and still no more than a reader looks through: a project can have thousands. */
export const MOST_NAMES = 12;

/** `a, b and c`, or `a, b and 4 more`; all of them where only one would be left over. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
