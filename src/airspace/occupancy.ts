import { type ConflictRows, createConflictRows } from './conflict-rows.ts';
import { IntervalTable } from './interval-table-kernel.ts';
import { createLatticeIndex, createLatticeRows } from './lattice-rows.ts';
import { createMoves, findEdge, type Moves } from './moves.ts';
import { edgeCount, vertexCount } from './network.ts';
import {
  type AirspaceProblem,
  endOfLeg,
  type Flight,
  landingOf,
  serviceSecondsOf,
  takeOffOf,
  type Zone,
} from './problem.ts';
import { createPlaceIndex, type PlaceIndex, visitClosed } from './zone-closing.ts';

/** What vehicles of one class may not use, since others are there or a zone is closed. */
export interface ClassTables {
  readonly moves: Moves;
  /** By edge: departures that are blocked. */
  readonly edges: IntervalTable;
  /** By vertex: when nothing may be there. */
  readonly vertices: IntervalTable;
}

/**
 * Who is where and when, as blocked intervals. Flights and zones are put in and taken out again; what is left depends
 * only on what is in, never on the way there.
 */
export interface Occupancy {
  /** By class, in the problem's order. */
  readonly classes: readonly ClassTables[];
  /** By pad, in the problem's order: when it is held. */
  readonly pads: IntervalTable;
  /** Owners count from 0. */
  reserve(flight: Flight, owner: number): void;
  withdraw(flight: Flight, owner: number): void;
  /** Zones are owned by -2 - index; `ownerOfZone` says so. */
  close(zone: Zone, index: number): void;
  lift(zone: Zone, index: number): void;
  /**
   * How often anything was taken out. What is known of a sky that things are only put in stays true of it as a bound.
   */
  epoch(): number;
}

export function ownerOfZone(index: number): number {
  return -2 - index;
}

export interface OccupancyOptions {
  /** Bytes of conflict tables that may be kept in all. Default 512 MB. */
  readonly tableBytes?: number;
}

/** An empty sky over a problem's network; zones and accepted flights of the problem are not in it yet. */
export function createOccupancy(problem: AirspaceProblem, options: OccupancyOptions = {}): Occupancy {
  const { network, separation } = problem;
  const classIndex = new Map(problem.classes.map((vehicle, index) => [vehicle.name, index]));
  const padIndex = new Map(problem.pads.map((pad, index) => [pad.name, index]));
  const classes = problem.classes.map(vehicle => ({
    moves: createMoves(network, vehicle),
    edges: new IntervalTable(edgeCount(network)),
    vertices: new IntervalTable(vertexCount(network)),
  }));
  const pads = new IntervalTable(problem.pads.length);
  const budget = (options.tableBytes ?? 512e6) / classes.length ** 2;
  const lattice = createLatticeIndex(network);
  let places: PlaceIndex | undefined;
  const rows = new Map<number, ConflictRows>();
  const rowsOf = (held: number, free: number): ConflictRows => {
    const key = held * classes.length + free;
    const known = rows.get(key);
    if (known !== undefined) return known;
    const moves = (index: number): Moves => (classes[index] as ClassTables).moves;
    const made =
      lattice === undefined
        ? createConflictRows(network, moves(held), moves(free), separation, budget)
        : createLatticeRows(lattice, moves(held), moves(free), separation);
    rows.set(key, made);
    return made;
  };

  let epoch = 0;
  /** Goes through all that a flight blocks. */
  const visit = (
    flight: Flight,
    block: (table: IntervalTable, id: number, start: number, end: number) => void,
  ): void => {
    const held = classIndex.get(flight.class);
    if (held === undefined) throw new Error(`internal: flight ${flight.name} is of no known class`);
    for (let free = 0; free < classes.length; free++) {
      const { edges, vertices } = classes[free] as ClassTables;
      visitFlight(problem, flight, rowsOf(held, free), {
        edge: (edge, start, end) => block(edges, edge, start, end),
        vertex: (vertex, start, end) => block(vertices, vertex, start, end),
      });
    }
    if (problem.mode === 'classic') return;
    for (const hold of padHolds(problem, flight)) {
      const pad = padIndex.get(hold.pad);
      if (pad !== undefined)
        block(pads, pad, hold.start - separation.bufferSeconds, hold.end + separation.bufferSeconds);
    }
  };
  const visitZone = (
    zone: Zone,
    block: (table: IntervalTable, id: number, start: number, end: number) => void,
  ): void => {
    if (zone.rule !== 'closed') return;
    places ??= createPlaceIndex(network);
    visitClosed(problem, zone, places, {
      vertex: (vertex, start, end) => {
        for (const { vertices } of classes) block(vertices, vertex, start, end);
      },
      edge: (index, edge, start, end) => block((classes[index] as ClassTables).edges, edge, start, end),
    });
  };
  return {
    classes,
    pads,
    reserve: (flight, owner) => visit(flight, (table, id, start, end) => table.insert(id, start, end, owner)),
    withdraw: (flight, owner) => {
      epoch++;
      visit(flight, (table, id, start, end) => table.remove(id, start, end, owner));
    },
    close: (zone, index) =>
      visitZone(zone, (table, id, start, end) => table.insert(id, start, end, ownerOfZone(index))),
    lift: (zone, index) => {
      epoch++;
      visitZone(zone, (table, id, start, end) => table.remove(id, start, end, ownerOfZone(index)));
    },
    epoch: () => epoch,
  };
}

interface Blocking {
  edge(edge: number, start: number, end: number): void;
  vertex(vertex: number, start: number, end: number): void;
}

/** What the legs of a flight take from vehicles of one class. */
function visitFlight(problem: AirspaceProblem, flight: Flight, rows: ConflictRows, blocking: Blocking): void {
  const forEver = problem.mode === 'classic';
  for (const leg of flight.legs) {
    const last = leg.vertices.length - 1;
    for (let index = 0; index <= last; index++) {
      const vertex = leg.vertices[index] as number;
      const arrival = leg.arrivals[index] as number;
      const departure = forEver && index === last ? Number.POSITIVE_INFINITY : (leg.departures[index] as number);
      if (departure > arrival) visitHover(vertex, arrival, departure, rows, blocking);
      if (index === last) continue;
      const edge = findEdge(problem.network, vertex, leg.vertices[index + 1] as number);
      if (edge < 0) throw new Error(`internal: flight ${flight.name} leaves the network at vertex ${vertex}`);
      const blocked = rows.edgesOfEdge(edge);
      for (let entry = 0; entry < blocked.count; entry++) {
        const low = blocked.low[entry] as number;
        blocking.edge(blocked.ids[entry] as number, departure + low, departure + (blocked.high[entry] as number));
      }
      const passed = rows.verticesOfEdge(edge);
      for (let entry = 0; entry < passed.count; entry++) {
        const low = passed.low[entry] as number;
        blocking.vertex(passed.ids[entry] as number, departure + low, departure + (passed.high[entry] as number));
      }
    }
  }
}

function visitHover(vertex: number, start: number, end: number, rows: ConflictRows, blocking: Blocking): void {
  const edges = rows.edgesOfVertex(vertex);
  for (let entry = 0; entry < edges.count; entry++) {
    // An edge that is near from `low` to `high` seconds after departure.
    const low = edges.low[entry] as number;
    blocking.edge(edges.ids[entry] as number, start - (edges.high[entry] as number), end - low);
  }
  const vertices = rows.verticesOfVertex(vertex);
  for (let entry = 0; entry < vertices.count; entry++) {
    const high = vertices.high[entry] as number;
    blocking.vertex(vertices.ids[entry] as number, start + (vertices.low[entry] as number), end + high);
  }
}

/** A pad and when a flight holds it. */
export interface PadHold {
  readonly pad: string;
  readonly start: number;
  readonly end: number;
}

/** Before take-off, after landing, and all the time between two legs. */
export function padHolds(problem: AirspaceProblem, flight: Flight): PadHold[] {
  const service = (name: string): number => serviceSecondsOf(problem, name);
  const from = String(flight.from);
  const [first, second] = flight.legs;
  if (first === undefined) return [];
  const takeOff = takeOffOf(first);
  const landing = landingOf(first);
  const holds = [{ pad: from, start: takeOff - service(from), end: takeOff }];
  const to = String(endOfLeg(flight, 0));
  if (second === undefined) return [...holds, { pad: to, start: landing, end: landing + service(to) }];
  const [home, end] = [landingOf(second), String(endOfLeg(flight, 1))];
  return [
    ...holds,
    { pad: to, start: landing, end: takeOffOf(second) },
    { pad: end, start: home, end: home + service(end) },
  ];
}
