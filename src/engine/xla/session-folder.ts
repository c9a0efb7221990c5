import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const namePattern = /^skein-(\d+)-[0-9a-f]{12}$/;
/** Where the driver of a session listens. */
export const socketName = 'driver.sock';

/** The folder for sessions: shared memory where the system has it, else the temporary folder. */
export function sessionRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** Makes a folder that only this user can read, named after this process. */
export function createSessionFolder(root: string): string {
  const folder = join(root, `skein-${process.pid}-${randomBytes(6).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

export function removeSessionFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

/**
 * Removes the folders of this user's sessions whose driver is gone. A driver in another process namespace is seen by
 * its socket, which still answers.
 */
export async function sweepStaleSessions(root: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of readdirSync(root)) {
    const match = namePattern.exec(name);
    if (match === null || isAlive(Number(match[1]))) continue;
    const folder = join(root, name);
    if (!isOurs(folder) || (await answers(join(folder, socketName)))) continue;
    removeSessionFolder(folder);
    removed.push(folder);
  }
  return removed;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isOurs(folder: string): boolean {
  try {
    return process.getuid === undefined || statSync(folder).uid === process.getuid();
  } catch {
    return false;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.setTimeout(1000, () => finish(true));
  });
}
