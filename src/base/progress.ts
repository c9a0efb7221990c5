/** Told how far long work has come. Callers that do not care pass `silentProgress`. */
export interface Progress {
  /** A new phase begins, for example `compiling`. `total` is the number of steps, when known. */
  phase(name: string, total?: number): void;
  /** `done` steps of the current phase are finished. */
  advance(done: number): void;
  /** The work is over, well or badly. */
  end(): void;
}

export const silentProgress: Progress = { phase() {}, advance() {}, end() {} };
