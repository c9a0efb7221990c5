import type { Progress } from '../base/index.ts';
import { createPlanner, type Planner } from './planner.ts';
import type { AirspaceProblem, FlightRequest, Refusal } from './problem.ts';
import type { RefusalExplainer } from './refusals.ts';

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
}

/** Serves requests one after another, in the order in which they are submitted. Each is refused in the sky that it finds. */
export function serveOnline(problem: AirspaceProblem, { nodes, explainer, progress }: ServeOptions): Served {
  const planner = createPlanner(problem);
  const refusals: Refusal[] = [];
  let expansions = 0;
  const order = inOrderOfSubmission(problem.requests);
  progress.phase('planning flights', order.length);
  order.forEach((request, index) => {
    const answer = planner.find(request, { nodes });
    expansions += answer.expansions;
    if (answer.kind === 'found') planner.accept(answer.flight);
    else refusals.push(explainer.explain(planner, request, answer.kind, nodes));
    progress.advance(index + 1);
  });
  progress.end();
  return { planner, refusals, expansions };
}

/** By time of submission; those submitted together in the order of the problem. */
export function inOrderOfSubmission(requests: readonly FlightRequest[]): readonly FlightRequest[] {
  return [...requests].sort((a, b) => submissionOf(a) - submissionOf(b));
}

export function submissionOf({ submitted, earliest }: FlightRequest): number {
  return submitted ?? earliest;
}
