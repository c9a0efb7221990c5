// Solves one integer program with HiGHS in a thread of its own: WebAssembly blocks the thread in which it runs.
// Plain JavaScript, since Node starts it as it is, from the sources as well as from the build.
import { parentPort, workerData } from 'node:worker_threads';
import loadHighs from 'highs';

/** @typedef {import('./highs-messages.ts').HighsTask} HighsTask */
/** @typedef {import('./highs-messages.ts').HighsMessage} HighsMessage */

/** @param {HighsMessage} message */
const tell = message => parentPort?.postMessage(message);

const { program, start, cutoff, timeLimitSeconds, gap } = /** @type {HighsTask} */ (workerData);
const highs = await loadHighs();
const { columns, integers, rows } = program;
const integrality = new Int32Array(columns).fill(highs.constants.variableType.integer, 0, integers);
const { starts, indices, values } = program;

highs.withModel(
  {
    numCols: columns,
    numRows: rows,
    colCost: program.costs,
    colLower: new Float64Array(columns),
    colUpper: program.upper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: { format: 'csr', numRows: rows, numCols: columns, starts, indices, values },
    integrality,
  },
  model => {
    model.options.set({
      output_flag: false,
      random_seed: 1,
      time_limit: timeLimitSeconds,
      mip_rel_gap: gap,
      ...(cutoff === undefined ? {} : { objective_bound: cutoff }),
    });
    if (start !== undefined) model.setSolution({ colValue: start });
    const { mipImprovingSolution, mipLogging } = highs.constants.callbackType;
    model.run({
      [mipImprovingSolution]({ data }) {
        if (data.mip_solution !== undefined) tell({ kind: 'solution', solution: data.mip_solution });
        if (data.mip_dual_bound !== undefined) tell({ kind: 'bound', bound: data.mip_dual_bound });
      },
      [mipLogging]({ data }) {
        if (data.mip_dual_bound !== undefined) tell({ kind: 'bound', bound: data.mip_dual_bound });
      },
    });
    const { optimal, infeasible, objectiveBound } = highs.constants.modelStatus;
    const status = model.getModelStatus();
    const nodes = Number(model.info.get('mip_node_count'));
    const solved = model.info.get('primal_solution_status') === highs.constants.solutionStatus.feasible;
    if (solved) tell({ kind: 'solution', solution: model.getSolution().colValue });
    tell({ kind: 'bound', bound: Number(model.info.get('mip_dual_bound')) });
    const end = status === optimal ? 'optimal' : status === infeasible || status === objectiveBound ? 'none' : 'limit';
    tell({ kind: 'end', end, nodes });
  },
);
