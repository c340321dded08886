/** What to do about an engine's verdict where no fix does it. Pure. */
import { distributionName, elsewhere, namedBy, pathOf, variableIn } from './engine-words.ts';
import { addressOf } from './host.ts';
import type { EngineVerdict } from './judge.ts';
import type { AskedEndpoint, EngineEndpoints, SshFault, TlsFault } from './model.ts';

/** What to do where no fix does it; undefined where fixes say it all. */
export function adviceOf(verdict: EngineVerdict, endpoints: EngineEndpoints): string | undefined {
  const { chosen, surroundings } = endpoints;
  const path = pathOf(chosen);
  const other = elsewhere(endpoints);
  switch (verdict.verdict) {
    case 'answers-as-podman':
      return 'Compose works with it for the most part; builds with BuildKit do not.';
    case 'choice-at-fault':
      return choiceAdvice(verdict.kind, endpoints);
    case 'answers-for-windows':
      return 'Choose "Switch to Linux containers" in the menu of Docker Desktop; `DockerCli.exe -SwitchLinuxEngine` in its folder does the same.';
    case 'in-its-place':
      return verdict.found === 'directory'
        ? `A container that mounted the socket while it was missing leaves such a directory: stop that container, remove the empty directory and start the engine again.`
        : `Move ${path} out of the way and start the engine again.`;
    case 'not-in-session':
      return `Log out and in again, or run \`newgrp ${verdict.access.group.name ?? verdict.access.group.gid}\` in this shell.`;
    case 'socket-closed':
      return `Run this as the user who owns ${path}, or have its rights corrected: the engine makes it with mode 0660 for the group docker.`;
    case 'directory-closed':
      return `It belongs to another user (a rootless engine's does): run this as that user, or choose another context.`;
    case 'pipe-closed':
      return 'Add this user to the group docker-users (as good as an administrator) and sign in to Windows again.';
    case 'hangs':
      return hangAdvice(verdict.holder, endpoints);
    case 'desktop-starting':
      return 'Wait until its menu says that it is running, then run this again.';
    case 'desktop-paused':
      return 'Resume it in the menu of Docker Desktop.';
    case 'desktop-sign-in':
      return 'Open Docker Desktop and sign in with an account of the organisation, or use another engine.';
    case 'desktop-terms':
      return 'Open Docker Desktop and read its terms, or use another engine.';
    case 'wsl-integration-off':
      return `Switch it on in Docker Desktop: Settings, Resources, WSL integration, ${distributionName(verdict)}.`;
    case 'wsl-desktop-stopped':
      return `Start Docker Desktop on Windows; where it runs already, switch on ${distributionName(verdict)} in its Settings, Resources, WSL integration.`;
    case 'wsl-proxy-gone':
      return `Restart Docker Desktop, or switch its WSL integration for ${distributionName(verdict)} off and on again; an old WSL is brought up to date by \`wsl --update\` on Windows.`;
    case 'tls':
      return tlsAdvice(verdict.fault, chosen);
    case 'ssh':
      return sshAdvice[verdict.fault](verdict.target);
    case 'engine-error':
      return 'The log of the engine says why.';
    case 'gateway-error':
      return 'Start the engine behind the proxy.';
    case 'desktop-engine-down':
      return 'Restart Docker Desktop (it stops every container); where that does not help, its Troubleshoot page says what is missing, often room on the disk.';
    case 'not-docker':
      return `Correct the address: ${namedBy(chosen)} leads to something else.`;
    case 'hangs-up':
      return 'Wait a moment and run this again.';
    case 'no-connection':
    case 'host-unresolved':
      if (other) return undefined;
      return `Check the address that ${namedBy(chosen)} gives, and whether that machine is on and may be reached from here.`;
    case 'provider-absent':
    case 'socket-missing':
    case 'nobody-listens':
      return surroundings && !other ? startAdvice(endpoints) : undefined;
    default:
      return undefined;
  }
}

function choiceAdvice(
  kind: Extract<EngineVerdict, { verdict: 'choice-at-fault' }>['kind'],
  { chosen }: EngineEndpoints,
): string {
  const variable = variableIn(chosen.from);
  if (kind === 'config-unreadable')
    return 'Correct the file, or move it away: docker works without it, and then has no log-ins.';
  if (variable !== undefined) return `Correct ${variable}, or unset it.`;
  return kind === 'context-unknown'
    ? '`docker context ls` lists those that exist; `docker context use default` goes back to the default socket.'
    : `Correct the address: \`docker context update ${chosen.context ?? 'NAME'} --docker host=…\`.`;
}

/** The commands that would start what no fix can start, and how an engine is installed where there is none. */
function startAdvice({ chosen, startable, surroundings }: EngineEndpoints): string | undefined {
  const { platform, wsl, systemd, dockerd, container } = surroundings ?? {};
  if (addressOf(chosen.host).kind === 'tcp')
    return `Start the engine that ${namedBy(chosen)} names, with the address among its hosts.`;
  if (startable.length > 0) return undefined;
  if (container && dockerd === undefined)
    return "This runs in a container: mount the engine's socket into it (`-v /var/run/docker.sock:/var/run/docker.sock`, as good as root), or run an engine beside it and set DOCKER_HOST.";
  if (dockerd !== undefined && systemd === false)
    return `systemd is not the init of this system, so systemctl cannot start anything: run \`sudo ${dockerd}\` in a terminal of its own${wsl ? ', or set `systemd=true` in the section `[boot]` of /etc/wsl.conf and run `wsl --shutdown` on Windows' : ''}.`;
  if (dockerd !== undefined) return `Start the engine: \`sudo ${dockerd}\`.`;
  return `No engine was found on this machine. ${installHint(platform, wsl !== undefined)}`;
}

/** Where an engine comes from, by system. */
function installHint(platform: string | undefined, wsl: boolean): string {
  if (platform === 'darwin')
    return 'Docker Desktop, OrbStack, Colima (`brew install colima docker`) and Rancher Desktop each bring one.';
  if (platform === 'win32')
    return 'Docker Desktop (`winget install Docker.DockerDesktop`) and Rancher Desktop each bring one.';
  if (wsl)
    return 'Install Docker Desktop on Windows, or Docker Engine in this distribution (https://docs.docker.com/engine/install/).';
  return 'Install Docker Engine (https://docs.docker.com/engine/install/), or set DOCKER_HOST to an engine that runs elsewhere.';
}

function hangAdvice(
  holder: Extract<EngineVerdict, { verdict: 'hangs' }>['holder'],
  { chosen }: EngineEndpoints,
): string {
  if (holder?.state === 'T')
    return `Somebody stopped the process ${holder.pid}: \`kill -CONT ${holder.pid}\` lets it go on.`;
  if (holder?.state === 'D')
    return `The process ${holder.pid} waits for a disk: look at the disk of its data root (\`df\`, \`dmesg\`).`;
  const desktop = chosen.provider === 'docker-desktop';
  return desktop
    ? 'Out of Resource Saver it needs some seconds: run this once more. Where it stays silent, `docker desktop restart` starts it anew and stops every container.'
    : 'Look at its log and its disk; starting it anew stops every container (unless it has live-restore).';
}

function tlsAdvice(fault: TlsFault, chosen: AskedEndpoint): string {
  const { tls } = chosen;
  const folder = tls?.ca ?? tls?.cert ?? tls?.key;
  const files = folder === undefined ? 'its files' : `the files beside ${folder}`;
  switch (fault) {
    case 'material-missing':
    case 'material-unreadable':
    case 'material-unusable':
      return variableIn(tls?.from)
        ? `Put ca.pem, cert.pem and key.pem where DOCKER_CERT_PATH says (or into Docker's own directory), or unset ${tls?.from}.`
        : 'Create the context anew with the right files (`docker context update --docker host=…,ca=…,cert=…,key=…`).';
    case 'server-expired':
    case 'server-not-yet-valid':
      return 'Renew the certificate of the engine; where its dates look right, the clock of this machine is wrong.';
    case 'unknown-authority':
      return `Take the ca.pem of that engine's authority into ${files}, after checking that it is the engine you mean.`;
    case 'wrong-name':
      return 'Use a name that the certificate is for, or have it issued for this one.';
    case 'client-certificate-wanted':
    case 'client-certificate-expired':
    case 'client-certificate-refused':
      return `Ask whoever runs the engine for a client certificate of its authority, and put cert.pem and key.pem among ${files}.`;
    case 'server-wants-tls':
      return chosen.context === undefined || chosen.context === 'default'
        ? 'Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem.'
        : `Give the context its files: \`docker context update ${chosen.context} --docker host=${chosen.host},ca=…,cert=…,key=…\`.`;
    case 'server-is-plain':
      return variableIn(tls?.from)
        ? `Unset ${tls?.from}, or use the engine's port for TLS (usually 2376).`
        : "Use the engine's port for TLS (usually 2376).";
    case 'failed':
      return 'Check that the address is that of a Docker engine with TLS.';
  }
}

const sshAdvice: Readonly<Record<SshFault, (target: string) => string>> = {
  'ssh-missing': () => 'Install an ssh client (openssh-client).',
  'host-unknown': () => 'Correct the name, or add the host to ~/.ssh/config.',
  refused: (target) => `Check the port, and whether an ssh server runs at ${target}.`,
  unreachable: () => 'Check the address, and whether that machine is on and may be reached from here.',
  'host-key-unknown': (target) =>
    `Log in once by hand (\`${typed('ssh', target)}\`) and compare the key before accepting it.`,
  'host-key-changed': () =>
    'Find out why before anything else: the machine was set up anew, or somebody stands in between. `ssh-keygen -R HOST` forgets the old key.',
  'key-refused': (target) =>
    `Have your public key added there (\`${typed('ssh-copy-id', target)}\`), or name the right user and key in ~/.ssh/config.`,
  'would-ask': () =>
    'Add the key to the agent (`ssh-add`): docker opens many connections, and each would ask.',
  'docker-missing': () => 'Install the docker CLI there, or put it on the PATH of a shell without log-in.',
  'docker-too-old': () => 'Bring docker up to date there.',
  'engine-denied': () =>
    'Have that user added to the group docker there (as good as root), or log in as another.',
  'engine-down': () => 'Start the engine over there.',
  failed: () => 'Try `ssh` to that host by hand.',
};

/** A command of ssh's with a target of the form `user@host:port`. */
function typed(command: string, target: string): string {
  const [, host = target, port] = /^(.*):(\d+)$/.exec(target) ?? [];
  return [command, ...(port ? ['-p', port] : []), host].join(' ');
}
