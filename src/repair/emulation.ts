/** Whether an engine can run an image of another platform. Pure. */
import { parsePlatform } from '../registry/platform.ts';

export type Emulation =
  /** It comes with the engine. */
  | 'built-in'
  /** QEMU does it, where its handlers are registered with the kernel. */
  | 'with-qemu'
  | 'never';

/** The architectures for which Docker Desktop brings QEMU, or Rosetta, along. */
const DESKTOP = new Set(['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'riscv64']);

/**
 * What it takes to run `offered` where `wanted` runs. Only Linux is emulated, and only from one processor to another.
 *
 * @param platform as of `process.platform`, where the engine is this machine's
 */
export function emulationOf(offered: string, wanted: string, platform: string): Emulation {
  const [image, host] = [parsePlatform(offered), parsePlatform(wanted)];
  if (!image || !host || image.os !== 'linux' || host.os !== 'linux' || !DESKTOP.has(image.architecture))
    return 'never';
  // Engines on macOS and Windows run in a virtual machine that their makers have set up for it.
  return platform === 'linux' ? 'with-qemu' : 'built-in';
}

/** Of the platforms that an image has, the one to emulate: that of most machines first. */
export function bestToEmulate(
  platforms: readonly string[],
  wanted: string,
  platform: string,
): string | undefined {
  const usable = platforms.filter((offered) => emulationOf(offered, wanted, platform) !== 'never');
  return ['linux/amd64', 'linux/arm64'].find((one) => usable.includes(one)) ?? usable[0];
}
