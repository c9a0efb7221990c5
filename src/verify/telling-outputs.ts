import { argumentRoles } from '../cost/index.ts';
import { aliasedResult, equalTypes, type Func } from '../ir/index.ts';

/**
 * Names of the outputs in which a wrong gradient shows, so that at least one must be among those compared:
 *
 * - optimizer state: an output in the buffer of a donated argument whose role is `optimizer state`, of rank 1 or more.
 *   Moments are linear or quadratic in the gradient. Parameters do not count: the first step of Adam moves each by the
 *   learning rate, whatever the size of its gradient.
 * - raw gradients: an output in no donated buffer with the type of a floating-point argument of rank 1 or more, when
 *   the program donates nothing.
 *
 * `names` are those of the function's results. The function has its calls inlined.
 */
export function tellingOutputs(func: Func, names: readonly string[]): string[] {
  const roles = argumentRoles(func);
  const rank = (argument: { readonly value: number }): number => {
    const type = func.valueTypes[argument.value];
    return type.kind === 'tensor' ? type.shape.length : 0;
  };
  const states = func.arguments.flatMap((argument, index) => {
    const result = aliasedResult(argument);
    return roles[index] === 'optimizer state' && rank(argument) > 0 && result >= 0 ? [result] : [];
  });
  if (roles.some(role => role !== 'input')) return states.sort((a, b) => a - b).map(result => names[result]);
  const weights = func.arguments
    .filter(argument => rank(argument) > 0)
    .map(argument => func.valueTypes[argument.value])
    .filter(type => type.kind === 'tensor' && /^b?f\d/.test(type.element));
  return names.filter((_, result) => weights.some(type => equalTypes(type, func.results[result].type)));
}
