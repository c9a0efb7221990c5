export type { Cluster, LinkLevel } from './cluster.ts';
export { formatCluster } from './cluster.ts';
export { parseCluster } from './cluster-notation.ts';
export type { DeviceProfile, EfficiencyCurve, LinkProfile, Topology } from './profile.ts';
export { checkProfile, efficiencyAt, readProfiles } from './profile.ts';
