import type { Blockers } from './blockers.ts';
import { ownerOfZone } from './occupancy.ts';
import type { Planner } from './planner.ts';
import type { AirspaceProblem, FlightRequest } from './problem.ts';

/** Labels that are expanded in all to find out who can be left out; then the rest is named as it is. */
const mostNodes = 400_000;

/**
 * Of flights and zones without which a request is served, those that are needed: none of them can be left in without
 * the request being refused, by search. Minimal in that sense, not of least size: with others, fewer might do. Members
 * are tried one after another; once one is found to be needed it stays so, since what is left out only grows fewer. A
 * search that ends at its limit proves nothing, and its member is named. The sky is as it was afterwards, bit for bit.
 */
export function fewestBlockers(
  problem: AirspaceProblem,
  planner: Planner,
  request: FlightRequest,
  blockers: Blockers,
  nodes: number,
): Blockers {
  const removed = new Map<string, () => void>();
  for (const name of blockers.flights) {
    const flight = planner.withdraw(name);
    removed.set(name, () => planner.accept(flight));
  }
  const members = blockers.flights.map(name => ({ name, take: () => void planner.withdraw(name) }));
  const lifted = new Map<string, () => void>();
  const zones = blockers.zones.flatMap(name => {
    const index = problem.zones.findIndex(zone => zone.name === name);
    const zone = planner.zoneOfOwner(ownerOfZone(index));
    if (index < 0 || zone?.name !== name) return [];
    planner.lift(index);
    lifted.set(name, () => void planner.close(zone, index));
    return [{ name, take: () => planner.lift(index) }];
  });
  let spent = 0;
  const isServed = (): boolean => {
    const answer = planner.find(request, { nodes: Math.min(nodes, mostNodes - spent) });
    spent += answer.expansions;
    return answer.kind === 'found';
  };
  const narrow = (out: Map<string, () => void>, list: readonly { name: string; take: () => void }[]): void => {
    for (const { name, take } of list) {
      if (spent >= mostNodes) return;
      out.get(name)?.();
      if (isServed()) out.delete(name);
      else take();
    }
  };
  // Zones first: an operator can ask a flight to move, hardly a zone.
  narrow(lifted, zones);
  if (removed.size > 1 || lifted.size > 0) narrow(removed, members);
  for (const putBack of [...lifted.values(), ...removed.values()]) putBack();
  return {
    flights: blockers.flights.filter(name => removed.has(name)),
    zones: blockers.zones.filter(name => lifted.has(name) || !zones.some(zone => zone.name === name)),
  };
}
