import type { JsonField } from './json-fields.ts';
import type { Flight, FlightLeg, FlightRequest, RoundTrip } from './problem.ts';

/** Flights and requests, as both problems and plans hold them. */
export function readFlight(json: JsonField): Flight {
  const field = json.record(['name', 'class', 'from', 'to', 'legs', 'cost', 'diverted']);
  return {
    name: field('name').text(),
    class: field('class').text(),
    from: field('from').place(),
    to: field('to').place(),
    legs: field('legs').list().map(readLeg),
    cost: field('cost').number(),
    ...field('diverted').optional('diverted', value => value.place()),
  };
}

function readLeg(json: JsonField): FlightLeg {
  const field = json.record(['vertices', 'arrivals', 'departures']);
  return {
    vertices: field('vertices').numbers(),
    arrivals: field('arrivals').numbers(),
    departures: field('departures').numbers(),
  };
}

export function readRequest(json: JsonField): FlightRequest {
  const field = json.record([
    'name',
    'class',
    'from',
    'to',
    'earliest',
    'deadline',
    'roundTrip',
    'submitted',
    'toleranceSeconds',
  ]);
  return {
    name: field('name').text(),
    class: field('class').text(),
    from: field('from').place(),
    to: field('to').place(),
    earliest: field('earliest').number(),
    ...field('deadline').optional('deadline', value => value.number()),
    ...field('roundTrip').optional('roundTrip', readRoundTrip),
    ...field('submitted').optional('submitted', value => value.number()),
    ...field('toleranceSeconds').optional('toleranceSeconds', value => value.number()),
  };
}

function readRoundTrip(json: JsonField): RoundTrip {
  const field = json.record(['stopSeconds', 'deadline', 'recharge']);
  return {
    ...field('stopSeconds').optional('stopSeconds', value => value.number()),
    ...field('deadline').optional('deadline', value => value.number()),
    ...field('recharge').optional('recharge', value => value.boolean()),
  };
}
