/** Versions as Docker's parts print them: `28.5.2+dfsg4`, `v2.40.3`, `2.40.3-desktop.1`, `1.51`. */

/** The numbers of a version; undefined where it does not start with one. */
function numbersOf(version: string): readonly number[] | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version.trim());
  return match?.slice(1, 4).map((part) => Number(part ?? 0));
}

/** Whether a version is below another; false where one of them is no version. */
export function isBelow(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)];
  if (!a || !b) return false;
  for (const [index, part] of a.entries()) {
    const than = b[index] ?? 0;
    if (part !== than) return part < than;
  }
  return false;
}
