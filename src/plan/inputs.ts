import { aliasedResult, type Func } from '../ir/index.ts';
import { argumentNames, resultName } from '../sharding/index.ts';

/** The most telling name of each argument of the entry function, in order. */
export function inputNames(func: Func): readonly string[] {
  return func.arguments.map((_, index) => argumentNames(func, index)[0]);
}

/** The name of each result: its own, else that of the argument whose buffer it takes, else `resultN`. */
export function outputNames(func: Func): readonly string[] {
  const inputs = inputNames(func);
  const donors = new Map(func.arguments.map((argument, index) => [aliasedResult(argument), inputs[index]]));
  return func.results.map((_, index) => donors.get(index) ?? resultName(func, index) ?? `result${index}`);
}

/** Pairs [result, argument] of donated state: what goes back in when a step is repeated. */
export function stateFeedback(func: Func): readonly (readonly [output: number, argument: number])[] {
  return func.arguments.flatMap((argument, index) => {
    const result = aliasedResult(argument);
    return result < 0 ? [] : [[result, index] as const];
  });
}
