import type { Diagnostic } from '../base/index.ts';
import type { ComparedOutput, DeviceMemory, EngineDescription } from '../engine/index.ts';
import type { SplitProgram } from '../plan/index.ts';
import {
  type CollectiveComparison,
  compareCollectives,
  type Equivalence,
  judgeOutputs,
  type OutputFacts,
  type RunRecord,
  readCompiledCollectives,
} from '../verify/index.ts';

/** A compared output with the precision by which it is judged. */
export type RunOutput = ComparedOutput & { readonly precision: string };

/** What `skein run` found: the JSON document it prints, and the source of its tables and page. */
export interface RunResult {
  readonly program: string;
  readonly cluster: string;
  /** `dp=2,tp=4`; absent where the program ran whole. */
  readonly mesh?: string;
  readonly engine: {
    readonly name: string;
    readonly platform: string;
    readonly versions: Readonly<Record<string, string>>;
  };
  /** Absent without `--verify`. */
  readonly verified?: boolean;
  readonly failures: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** Scalar results by name; absent with `--verify`, where the comparison has them. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Empty without `--verify`. */
  readonly outputs: readonly RunOutput[];
  /** Error over all outputs of a precision together. */
  readonly pooledErrors: Readonly<Record<string, number>>;
  /** Absent where the program ran whole. */
  readonly collectives?: CollectiveComparison;
  readonly memory: {
    readonly reference?: DeviceMemory;
    readonly perDevice?: DeviceMemory;
    readonly predicted: readonly { readonly kind: string; readonly bytesPerDevice: number }[];
  };
  readonly seconds: {
    readonly compile: number;
    readonly steps: readonly number[];
    readonly referenceCompile?: number;
    readonly referenceSteps?: readonly number[];
  };
}

/** What was run. */
export interface RunSubject {
  readonly path: string;
  readonly cluster: string;
  readonly split: SplitProgram | undefined;
  readonly facts: OutputFacts;
}

/** The result of a run without a reference. */
export function plainRunResult(
  subject: RunSubject,
  engine: EngineDescription,
  record: RunRecord,
  scalars: Readonly<Record<string, number>>,
): RunResult {
  return { ...common(subject, engine, record), failures: [], warnings: [], scalars, outputs: [], pooledErrors: {} };
}

/** The result of a run that was compared with the whole program. */
export function verifiedRunResult(subject: RunSubject, engine: EngineDescription, runs: Equivalence): RunResult {
  const verdict = judgeOutputs(runs.comparison, subject.facts);
  const base = common(subject, engine, runs.candidate);
  const { memory } = runs.reference.compiled;
  return {
    ...base,
    verified: verdict.verified,
    failures: verdict.failures,
    warnings: verdict.warnings,
    outputs: runs.comparison.outputs.map((output, index) => ({
      ...output,
      precision: subject.facts.precisions[index],
    })),
    pooledErrors: verdict.pooledErrors,
    memory: { ...base.memory, ...(memory === undefined ? {} : { reference: memory }) },
    seconds: {
      ...base.seconds,
      referenceCompile: runs.reference.compileSeconds,
      referenceSteps: runs.reference.stepSeconds,
    },
  };
}

function common({ path, cluster, split }: RunSubject, engine: EngineDescription, record: RunRecord) {
  const { memory, hloText } = record.compiled;
  return {
    program: path,
    cluster,
    engine: { name: engine.engine, platform: engine.platform, versions: engine.versions },
    ...(split === undefined ? {} : splitFields(split, hloText)),
    memory: { predicted: split?.plan.memory ?? [], ...(memory === undefined ? {} : { perDevice: memory }) },
    seconds: { compile: record.compileSeconds, steps: record.stepSeconds },
  };
}

function splitFields({ plan, mesh }: SplitProgram, hloText: string) {
  const compiled = readCompiledCollectives(hloText, mesh);
  return {
    mesh: plan.mesh.axes.map(([name, size]) => `${name}=${size}`).join(','),
    collectives: compareCollectives(plan.collectives.ideal, plan.collectives.backend, compiled),
  };
}
