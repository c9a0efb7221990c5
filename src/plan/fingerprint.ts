import { createHash } from 'node:crypto';
import { type Program, printProgram } from '../ir/index.ts';

/** SHA-256 of a program as it prints without locations, so that names and comments do not change it. */
export function fingerprintProgram(program: Program): string {
  return createHash('sha256').update(printProgram(program)).digest('hex');
}
