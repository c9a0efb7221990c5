import { generateDeliveryProblem, singaporeAirMatrix } from '../../dist/airspace/index.js';

/** Seeded requests of 2 to 8 km between 1,000 pads on the default AirMatrix of Singapore; no deadlines, no round trips. */
export function singaporeDeliveries(count, windowSeconds) {
  return generateDeliveryProblem({
    seed: 1,
    source: singaporeAirMatrix(),
    pads: { count: 1000, apartMetres: 300 },
    demand: { count, windowSeconds },
  }).problem;
}
