import { formatDiagnostic, formatSeconds } from '../base/index.ts';
import type { DeviceMemory } from '../engine/index.ts';
import type { Plan, PlannedValue } from '../plan/index.ts';
import type { ArgumentPlacement, MemoryBar, RunReport } from '../report/index.ts';
import { formatAxisPart, parseSharding } from '../sharding/index.ts';
import { errorLimits } from '../verify/index.ts';
import type { RunResult } from './run-result.ts';

/** The page's view of a run and of its plan, where it had one. */
export function runReport(result: RunResult, plan: Plan | undefined): RunReport {
  const { collectives, seconds, memory } = result;
  const facts = {
    cluster: result.cluster,
    mesh: result.mesh ?? 'none: one device',
    engine: `${result.engine.name} on ${result.engine.platform}, jax ${result.engine.versions.jax ?? '-'}`,
    compile: formatSeconds(seconds.compile),
    'last step': formatSeconds(seconds.steps.at(-1) ?? 0),
  };
  return {
    title: result.program,
    facts: Object.entries(facts).map(([label, value]) => ({ label, value })),
    ...(result.verified === undefined ? {} : { verified: result.verified }),
    notes: [...result.failures, ...result.warnings].map(formatDiagnostic),
    traffic: (collectives?.rows ?? []).map(({ kind, axis, ideal, predicted, compiled }) => ({
      kind,
      axis,
      idealBytes: ideal.bytes,
      predictedBytes: predicted.bytes,
      compiledBytes: compiled.bytes,
    })),
    ...(collectives === undefined ? {} : { unexplainedShare: collectives.unexplainedShare }),
    memory: [
      ...(memory.predicted.length === 0
        ? []
        : [
            {
              label: 'predicted',
              parts: memory.predicted.map(({ kind, bytesPerDevice }) => ({ kind, bytes: bytesPerDevice })),
            },
          ]),
      ...compiledBar('compiled', memory.perDevice),
      ...compiledBar('one device', memory.reference),
    ],
    placements: (plan?.inputs ?? []).map(argumentPlacement),
    mesh: (plan?.mesh.axes ?? []).map(([name, size]) => ({ name, size })),
    outputs: result.outputs.map(({ name, dtype, precision, l2Error, nonFinite }) => ({
      name,
      dtype,
      error: l2Error,
      limit: errorLimits(precision).each,
      nonFinite,
    })),
  };
}

function compiledBar(label: string, found: DeviceMemory | undefined): MemoryBar[] {
  if (found === undefined) return [];
  const parts = [
    { kind: 'arguments', bytes: found.argumentBytes },
    { kind: 'outputs', bytes: found.outputBytes - found.aliasBytes },
    { kind: 'temporaries', bytes: found.temporaryBytes },
  ];
  return [{ label, parts }];
}

/** How an input lies, for the page. */
export function argumentPlacement({ name, type, sharding, bytes }: PlannedValue): ArgumentPlacement {
  const match = /^(.*)\[(.*)\]$/.exec(type);
  const shape = match === null || match[2] === '' ? [] : match[2].split(', ').map(Number);
  const cuts = parseSharding(sharding).dimensions.map(({ axes }) => axes.map(formatAxisPart));
  return { name, shape, dtype: match?.[1] ?? type, cuts, bytes };
}
