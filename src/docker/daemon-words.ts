/** Why a daemon does not start, in words, and what to do about it. */
import type { Finding } from '../rule.ts';
import type { DaemonSeen, DaemonVerdict, StartVerdict } from './daemon-model.ts';

export type Told = Pick<Finding, 'message' | 'evidence' | 'consequence' | 'advice'>;

/** Says a verdict. */
export function tellDaemon(verdict: DaemonVerdict, seen: DaemonSeen): Told {
  const silent = `nobody listens at ${seen.host}`;
  if (!('fault' in verdict)) {
    const { sentence, advice } = reasonOf(verdict);
    return {
      message: `The Docker daemon does not start: ${sentence}.`,
      evidence: [`${verdict.from} ends with: ${verdict.said}`, silent],
      consequence: 'Docker only says "Cannot connect to the Docker daemon".',
      advice,
    };
  }
  const { file, fault, unit } = verdict;
  const check = `\`dockerd --validate --config-file ${file}\``;
  return {
    message: `The Docker daemon does not start with its configuration: ${file} ${fault}.`,
    evidence: [
      ...(seen.validation === undefined || seen.validation === 'configuration OK'
        ? []
        : [`${check} refuses it`]),
      ...(verdict.verdict === 'config-given-twice' && unit ? [`${unit} gives the options`] : []),
      silent,
    ],
    consequence:
      'Docker only says "Cannot connect to the Docker daemon", and systemd that the service failed.',
    advice:
      verdict.verdict === 'config-given-twice'
        ? `Take it out of ${file}, or out of the options (\`systemctl edit docker\`), and start the daemon again.`
        : `Correct the file (it needs the rights of root), check it with ${check}, and start the daemon again.`,
  };
}

type Reason = { readonly sentence: string; readonly advice: string };

function reasonOf({ verdict, said }: StartVerdict): Reason {
  if (verdict !== 'listener') return REASONS[verdict];
  return LISTENERS.find(([pattern]) => pattern.test(said))?.[1] ?? REASONS.listener;
}

/** Why it cannot listen. */
const LISTENERS: readonly (readonly [RegExp, Reason])[] = [
  [
    /group \S+ not found/,
    {
      sentence: 'the group that its socket is to belong to does not exist',
      advice: 'Make the group (`sudo groupadd docker`), and start it again.',
    },
  ],
  [
    /is a directory/,
    {
      sentence: 'a directory stands in the place of its socket',
      advice:
        'Remove the directory; a container that mounts the socket makes it where it starts before the engine has its own.',
    },
  ],
  [
    /address already in use/,
    {
      sentence: 'another program has the address that it is to listen on',
      advice: 'End that program (`ss -ltnp` shows it), or correct `-H` or `hosts`.',
    },
  ],
  [
    /no sockets found via socket activation/,
    {
      sentence: 'it was told to take its socket from systemd, and was not started by it',
      advice: 'Start it as a service (`sudo systemctl start docker`), or give another `-H` than fd://.',
    },
  ],
  [
    /cannot assign requested address/,
    {
      sentence: 'it is to listen on an address that this machine does not have',
      advice: 'Correct `-H` or `hosts`.',
    },
  ],
];

const REASONS: Readonly<Record<StartVerdict['verdict'], Reason>> = {
  'already-running': {
    sentence: 'another one holds its pid file or its data',
    advice:
      'Stop one of the two (`ps -C dockerd -o pid,args` shows them). Where the pid in the message is no dockerd, remove the pid file.',
  },
  listener: {
    sentence: 'it cannot listen where it is told to',
    advice: 'Free the address, or correct `-H` or `hosts`.',
  },
  iptables: {
    sentence: 'it cannot set up its rules with iptables',
    advice:
      'Install iptables; after an update of the kernel, start the machine again, so that its modules fit; or switch between `iptables-legacy` and `iptables-nft` (update-alternatives).',
  },
  cgroup: {
    sentence: 'control groups are not mounted as it needs them',
    advice: 'Mount them (`cgroupfs-mount`), or update Docker where the machine has version 2 of them only.',
  },
  'storage-driver': {
    sentence: 'its storage driver cannot be used',
    advice:
      'Take `storage-driver` out of /etc/docker/daemon.json, so that it chooses by itself. Images in the old store are not seen then; `docker save` those that you need first, with the version that could read them.',
  },
  containerd: {
    sentence: 'it does not reach containerd',
    advice: 'Look at containerd first (`systemctl status containerd`), and start both again.',
  },
  runtime: {
    sentence: 'the runtime that starts containers is missing',
    advice: 'Install runc, or correct `default-runtime` and `runtimes` in /etc/docker/daemon.json.',
  },
  'disk-full': {
    sentence: 'the disk under its data is full',
    advice:
      'Make room under its data (`df -h /var/lib/docker`, `df -i /var/lib/docker`), and start it again.',
  },
  'read-only': {
    sentence: 'the disk under its data is mounted read-only',
    advice:
      'A kernel mounts a disk so after a fault of it: look into `dmesg`, check the disk, mount it for writing.',
  },
  'fd-limit': {
    sentence: 'it may not open enough files',
    advice: 'Raise its limit: `systemctl edit docker`, `[Service]`, `LimitNOFILE=infinity`.',
  },
  'data-root': {
    sentence: 'the directory for its data cannot be used',
    advice: 'Correct `data-root` in /etc/docker/daemon.json, or what stands in that place.',
  },
  'not-root': {
    sentence: 'it was started without the rights of root',
    advice: 'Start it as a service (`sudo systemctl start docker`), or set up the rootless engine.',
  },
  rootless: {
    sentence: 'this user may not have user namespaces, which a rootless engine needs',
    advice:
      'Give the user a range in /etc/subuid and /etc/subgid, install `uidmap`, and on Ubuntu 24.04 the AppArmor profile of rootlesskit.',
  },
  'unknown-reason': {
    sentence: 'it gives up for a reason of its own',
    advice: 'Its own words say why.',
  },
};
