// Stands for a solver that tells a bound and a solution, and then does not heed its time limit.
import { parentPort } from 'node:worker_threads';

parentPort?.postMessage({ kind: 'bound', bound: 3 });
parentPort?.postMessage({ kind: 'solution', solution: Float64Array.of(1) });
setInterval(() => {}, 1000);
