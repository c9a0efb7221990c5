import { arithmeticCases } from './built-arithmetic.ts';
import { controlCases } from './built-control.ts';
import { indexingCases } from './built-indexing.ts';
import { shapeCases } from './built-shapes.ts';
import { windowCases } from './built-windows.ts';
import type { RuleCase } from './case.ts';

/** Operations built by hand, with attributes and sizes at which rules change. */
export function builtCases(): RuleCase[] {
  return [...arithmeticCases(), ...shapeCases(), ...windowCases(), ...indexingCases(), ...controlCases()];
}
