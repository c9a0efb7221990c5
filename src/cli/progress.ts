import { SingleBar } from 'cli-progress';
import { type Progress, silentProgress } from '../base/index.ts';

/** Work that ends sooner than this shows no bar. */
const quietSeconds = 2;

/** A progress line on standard error: a bar where the number of steps is known, else the phase and its seconds. */
export function createTerminalProgress(wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return silentProgress;
  let bar: SingleBar | undefined;
  let timer: NodeJS.Timeout | undefined;
  let name = '';
  let steps = 0;
  let total: number | undefined;
  let startedSeconds = 0;
  const begunSeconds = performance.now() / 1000;

  const draw = (): void => {
    const now = performance.now() / 1000;
    if (now - begunSeconds < quietSeconds) return;
    bar ??= startBar();
    bar.update(total === undefined ? 0 : steps, { phase: name, elapsed: `${(now - startedSeconds).toFixed(0)} s` });
    if (total !== undefined) bar.setTotal(total);
  };
  const end = (): void => {
    if (timer !== undefined) clearInterval(timer);
    timer = undefined;
    bar?.stop();
    bar = undefined;
  };
  return {
    phase(nextName, nextTotal) {
      [name, total, steps, startedSeconds] = [nextName, nextTotal, 0, performance.now() / 1000];
      timer ??= setInterval(draw, 250).unref();
    },
    advance(done) {
      steps = done;
    },
    end,
  };
}

function startBar(): SingleBar {
  const bar = new SingleBar({
    format: ' {bar} {phase} {elapsed}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
  });
  bar.start(1, 0, { phase: '', elapsed: '' });
  return bar;
}
