/** Platforms as images name them (`linux/arm64/v8`), and which of them run where. */

export type Platform = { readonly os: string; readonly architecture: string; readonly variant?: string };

const OS_ALIASES: ReadonlyMap<string, string> = new Map([['macos', 'darwin']]);

/** Other names of an architecture; the list of containerd's `platforms` package. */
const ARCHITECTURE_ALIASES: ReadonlyMap<string, readonly [string, string?]> = new Map([
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['i386', ['386']],
  ['aarch64', ['arm64']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
]);

/** Puts a platform into the form in which it is compared: no aliases, no variant where it is the default one. */
export function normalisePlatform(os: string, architecture: string, variant: string): Platform {
  const [name, implied] = ARCHITECTURE_ALIASES.get(architecture.toLowerCase()) ?? [
    architecture.toLowerCase(),
  ];
  const given = (variant || implied || '').toLowerCase();
  const numbered = /^\d+$/.test(given) ? `v${given}` : given;
  const byDefault = (name === 'arm64' && numbered === 'v8') || (name === 'amd64' && numbered === 'v1');
  const kept = name === 'arm' && numbered === '' ? 'v7' : byDefault ? '' : numbered;
  const system = OS_ALIASES.get(os.toLowerCase()) ?? os.toLowerCase();
  return { os: system, architecture: name, ...(kept ? { variant: kept } : {}) };
}

/** Reads `os/architecture[/variant]`; undefined where the text is none. */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text.split('/');
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part)))
    return undefined;
  return normalisePlatform(parts[0] ?? '', parts[1] ?? '', parts[2] ?? '');
}

/** `linux/arm/v7`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

function armVersion({ variant }: Platform): number {
  return Number(variant?.slice(1)) || 7;
}

/**
 * True where Docker would take an image of `offered` for one of `wanted`: an older ARM on a newer one, 32 bits on
 * 64 bits of the same make. Variants of amd64 are not told apart, because no reference says what the processor can do.
 */
export function runsOn(offered: Platform, wanted: Platform): boolean {
  if (offered.os !== wanted.os) return false;
  if (offered.architecture === wanted.architecture) {
    if (wanted.architecture === 'arm') return armVersion(offered) <= armVersion(wanted);
    if (wanted.architecture === 'amd64' || wanted.architecture === 'arm64') return true;
    return offered.variant === wanted.variant || !offered.variant || !wanted.variant;
  }
  if (wanted.architecture === 'amd64') return offered.architecture === '386';
  return wanted.architecture === 'arm64' && offered.architecture === 'arm';
}
