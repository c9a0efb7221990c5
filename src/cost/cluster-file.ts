import { readFileSync } from 'node:fs';
import { diagnosticError } from '../base/index.ts';
import { type Cluster, clusterOfHosts, type LinkLevel, profileNamed } from './cluster.ts';
import { Complaints, checkLink, checkOverlap, checkProfile, type DeviceProfile, type Overlap } from './profile.ts';

/**
 * Reads a cluster from a JSON file: `{"format": "skein.cluster/1", "hosts": 2, "devicesPerHost": 4, "profile": "H100"}`.
 * `profile` is a name or a whole profile; `links`, innermost first with a `size` each, and `overlap`, as
 * `{"share": 0.8, "slowdown": 1.2}`, replace the profile's own.
 * Throws SK9001 where the file cannot be read, SK2101 where it is no JSON, SK2102 to SK2104 where its data are wrong.
 */
export function readClusterFile(path: string, profiles: readonly DeviceProfile[]): Cluster {
  const data = parseJson(path);
  const wrong = new Complaints(path);
  const file = wrong.record(data, 'the cluster');
  if (file.format !== 'skein.cluster/1') wrong.add('format', file.format, 'skein.cluster/1');
  const hosts = readCount(wrong, file.hosts ?? 1, 'hosts', path);
  const devicesPerHost = readCount(wrong, file.devicesPerHost, 'devicesPerHost', path);
  if (typeof file.profile !== 'string' && typeof file.profile !== 'object') {
    wrong.add('profile', file.profile, 'the name of a device, or a profile');
  }
  const levels = file.links === undefined ? undefined : readLevels(wrong, file.links, hosts * devicesPerHost);
  if (file.overlap !== undefined) checkOverlap(wrong, file.overlap);
  wrong.throwAny();
  const own =
    typeof file.profile === 'string' ? profileNamed(file.profile, profiles, path) : checkProfile(file.profile, path);
  const profile = file.overlap === undefined ? own : { ...own, overlap: file.overlap as Overlap };
  return clusterOfHosts(path, profile, hosts, devicesPerHost, levels ?? ownLevels(profile, hosts, devicesPerHost));
}

function parseJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw diagnosticError('SK9001', {
      message: `cannot read the cluster file ${path}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'check the path and its permissions',
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw diagnosticError('SK2101', {
      message: `the cluster file ${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      next: 'correct the file',
    });
  }
}

function readCount(wrong: Complaints, value: unknown, where: string, path: string): number {
  if (value === 0) {
    throw diagnosticError('SK2103', { message: `${path}: ${where} is 0`, next: `give ${where} as at least 1` });
  }
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  wrong.add(where, value, 'a whole number above 0');
  return 1;
}

function readLevels(wrong: Complaints, links: unknown, devices: number): LinkLevel[] {
  const levels = wrong.list(links, 'links').map((link, index) => {
    const record = wrong.record(link, `links[${index}]`);
    checkLink(wrong, record, `links[${index}]`);
    wrong.positive(record.size, `links[${index}].size`);
    return record as unknown as LinkLevel;
  });
  const product = levels.reduce((sum, level) => sum * level.size, 1);
  if (product !== devices) wrong.add('the product of links[].size', product, `${devices}, the number of devices`);
  return levels;
}

function ownLevels(profile: DeviceProfile, hosts: number, devicesPerHost: number): LinkLevel[] {
  return [
    { ...profile.links[0], size: devicesPerHost },
    { ...profile.links[profile.links.length - 1], size: hosts },
  ];
}
