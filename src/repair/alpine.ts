/** Which releases of Alpine have come to their end. Pure. */
import alpine from '../data/alpine-releases.json' with { type: 'json' };

const endOfLife: Readonly<Record<string, string>> = alpine.endOfLife;

/** The release that a tag names, where it is one of Alpine's: `3.12`, `20-alpine3.9`; and when it ended, if it has. */
function endedRelease(path: string, tag: string, today: string): string | undefined {
  const own = path === 'library/alpine' ? /^v?(3\.\d+)(?:\.\d+)?$/.exec(tag) : null;
  const release = (own ?? /(?:^|[-_.])alpine-?(3\.\d+)(?:\.\d+)?(?:$|[-_])/.exec(tag))?.[1];
  const end = release === undefined ? undefined : endOfLife[release];
  return end !== undefined && end <= today ? `Alpine ${release} was supported until ${end}` : undefined;
}

/** Tags with those last that rest on a release which is no longer supported, and what is to be said of the wanted one. */
export function supportedFirst(
  path: string,
  wanted: string,
  near: readonly string[],
  today: string,
): { readonly near: readonly string[]; readonly evidence: readonly string[] } {
  const isEnded = (tag: string) => endedRelease(path, tag, today) !== undefined;
  const ended = endedRelease(path, wanted, today);
  return {
    near: [...near.filter((tag) => !isEnded(tag)), ...near.filter(isEnded)],
    evidence: ended === undefined ? [] : [ended],
  };
}
