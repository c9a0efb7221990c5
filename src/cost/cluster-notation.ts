import { diagnosticError } from '../base/index.ts';
import { type Cluster, clusterOfHosts, type LinkLevel, profileNamed } from './cluster.ts';
import { readClusterFile } from './cluster-file.ts';
import { type DeviceProfile, readProfiles } from './profile.ts';

/**
 * Reads `cpu:8` (virtual devices of one process), `2xcpu:2` (two processes of two), `8xH100`, `4x8xH100` (hosts first),
 * `v5p:4x4x4` (a torus), or the path of a JSON file. Throws SK2101 to SK2105.
 */
export function parseCluster(text: string, profiles: readonly DeviceProfile[] = readProfiles()): Cluster {
  const notation = text.trim();
  if (/\.json$/i.test(notation)) return readClusterFile(notation, profiles);
  const match = /^((?:\d+x)*)([A-Za-z][\w-]*)(?::(\d+(?:x\d+)*))?$/.exec(notation);
  if (match === null) throw wrongNotation(notation);
  const counts = (match[1].match(/\d+/g) ?? []).map(Number);
  const sizes = match[3]?.split('x').map(Number);
  const profile = profileNamed(match[2], profiles, notation);
  if ([...counts, ...(sizes ?? [])].includes(0)) {
    throw diagnosticError('SK2103', {
      message: `the cluster \`${notation}\` has no devices`,
      next: 'give every count as at least 1',
    });
  }
  if (profile.platform === 'tpu') return torusCluster(notation, profile, counts, sizes);
  return hostCluster(notation, profile, counts, sizes);
}

/** `cpu:8`, `2xcpu:2`, `8xH100`, `4x8xH100`. */
function hostCluster(
  notation: string,
  profile: DeviceProfile,
  counts: readonly number[],
  sizes: readonly number[] | undefined,
): Cluster {
  if (counts.length > 2 || (sizes?.length ?? 0) > 1 || (sizes !== undefined && counts.length > 1)) {
    throw wrongNotation(notation);
  }
  const devicesPerHost = sizes?.[0] ?? (profile.platform === 'cpu' ? 1 : (counts.at(-1) ?? 1));
  const outer = sizes === undefined && profile.platform !== 'cpu' ? counts.slice(0, -1) : counts;
  const hosts = outer.reduce((product, count) => product * count, 1);
  if (devicesPerHost > profile.devicesPerHost) {
    const full = Math.ceil(devicesPerHost / profile.devicesPerHost) * hosts;
    throw diagnosticError('SK2105', {
      message: `the cluster \`${notation}\` has ${devicesPerHost} devices in a host, but a host holds ${profile.devicesPerHost} ${profile.name}`,
      next: `write ${full}x${profile.devicesPerHost}x${profile.name} for ${full} hosts`,
    });
  }
  const [inner, outerLink] = [profile.links[0], profile.links[profile.links.length - 1]];
  const links = [
    { ...inner, size: devicesPerHost },
    { ...outerLink, size: hosts },
  ];
  return clusterOfHosts(notation, profile, hosts, devicesPerHost, links);
}

/** `v5p:4x4x4`; with a count in front several such slices, joined by the network. */
function torusCluster(
  notation: string,
  profile: DeviceProfile,
  counts: readonly number[],
  sizes: readonly number[] = [1],
): Cluster {
  const axes = profile.links.filter(link => link.topology === 'torus');
  if (counts.length > 1 || sizes.length > axes.length) throw wrongNotation(notation);
  const slice = sizes.reduce((product, size) => product * size, 1);
  const slices = counts[0] ?? 1;
  const devicesPerHost = Math.min(profile.devicesPerHost, slice);
  const links = [
    ...sizes.map((size, axis): LinkLevel => ({ ...axes[axis], size })).reverse(),
    { ...profile.links[profile.links.length - 1], size: slices },
  ];
  if (slice % devicesPerHost !== 0) {
    throw diagnosticError('SK2105', {
      message: `the cluster \`${notation}\` has ${slice} devices, but a host holds ${profile.devicesPerHost} ${profile.name}`,
      next: `give sizes whose product ${profile.devicesPerHost} divides`,
    });
  }
  return clusterOfHosts(notation, profile, (slices * slice) / devicesPerHost, devicesPerHost, links);
}

function wrongNotation(notation: string) {
  return diagnosticError('SK2101', {
    message: `\`${notation}\` is no cluster`,
    expected: 'cpu:8, 2xcpu:2, 8xH100, 4x8xH100, v5p:4x4x4, or the path of a JSON file',
    next: 'correct --cluster',
  });
}

/**
 * A cluster of the same devices with twice as many of them: twice the hosts, or the shortest side of a torus doubled.
 * Undefined for clusters from files, and where the notation has no larger one.
 */
export function doubledCluster({ notation, profile, hosts, devicesPerHost }: Cluster): Cluster | undefined {
  if (/\.json$/i.test(notation)) return undefined;
  const sizes = /:([\dx]+)$/.exec(notation)?.[1].split('x').map(Number) ?? [];
  if (profile.platform === 'tpu') {
    const shortest = sizes.lastIndexOf(Math.min(...sizes));
    const sides = sizes.map((size, index) => (index === shortest ? 2 * size : size));
    return sides.length < 2 ? undefined : parseCluster(notation.replace(/:[\dx]+$/, `:${sides.join('x')}`));
  }
  if (profile.platform === 'cpu') return parseCluster(`${hosts > 1 ? `${hosts}x` : ''}cpu:${2 * devicesPerHost}`);
  const full = 2 * devicesPerHost <= profile.devicesPerHost;
  const [outer, inner] = full ? [hosts, 2 * devicesPerHost] : [2 * hosts, devicesPerHost];
  return parseCluster(`${outer > 1 ? `${outer}x` : ''}${inner}x${profile.name}`);
}
