import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Engine } from '../engine.ts';
import { findPython, packageRoot } from '../python.ts';
import { readDescription } from './answers.ts';
import type { XlaCluster, XlaDeadlines, XlaEngineOptions } from './options.ts';
import { createSessionFolder, removeSessionFolder, sessionRoot, sweepStaleSessions } from './session-folder.ts';
import { WorkerGroup } from './worker-group.ts';
import type { WorkerCommand } from './worker-process.ts';
import { XlaEngine } from './xla-engine.ts';

const defaultDeadlines: XlaDeadlines = {
  startSeconds: 180,
  compileSeconds: 3600,
  executeSeconds: 1800,
  otherSeconds: 1800,
};

/**
 * Starts JAX workers and returns the engine that drives them. The caller closes it; it is also closed when this
 * process ends, however that comes about. Throws SK3001 where a worker does not come up.
 */
export async function startXlaEngine(options: XlaEngineOptions): Promise<Engine> {
  const root = options.sessionRoot ?? sessionRoot();
  const python = options.python ?? findPython();
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const { cluster, network = {} } = options;
  await sweepStaleSessions(root);
  const token = randomBytes(16).toString('hex');
  const { coordinatorHost = '127.0.0.1', prefix = () => [] } = network;
  const coordinator = cluster.processes > 1 ? `${coordinatorHost}:${await freePort()}` : undefined;
  const folder = createSessionFolder(root);
  const environment = workerEnvironment(token, options.environment);
  const command = (worker: number, where: readonly string[]): WorkerCommand => ({
    prefix: prefix(worker),
    python,
    arguments: ['-m', 'skein_worker', ...where, ...workerArguments(cluster, worker, folder, coordinator)],
    environment,
  });
  try {
    const { startSeconds } = deadlines;
    const group = await WorkerGroup.start({ folder, token, workers: cluster.processes, startSeconds, command });
    try {
      const hellos = await group.call('hello', {}, startSeconds);
      return new XlaEngine(group, readDescription(hellos), deadlines);
    } catch (error) {
      await group.close();
      throw error;
    }
  } catch (error) {
    if (existsSync(folder)) removeSessionFolder(folder);
    throw error;
  }
}

function workerArguments(
  cluster: XlaCluster,
  worker: number,
  folder: string,
  coordinator: string | undefined,
): readonly string[] {
  const own = ['--session-folder', folder, '--platform', cluster.platform, '--watch-stdin'];
  const devices = ['--devices', String(cluster.devicesPerProcess)];
  if (coordinator === undefined) return [...own, ...devices];
  const place = ['--process', String(worker), '--processes', String(cluster.processes), '--coordinator', coordinator];
  return [...own, ...devices, ...place];
}

function workerEnvironment(token: string, further: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const ownModules = join(packageRoot(), 'python');
  const others = process.env.PYTHONPATH;
  const modules = others ? `${ownModules}:${others}` : ownModules;
  return { ...process.env, PYTHONPATH: modules, SKEIN_TOKEN: token, ...further };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}
