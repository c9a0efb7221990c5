import type { Progress } from '../base/index.ts';
import { createBumper } from './bump.ts';
import type { Planner } from './planner.ts';
import type { AirspaceProblem, FlightMove, Refusal } from './problem.ts';
import type { RefusalExplainer } from './refusals.ts';
import { createRoster } from './roster.ts';
import { inOrderOfSubmission } from './submission.ts';

export interface ServeOptions {
  readonly nodes: number;
  readonly explainer: RefusalExplainer;
  readonly progress: Progress;
}

/** The sky after all requests, and who is not in it. */
export interface Served {
  readonly planner: Planner;
  readonly refusals: readonly Refusal[];
  readonly expansions: number;
  readonly moves?: readonly FlightMove[];
}

/**
 * Serves requests one after another, in the order in which they are submitted. Each is refused in the sky that it finds, where
 * `bump` only after accepted flights that have not departed were asked to move for it.
 */
export function serveOnline(problem: AirspaceProblem, options: ServeOptions, bump: boolean): Served {
  const { nodes, explainer, progress } = options;
  const roster = createRoster(problem);
  const { planner } = roster;
  const bumper = bump && problem.mode === 'delivery' ? createBumper(problem, roster, nodes) : undefined;
  const refusals: Refusal[] = [];
  let expansions = 0;
  const order = inOrderOfSubmission(problem.requests);
  progress.phase('planning flights', order.length);
  order.forEach((request, index) => {
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
