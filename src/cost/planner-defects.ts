/**
 * Mistakes that a planner can make, as switches: each is a defect of the released Rhino (TePDist, 2023), named (a) to (i)
 * by what its source does (cost_spmd_strategy.cc, performance_utils.cc, evaluator.cc, auto_parallel.cc). They are off
 * wherever plans are made; tests put one back to show that they would notice it.
 */
export interface PlannerDefects {
  /** (a) FLOPs of convolutions count the number of the input's feature dimension instead of its size. */
  readonly convolutionIndexFlops: boolean;
  /** (b) Every device has 128 GiB, whatever the cluster says. */
  readonly roomyDevices: boolean;
  /** (c) Only parameters take memory: no activations, no optimizer state, no inputs. */
  readonly parametersOnly: boolean;
  /** (d) A collective in a loop counts once, however often it runs. */
  readonly freeLoopCollectives: boolean;
  /**
   * (e) Everything that devices send is billed at the speed of the network between hosts. Rhino does so for what stages
   * hand on; without stages, collectives inside a host are what can be billed so.
   */
  readonly networkEverywhere: boolean;
  /** (f) Only products and convolutions take time, and only for their FLOPs. */
  readonly freeMemoryBound: boolean;
  /** (g) Nothing is hidden behind computing, whatever the profile says. */
  readonly noOverlap: boolean;
  /** (h) The axes of a mesh are planned one after the other, and what was chosen for the first ones stays. */
  readonly axisByAxis: boolean;
  /** (i) Of the batching dimensions of a product, only the first is ever cut. */
  readonly oneBatchDimension: boolean;
}

/** No defects: how everything is planned. */
export const noDefects: PlannerDefects = {
  convolutionIndexFlops: false,
  roomyDevices: false,
  parametersOnly: false,
  freeLoopCollectives: false,
  networkEverywhere: false,
  freeMemoryBound: false,
  noOverlap: false,
  axisByAxis: false,
  oneBatchDimension: false,
};

/** How often a collective counts that runs `trips` times in a step. */
export function billedTrips(trips: number, { freeLoopCollectives }: PlannerDefects): number {
  return freeLoopCollectives ? 1 : trips;
}
