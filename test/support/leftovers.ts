import { readdirSync, readFileSync } from 'node:fs';

/** Ids of processes whose command line names `text`; for tests, which use a session root of their own. Linux only. */
export function processesNaming(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(processId => processId !== process.pid && commandOf(processId).includes(text));
}

function commandOf(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Waits until nothing names `root` and it is empty; returns what is left after `seconds`. */
export async function leftoversAfter(root: string, seconds: number): Promise<readonly string[]> {
  const deadline = performance.now() + seconds * 1000;
  while (true) {
    const processes = processesNaming(root).map(processId => `process ${processId}`);
    const left = [...processes, ...readdirSync(root)];
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
