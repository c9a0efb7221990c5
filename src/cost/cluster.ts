import { diagnosticError, nearestName } from '../base/index.ts';
import type { DeviceProfile, LinkProfile } from './profile.ts';

/** One level of links: it joins `size` groups of the level below, or devices where it is the innermost. */
export interface LinkLevel extends LinkProfile {
  readonly size: number;
}

/** Hosts with devices, and how they are joined. Device d has digits in the sizes of `links`, the last level major. */
export interface Cluster {
  /** As it was given: `cpu:8`, `4x8xH100`, or the path of a file. */
  readonly notation: string;
  readonly hosts: number;
  readonly devicesPerHost: number;
  readonly devices: number;
  /** Processes that drive the devices: one per host. */
  readonly processes: number;
  readonly profile: DeviceProfile;
  /** Innermost first; the sizes multiply to `devices`. Levels of size 1 are left out. */
  readonly links: readonly LinkLevel[];
}

/** Prints a cluster in the notation that `parseCluster` reads. */
export function formatCluster(cluster: Cluster): string {
  return cluster.notation;
}

/** Builds a cluster of hosts with the links of its profile. */
export function clusterOfHosts(
  notation: string,
  profile: DeviceProfile,
  hosts: number,
  devicesPerHost: number,
  links: readonly LinkLevel[],
): Cluster {
  const joined = links.filter(level => level.size > 1);
  return { notation, hosts, devicesPerHost, devices: hosts * devicesPerHost, processes: hosts, profile, links: joined };
}

/** The profile called `name`, in any case. Throws SK2102 with the nearest name. */
export function profileNamed(name: string, profiles: readonly DeviceProfile[], notation: string): DeviceProfile {
  const wanted = name.toLowerCase();
  const namesOf = (profile: DeviceProfile): string[] => [profile.name, ...(profile.aliases ?? [])];
  const found = profiles.find(profile => namesOf(profile).some(own => own.toLowerCase() === wanted));
  if (found !== undefined) return found;
  const known = profiles.flatMap(namesOf);
  throw diagnosticError('SK2102', {
    message: `the cluster \`${notation}\` names an unknown device \`${name}\``,
    expected: `one of ${known.join(', ')}`,
    next: `did you mean \`${nearestName(name, known)}\`? Other devices go into a JSON file with their profile`,
  });
}
