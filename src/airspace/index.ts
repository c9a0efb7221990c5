export type { AirMatrixSource, AirNetwork, ExplicitSource, FileSource, Lattice, NetworkSource } from './network.ts';
export { createNetwork, edgeCount, edgeSeconds, edgeSources, flightSeconds, vertexCount } from './network.ts';
export type {
  AirspaceProblem,
  Flight,
  FlightLeg,
  FlightPlan,
  FlightRequest,
  Frame,
  Pad,
  Place,
  Point,
  Prices,
  Refusal,
  RefusalCause,
  RoundTrip,
  Separation,
  TimeWindow,
  VehicleClass,
  Zone,
  ZoneArea,
} from './problem.ts';
export { defaultPrices, landingOf, takeOffOf } from './problem.ts';
