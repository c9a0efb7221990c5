import type { VerifierCase } from './verifier-case.ts';
import { plainCases } from './verifier-plain-cases.ts';
import { programCases } from './verifier-program-cases.ts';
import { regionCases } from './verifier-region-cases.ts';

/** Every case, family by family. */
export const verifierCases: readonly VerifierCase[] = [...plainCases, ...regionCases, ...programCases];
