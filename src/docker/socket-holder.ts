/** Which process has a socket open, and whether it is stopped: for an engine that takes connections and says nothing. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { SocketHolder } from './model.ts';

const processesAtMost = 20_000;

/**
 * The process that listens on a socket of this Linux, as `/proc` tells: `net/unix` names the socket's inode by its path,
 * and the holder has that inode open. Only root and the process's own user may see that; never throws.
 */
export async function holderOf(path: string): Promise<SocketHolder | undefined> {
  try {
    const inode = await inodeOf(path);
    if (inode === undefined) return undefined;
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).slice(0, processesAtMost);
    for (const pid of processes) {
      if (await hasOpen(pid, `socket:[${inode}]`)) return await stateOf(pid);
    }
  } catch {
    // Another system than Linux, or a /proc that hides others' processes.
  }
  return undefined;
}

async function inodeOf(path: string): Promise<string | undefined> {
  // Num RefCount Protocol Flags Type St Inode Path; the flag 00010000 is that of a socket that listens.
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  for (const line of lines) {
    const [, , , flags, , , inode, ...rest] = line.trim().split(/\s+/);
    if (flags === '00010000' && rest.join(' ') === path) return inode;
  }
  return undefined;
}

async function hasOpen(pid: string, target: string): Promise<boolean> {
  try {
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(
      descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
    );
    return targets.includes(target);
  } catch {
    return false;
  }
}

async function stateOf(pid: string): Promise<SocketHolder | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const name = /^Name:\s+(.+)$/m.exec(status)?.[1]?.replace(/[^\w.-]/g, '?');
  const state = /^State:\s+(\w)/m.exec(status)?.[1];
  return name && state ? { pid: Number(pid), name, state } : undefined;
}
