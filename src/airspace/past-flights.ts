import { padHolds } from './occupancy.ts';
import type { AirspaceProblem, Flight } from './problem.ts';

/** Which accepted flights are over for all that is still to come. */
export interface Past {
  add(flight: Flight): void;
  /** False if the flight was forgotten before. */
  remove(name: string): boolean;
  /** Names of flights that can meet nobody from `time` on and were not forgotten yet. */
  forget(time: number): string[];
  /** Before this nothing is known any more; minus infinity at first. */
  time(): number;
}

/**
 * A flight is off the network once it has landed and its last pad is free again. Who takes off at `time` holds a pad
 * from its service time before, and both are widened by the buffer; a second more is for margins. In classic mode
 * vehicles stay for ever.
 */
export function createPast(problem: AirspaceProblem): Past {
  const service = problem.pads.reduce((most, { serviceSeconds }) => Math.max(most, serviceSeconds), 0);
  const margin = service + 2 * problem.separation.bufferSeconds + 1;
  const ends = new Map<string, number>();
  let before = Number.NEGATIVE_INFINITY;
  return {
    add: flight => {
      if (problem.mode === 'classic') return;
      ends.set(flight.name, Math.max(...padHolds(problem, flight).map(({ end }) => end)));
    },
    remove: name => problem.mode === 'classic' || ends.delete(name),
    forget: time => {
      before = Math.max(before, time);
      const over = [...ends].flatMap(([name, end]) => (end + margin <= time ? [name] : []));
      for (const name of over) ends.delete(name);
      return over;
    },
    time: () => before,
  };
}
