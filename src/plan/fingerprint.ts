import { createHash } from 'node:crypto';
import { type Program, writeProgram } from '../ir/index.ts';

/** SHA-256 of a program as it prints without locations, so that names and comments do not change it. */
export function fingerprintProgram(program: Program): string {
  const hash = createHash('sha256');
  writeProgram(program, {}, chunk => hash.update(chunk));
  return hash.digest('hex');
}
