/** The verdicts on an engine that answers in words, and what can be done about each. */
import type { Finding, Fix, Severity } from '../rule.ts';
import type { EngineSeen, HealthVerdict } from './health-model.ts';

export type Told = Pick<Finding, 'message' | 'evidence' | 'consequence' | 'advice' | 'fixes'> & {
  readonly severity: Severity;
};

/** Says a verdict. */
export function tellHealth(verdict: HealthVerdict, seen: EngineSeen): Told {
  switch (verdict.verdict) {
    case 'disk-full':
      return {
        severity: 'error',
        message: `The disk of the engine is full: ${inBytes(verdict.disk.freeBytes)} are free under ${verdict.disk.path}.`,
        evidence: roomOf(verdict.disk, seen),
        consequence:
          'Pulls, builds and new containers end with "no space left on device", or with an I/O error.',
        advice: 'Make room: `docker system df` says what takes it.',
        fixes: pruneFixes(),
      };
    case 'disk-low':
      return {
        severity: 'warning',
        message: `The disk of the engine is nearly full: ${inBytes(verdict.disk.availableBytes)} are free under ${verdict.disk.path}.`,
        evidence: roomOf(verdict.disk, seen),
        consequence: 'The next pull or build may end with "no space left on device".',
        advice: 'Make room: `docker system df` says what takes it.',
        fixes: pruneFixes().map((fix) => ({ ...fix, safety: 'manual' })),
      };
    case 'inodes-full':
    case 'inodes-low': {
      const { path, inodes } = verdict.disk;
      const full = verdict.verdict === 'inodes-full';
      return {
        severity: full ? 'error' : 'warning',
        message: `The disk of the engine has ${full ? 'no room' : 'little room'} for more files: ${inodes?.free} of ${inodes?.total} inodes are free under ${path}.`,
        evidence: roomOf(verdict.disk, seen),
        consequence: 'Docker says "no space left on device", though bytes are free.',
        advice: 'Remove images and build cache with many small files: `docker system df` says what there is.',
        fixes: pruneFixes().map((fix) => (full ? fix : { ...fix, safety: 'manual' })),
      };
    }
    case 'data-root-read-only':
      return {
        severity: 'error',
        message: `The engine cannot write its data: ${verdict.disk.path} lies on a disk that is mounted read-only.`,
        evidence: roomOf(verdict.disk, seen),
        consequence: 'Nothing can be pulled, built or created.',
        advice:
          'A kernel mounts a disk so after a fault of it: look into `dmesg`, check the disk, and mount it for writing again.',
      };
    case 'clock-skew': {
      const minutes = Math.round(Math.abs(verdict.aheadMs) / 60_000);
      const far = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
      return {
        severity: 'warning',
        message: `The clock of the engine is ${far} ${verdict.aheadMs > 0 ? 'ahead of' : 'behind'} the clock here.`,
        evidence: [`/info of ${seen.host} told its time`],
        consequence:
          'Where its clock is the wrong one, pulls end with "certificate has expired or is not yet valid", and logins with a refused token.',
        advice: clockAdvice(seen),
      };
    }
    case 'runtime-missing':
      return {
        severity: 'error',
        message: `The default runtime of the engine, "${verdict.runtime}", is not among those it knows: ${verdict.known.join(', ')}.`,
        evidence: ['/info lists the runtimes'],
        consequence: 'No container can be started.',
        advice:
          'Configure the runtime in daemon.json, or take `default-runtime` out of it, and start the engine again.',
      };
    case 'runc-fails':
      return {
        severity: 'warning',
        message: 'The engine cannot ask runc, which starts its containers, for its version.',
        evidence: ['/info gives "N/A" for it'],
        consequence: 'Containers may fail to start with "OCI runtime create failed".',
        advice: 'Run `runc --version` on the machine of the engine, and install runc again where that fails.',
      };
    case 'no-forwarding':
      return {
        severity: 'warning',
        message: 'IPv4 forwarding is switched off on the machine of the engine.',
        evidence: [`the engine says "${verdict.said}"`],
        consequence: 'Containers reach no network, and published ports lead nowhere.',
        advice: 'Switch it on: `sudo sysctl net.ipv4.ip_forward=1`.',
      };
    case 'no-d-type':
      return {
        severity: 'warning',
        message: 'The disk of the engine was formatted in a way that its storage driver does not support.',
        evidence: [`the engine says "${verdict.said}"`],
        consequence: 'Files of images go missing or cannot be removed.',
        advice: 'Put the data of the engine on a disk that was formatted with `ftype=1`, or on ext4.',
      };
    case 'open-to-all':
      return {
        severity: 'warning',
        message:
          'Anybody on the network can use this engine, and so be root on its machine: it listens without TLS.',
        evidence: [`the engine says "${verdict.said}"`],
        advice: 'Let it listen on its socket only, and reach it by ssh or with TLS.',
      };
    case 'no-limits':
      return {
        severity: 'info',
        message: 'The engine cannot limit memory, and services of this stack ask for limits.',
        evidence: [`the engine says "${verdict.said}"`],
        consequence: 'The containers run without these limits.',
      };
    case 'snap-blind':
      return {
        severity: 'warning',
        message:
          verdict.why === 'hidden'
            ? 'Docker was installed as a snap, which does not see directories of the home directory that start with a dot, and this stack lies in one.'
            : 'Docker was installed as a snap, which sees files below the home directory only, and this stack lies elsewhere.',
        evidence: [`the engine keeps its data in ${verdict.dataRoot}`],
        consequence: 'Docker says "no such file or directory" of files that are there.',
        advice:
          'Move the project below the home directory, or install Docker from the packages of its own repository.',
      };
  }
}

function roomOf(disk: Extract<HealthVerdict, { verdict: 'disk-full' }>['disk'], seen: EngineSeen): string[] {
  const { path, freeBytes, availableBytes, inodes, readOnly } = disk;
  return [
    `statfs ${path}: ${inBytes(freeBytes)} free, ${inBytes(availableBytes)} of them for everybody${inodes ? `, ${inodes.free} inodes free` : ''}`,
    ...(readOnly ? ['/proc/self/mountinfo says "ro"'] : []),
    ...(seen.storageDriver === 'vfs'
      ? ['the storage driver is vfs, which keeps a whole copy for each layer']
      : []),
  ];
}

/** Both remove only what nothing uses, and yet somebody may miss it. */
function pruneFixes(): readonly Fix[] {
  return [
    {
      title: 'remove the build cache: docker builder prune --force',
      safety: 'unsafe',
      caveat: 'the next builds take longer, and it cannot be taken back',
      steps: [
        {
          kind: 'run',
          argv: ['docker', 'builder', 'prune', '--force'],
          why: 'what builds have kept takes room, and nothing runs on it',
        },
      ],
    },
    {
      title: 'remove what nothing uses: docker system prune --force',
      safety: 'manual',
      caveat: 'stopped containers go with all that was written in them, and it cannot be taken back',
      steps: [
        {
          kind: 'run',
          argv: ['docker', 'system', 'prune', '--force'],
          why: 'stopped containers, unused networks and images without a name take room',
        },
      ],
    },
  ];
}

function clockAdvice({ system = '', here }: EngineSeen): string {
  if (/docker desktop/i.test(system))
    return 'Restart Docker Desktop: its clock stands still while the machine sleeps.';
  if (here.platform === 'linux')
    return 'Set the clock that is wrong (`date -u` on both): `sudo timedatectl set-ntp true`; below WSL, `wsl --shutdown`.';
  return 'Restart the virtual machine of the engine: its clock stands still while this machine sleeps.';
}

/** `3.2 GiB`, `12 MiB`. */
function inBytes(bytes: number): string {
  const [gib, mib] = [1024 ** 3, 1024 ** 2];
  if (bytes >= gib) return `${(bytes / gib).toFixed(1)} GiB`;
  if (bytes >= mib) return `${Math.floor(bytes / mib)} MiB`;
  return `${Math.floor(bytes / 1024)} KiB`;
}
