import { createGround, type ExperimentGround } from './ground.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { ExperimentParameters } from './parameters.ts';
import { runDemand } from './run-demand.ts';

/** A process of the experiment: one task after another, each record as soon as it is there. */
function serve(): void {
  let work: { readonly parameters: ExperimentParameters; readonly ground: ExperimentGround } | undefined;
  const send = (message: FromWorker): void => void process.send?.(message);
  // Whoever started it decides when it ends.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'parameters') {
      const { parameters } = message;
      work = { parameters, ground: createGround(parameters) };
    } else if (work !== undefined) {
      const { demand, modes } = message.task;
      for (const record of runDemand(work.ground, work.parameters, demand, modes)) send({ kind: 'record', record });
    }
    send({ kind: 'idle' });
  });
}

serve();
