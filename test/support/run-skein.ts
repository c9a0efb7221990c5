import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** What the built command said, and how it ended. Needs `npm run build`. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function skein(...words: string[]): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs a command that must be refused, and returns what it said. */
export function refusal(...words: string[]): string {
  const { status, stdout, stderr } = skein(...words);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('internal:');
  expect(stdout).toBe('');
  expect(status).toBe(2);
  return stderr;
}
