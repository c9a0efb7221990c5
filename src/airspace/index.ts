export type { Blockers } from './blockers.ts';
export { type BoxRuleOptions, type BoxRuleOutcome, solveByBoxes } from './box-rule.ts';
export { boundServed, type CapacityBound, type CapacityOptions } from './capacity.ts';
export type { ResourceLoad } from './capacity-places.ts';
export { type BlockedCounts, type BlockedKind, blockedKinds } from './experiment/blocked.ts';
export { type CellRecord, cellCount, cellKey, type ExperimentCell, listTasks } from './experiment/cells.ts';
export { formatCell, parseCell } from './experiment/cells-json.ts';
export {
  createGround,
  type ExperimentDemand,
  type ExperimentGround,
  experimentProblem,
  requestCount,
} from './experiment/ground.ts';
export {
  defaultExperiment,
  type ExperimentMode,
  type ExperimentNetwork,
  type ExperimentParameters,
  type ExperimentZones,
  quickExperiment,
} from './experiment/parameters.ts';
export { type ExperimentRunOptions, runExperiment } from './experiment/run-experiment.ts';
export {
  type CurvePoint,
  type Estimate,
  type ExperimentCurve,
  type ExperimentSummary,
  type ShareFall,
  summarizeExperiment,
} from './experiment/summary.ts';
export type { FleetOptions, FleetOutcome } from './fleet.ts';
export { planFleet } from './fleet.ts';
export { flightAt } from './flight-position.ts';
export type {
  AirMatrixSource,
  AirNetwork,
  ExplicitSource,
  FileSource,
  Lattice,
  NetworkSource,
  Point,
} from './network.ts';
export { createNetwork, edgeCount, edgeSeconds, edgeSources, flightSeconds, vertexCount } from './network.ts';
export { expandAirMatrix, latticeSize, latticeSteps } from './networks/airmatrix.ts';
export { type Building, type BuildingOptions, parseBuildings, syntheticBuildings } from './networks/buildings.ts';
export { type CcbsAgent, parseCcbsTask } from './networks/ccbs-task.ts';
export { largestComponent } from './networks/component.ts';
export { type DeliveryProblemOptions, deliveryClasses, generateDeliveryProblem } from './networks/delivery-problem.ts';
export type { AppearingZone, ClassShare, DeliveryOptions, Range, ZoneOptions } from './networks/demand.ts';
export { generateDelivery, generateZones } from './networks/demand.ts';
export { createProjection, type LonLat, type Projection, type TangentFrame } from './networks/frame.ts';
export { type GeneratedNetwork, type Rectangle, scatterPoints } from './networks/generated.ts';
export { type GeojsonOptions, parseGeojsonNetwork } from './networks/geojson-network.ts';
export { parseGraphml } from './networks/graphml.ts';
export { parseHousingBlocks } from './networks/housing-blocks.ts';
export { generateLanes, type LaneNetwork, type LaneOptions } from './networks/lanes.ts';
export { type OverBuildingOptions, routesOverBuildings } from './networks/over-buildings.ts';
export { routesOverRoads, routesOverSyntheticRoads, type SyntheticRoadOptions } from './networks/over-roads.ts';
export { generatePads, type PadOptions, padCandidates, type Site } from './networks/pads.ts';
export { formatFlightPlan, parseFlightPlan } from './plan-json.ts';
export type { Answer, Planner, PlannerOptions } from './planner.ts';
export { createPlanner } from './planner.ts';
export type {
  AirspaceProblem,
  Flight,
  FlightChange,
  FlightLeg,
  FlightMove,
  FlightPlan,
  FlightRequest,
  FlightState,
  Frame,
  Pad,
  Place,
  Prices,
  Refusal,
  RefusalCause,
  RoundTrip,
  Separation,
  TimeWindow,
  Zone,
  ZoneArea,
} from './problem.ts';
export { defaultPrices, endOfLeg, landingOf, takeOffOf } from './problem.ts';
export { checkAirspaceProblem } from './problem-check.ts';
export { expandExplicit, formatAirspaceProblem, parseAirspaceProblem } from './problem-json.ts';
export { type ReplanOptions, type ReplanOutcome, replan, type ZoneChange } from './replan.ts';
export { singaporeAirMatrix, singaporeCeilingMetres } from './singapore/airmatrix.ts';
export type { Aerodrome, SingaporeData } from './singapore/data.ts';
export { readSingapore, singaporeCoast, singaporeFrame } from './singapore/data.ts';
export type { SingaporeZoneOptions } from './singapore/zones.ts';
export { aerodromeZones, ceilingZone, nationalDayZones } from './singapore/zones.ts';
export type { FlightMode, FlightOutcome, FlightSolveOptions, FlightStats } from './solve.ts';
export { solve } from './solve.ts';
export type { FlightValidationOptions } from './validate.ts';
export { validateFlightPlan } from './validate.ts';
export type { VehicleClass } from './vehicle.ts';
export type { Violation, ViolationKind } from './violation.ts';
export type { FlightWait } from './waits.ts';
export { explainWaits } from './waits.ts';
