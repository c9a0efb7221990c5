import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { diagnosticError } from '../base/index.ts';
import { type Cluster, parseCluster } from '../cost/index.ts';
import type { XlaCluster } from '../engine/index.ts';
import { checkMeshDevices, type Mesh, type Pin, parseMesh, parsePin, parsePins } from '../sharding/index.ts';

/** The options by which a user says how a program is split, as the command line gives them. */
export interface PlacementOptions {
  /** Default: that of the plan, else one virtual device. */
  readonly cluster?: string;
  readonly mesh?: string;
  readonly pin?: readonly string[];
  readonly pins?: string;
  readonly strategy?: 'data';
}

/** How the user wants a program split. */
export interface Placement {
  readonly cluster: Cluster;
  readonly mesh: Mesh;
  readonly pins: readonly Pin[];
  /** `data`: the batch that the rules find is split along the mesh's first axis. */
  readonly strategy?: 'data';
}

/** Adds the placement options to a command. */
export function addPlacementOptions(command: Command): Command {
  return command
    .option(
      '--cluster <cluster>',
      'devices: cpu:8, 2xcpu:2 (two processes), gpu:1, 8xH100 or a JSON file (default: cpu:1)',
    )
    .option('--mesh <axes>', 'named axes over the devices, for example dp=2,tp=4')
    .option('--pin <pin>', "how one argument is split, for example 'tokens=[{dp}, {}]'; may be repeated", collect, [])
    .option('--pins <file>', 'a pins file: mesh and pins together')
    .addOption(new Option('--strategy <name>', 'data: split the batch, found by the rules').choices(['data']));
}

/** Where a program runs when nothing is said. */
export const defaultCluster = 'cpu:1';

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

/** Reads the pins, and the mesh where one is given. */
export async function readPins(
  options: PlacementOptions,
): Promise<{ readonly mesh?: Mesh; readonly pins: readonly Pin[] }> {
  const file = options.pins === undefined ? undefined : parsePins(await readText(options.pins), options.pins);
  const pins = [...(file?.pins ?? []), ...(options.pin ?? []).map(parsePin)];
  const mesh = options.mesh === undefined ? file?.mesh : parseMesh(options.mesh);
  return { pins, ...(mesh === undefined ? {} : { mesh }) };
}

/** Reads mesh, pins and strategy. Without any, the program runs whole on one device and the result is undefined. */
export async function readPlacement(options: PlacementOptions): Promise<Placement | undefined> {
  const cluster = parseCluster(options.cluster ?? defaultCluster);
  if (
    options.pins === undefined &&
    !options.pin?.length &&
    options.strategy === undefined &&
    options.mesh === undefined
  )
    return undefined;
  const { pins, mesh = defaultMesh(cluster, options) } = await readPins(options);
  checkMeshDevices(mesh, cluster.devices);
  return { cluster, mesh, pins, ...(options.strategy === undefined ? {} : { strategy: options.strategy }) };
}

/** One data axis over all devices; only the data strategy can do without being told. */
function defaultMesh(cluster: Cluster, options: PlacementOptions): Mesh {
  if (options.strategy === 'data') return { axes: [{ name: 'dp', size: cluster.devices }] };
  throw diagnosticError('SK9003', {
    message: 'pins need a mesh to name axes of',
    next: `add --mesh, for example --mesh dp=${cluster.devices}`,
  });
}

/** The workers of this machine that make up a cluster. Throws SK21.. */
export function workersOf(notation: string): XlaCluster {
  const { processes, devicesPerHost, profile } = parseCluster(notation);
  return { processes, devicesPerProcess: devicesPerHost, platform: profile.platform };
}

/** Reads a text file of the user's. Throws SK9001. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw diagnosticError('SK9001', { message: `${path} cannot be read: ${why}`, next: 'check the path' });
  }
}
