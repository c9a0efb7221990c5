import { readFileSync } from 'node:fs';

/** The version in package.json, two folders above this file in the source tree and in the built one. */
export function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const known = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  return typeof known === 'string' ? known : 'unknown';
}
