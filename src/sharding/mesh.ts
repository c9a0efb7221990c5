import { diagnosticError } from '../base/index.ts';

/** One named axis of a mesh. */
export interface MeshAxis {
  readonly name: string;
  readonly size: number;
}

/** Named axes over devices, the first axis major. `deviceIds` lists the devices in that order; absent: 0, 1, 2, ... */
export interface Mesh {
  readonly axes: readonly MeshAxis[];
  readonly deviceIds?: readonly number[];
}

const axisName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads `dp=2,tp=4`. Throws SK2001 on anything else, on a size below 1 and on an axis named twice. */
export function parseMesh(text: string): Mesh {
  const axes = text.split(',').map(part => {
    const [name, size, ...rest] = part.split('=').map(word => word.trim());
    if (rest.length > 0 || !axisName.test(name) || size === undefined || !/^\d+$/.test(size))
      throw wrongMesh(text, part);
    return { name, size: Number(size) };
  });
  return checkMesh({ axes }, text);
}

/** Returns the mesh, or throws SK2001: sizes are at least 1, names differ, and device ids name each place once. */
export function checkMesh(mesh: Mesh, text: string = formatMesh(mesh)): Mesh {
  const seen = new Set<string>();
  for (const { name, size } of mesh.axes) {
    if (seen.has(name) || !axisName.test(name) || !Number.isInteger(size) || size < 1) {
      throw wrongMesh(text, `${name}=${size}`);
    }
    seen.add(name);
  }
  if (mesh.deviceIds !== undefined) checkDeviceIds(mesh.deviceIds, meshSize(mesh), text);
  return mesh;
}

function checkDeviceIds(ids: readonly number[], places: number, text: string): void {
  if (ids.length !== places) throw wrongMesh(text, `${ids.length} device ids`);
  const free = new Set(Array.from({ length: places }, (_, id) => id));
  const wrong = ids.find(id => !free.delete(id));
  if (wrong !== undefined) throw wrongMesh(text, `device id ${wrong}`);
}

/** Prints a mesh as `dp=2,tp=4`. */
export function formatMesh(mesh: Mesh): string {
  return mesh.axes.map(axis => `${axis.name}=${axis.size}`).join(',');
}

/** Number of devices of a mesh. */
export function meshSize(mesh: Mesh): number {
  return mesh.axes.reduce((product, axis) => product * axis.size, 1);
}

/** Throws SK2009 unless the mesh uses exactly the devices that there are. */
export function checkMeshDevices(mesh: Mesh, devices: number): void {
  if (meshSize(mesh) === devices) return;
  throw diagnosticError('SK2009', {
    message: `mesh ${formatMesh(mesh)} has ${meshSize(mesh)} places, but the cluster has ${devices} devices`,
    expected: `axes whose sizes multiply to ${devices}`,
    next: 'change --mesh or --cluster so that both have the same number of devices',
  });
}

function wrongMesh(text: string, part: string) {
  return diagnosticError('SK2001', {
    message: `the mesh \`${text}\` is wrong at \`${part.trim()}\``,
    expected: 'axes like dp=2,tp=4: different names, each with a size of at least 1',
    next: 'correct the mesh',
  });
}
