import type { Progress } from '../base/index.ts';
import { createBumper } from './bump.ts';
import type { Planner } from './planner.ts';
import type { AirspaceProblem, FlightMove, FlightRequest, Refusal } from './problem.ts';
import type { RefusalExplainer } from './refusals.ts';
import { createRoster } from './roster.ts';
import { inOrderOfSubmission, submissionOf } from './submission.ts';

export interface ServeOptions {
  readonly nodes: number;
  readonly explainer: RefusalExplainer;
  readonly progress: Progress;
  /** Whether the tables forget flights that are over for all that is still to come. Default true; changes no answer. */
  readonly forget?: boolean;
}

/** The sky after all requests, and who is not in it. */
export interface Served {
  readonly planner: Planner;
  readonly refusals: readonly Refusal[];
  readonly expansions: number;
  readonly moves?: readonly FlightMove[];
}

/**
 * Serves requests one after another, in the order in which they are submitted. Each is refused in the sky that it
 * finds, where `bump` only after accepted flights that have not departed were asked to move for it.
 */
export function serveOnline(problem: AirspaceProblem, options: ServeOptions, bump: boolean): Served {
  const { nodes, explainer, progress, forget = true } = options;
  const roster = createRoster(problem);
  const { planner } = roster;
  const bumper = bump && problem.mode === 'delivery' ? createBumper(problem, roster, nodes) : undefined;
  const refusals: Refusal[] = [];
  let expansions = 0;
  const order = inOrderOfSubmission(problem.requests);
  progress.phase('planning flights', order.length);
  const ahead = earliestAhead(order);
  order.forEach((request, index) => {
    if (forget && index % 32 === 31) planner.forgetBefore(Math.min(submissionOf(request), ahead[index] as number));
    const answer = planner.find(request, { nodes });
    expansions += answer.expansions;
    if (answer.kind === 'found') roster.put(answer.flight);
    else if (!bumper?.letIn(request)) refusals.push(explainer.explain(planner, request, answer.kind, nodes));
    const flight = roster.served.get(request.name);
    if (flight !== undefined) bumper?.promise(flight);
    progress.advance(index + 1);
  });
  progress.end();
  const moves = bumper === undefined || bumper.moves.length === 0 ? {} : { moves: bumper.moves };
  return { planner, refusals, expansions: expansions + roster.expansions(), ...moves };
}

/** By place in the order: the earliest take-off of all that are still to come. */
function earliestAhead(order: readonly FlightRequest[]): Float64Array {
  const ahead = Float64Array.from(order, ({ earliest }) => earliest);
  for (let index = order.length - 2; index >= 0; index--) {
    ahead[index] = Math.min(ahead[index] as number, ahead[index + 1] as number);
  }
  return ahead;
}
