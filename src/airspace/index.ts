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
export type {
  AirspaceProblem,
  Flight,
  FlightLeg,
  FlightPlan,
  FlightRequest,
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
export { defaultPrices, landingOf, takeOffOf } from './problem.ts';
export type { FlightValidationOptions } from './validate.ts';
export { validateFlightPlan } from './validate.ts';
export type { VehicleClass } from './vehicle.ts';
export type { Violation, ViolationKind } from './violation.ts';
