import { readFlight, readRequest } from './flight-json.ts';
import { type DocumentFaults, formatDocument, type JsonField, readDocument, throwFaults } from './json-fields.ts';
import type { FlightChange, FlightMove, FlightPlan, Refusal } from './problem.ts';

/** Prints a plan as JSON, one flight, refusal, change or move a line. `parseFlightPlan` reads it back. */
export function formatFlightPlan(plan: FlightPlan): string {
  return formatDocument(plan, ['flights', 'refusals', 'changes', 'moves']);
}

/** Reads a plan from JSON; `validateFlightPlan` says if it holds. Throws SK6010. */
export function parseFlightPlan(text: string, file = 'flight plan'): FlightPlan {
  const next = 'see SK6010 in docs/errors.md';
  const faults: DocumentFaults = { code: 'SK6010', file, next, found: [] };
  const field = readDocument(text, faults).record([
    'format',
    'problem',
    'epoch',
    'flights',
    'refusals',
    'changes',
    'changedAt',
    'appeared',
    'moves',
  ]);
  const plan: FlightPlan = {
    format: field('format').word(['skein.flights/1']),
    problem: field('problem').text(),
    epoch: field('epoch').text(),
    flights: field('flights').list().map(readFlight),
    refusals: field('refusals').list().map(readRefusal),
    ...field('changes').optional('changes', changes => changes.list().map(readChange)),
    ...field('changedAt').optional('changedAt', value => value.number()),
    ...field('appeared').optional('appeared', value => value.texts()),
    ...field('moves').optional('moves', moves => moves.list().map(readMove)),
  };
  throwFaults(faults.found);
  return plan;
}

function readRefusal(json: JsonField): Refusal {
  const field = json.record(['request', 'kind', 'cause', 'flights', 'zones', 'alternative']);
  return {
    request: field('request').text(),
    kind: field('kind').word(['proved', 'gave-up']),
    cause: field('cause').word(['flights', 'zones', 'unreachable', 'air-time', 'deadline', 'gave-up']),
    flights: field('flights').texts(),
    zones: field('zones').texts(),
    ...field('alternative').optional('alternative', readRequest),
  };
}

function readChange(json: JsonField): FlightChange {
  const field = json.record(['flight', 'state', 'cause', 'zones', 'flights', 'lateSeconds']);
  return {
    flight: field('flight').text(),
    state: field('state').word(['kept', 're-timed', 're-routed', 'diverted', 'cancelled']),
    cause: field('cause').text(),
    zones: field('zones').texts(),
    flights: field('flights').texts(),
    ...field('lateSeconds').optional('lateSeconds', value => value.number()),
  };
}

function readMove(json: JsonField): FlightMove {
  const field = json.record(['flight', 'state', 'request', 'promised']);
  const promised = field('promised').record(['takeOff', 'landings']);
  return {
    flight: field('flight').text(),
    state: field('state').word(['re-timed', 're-routed']),
    request: field('request').text(),
    promised: { takeOff: promised('takeOff').number(), landings: promised('landings').numbers() },
  };
}
