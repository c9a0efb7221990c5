import type { FlightRequest } from './problem.ts';

/** When a request is submitted. */
export function submissionOf({ submitted, earliest }: FlightRequest): number {
  return submitted ?? earliest;
}

/** By time of submission; those submitted together in the order of the problem. */
export function inOrderOfSubmission(requests: readonly FlightRequest[]): readonly FlightRequest[] {
  return [...requests].sort((a, b) => submissionOf(a) - submissionOf(b));
}
