import type { BuiltModel } from './build-model.ts';
import type { SearchModel } from './model.ts';
import { addArgumentTies } from './ties.ts';

/** A model without the seconds that break ties, so that what is proved of it holds for steps. */
export function withoutTies({ model, skeleton, homes, layouts, ties }: BuiltModel): SearchModel {
  const variables = model.variables.map(variable => ({ ...variable, seconds: variable.seconds.slice() }));
  const exact = { variables, values: model.values };
  addArgumentTies(exact, skeleton, homes, layouts, { ...ties, secondsPerByte: -ties.secondsPerByte });
  return exact;
}
