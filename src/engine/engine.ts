import type { Diagnostic } from '../base/index.ts';
import type { InputsSpec } from './inputs.ts';

/** Runs tensor programs. Text in, numbers out: an engine knows no plan. Calls on one engine run one after another. */
export interface Engine {
  /** What runs here: platform, devices in their order, versions, warnings. */
  describe(): EngineDescription;

  /**
   * Compiles StableHLO text. Donation follows the argument attributes of the text (`tf.aliasing_output`,
   * `jax.buffer_donor`); shardings follow its `sdy` attributes.
   * Throws SK3004 (out of memory), SK3005 (refused by the compiler), SK3010 (not that many devices).
   */
  compile(text: string | Uint8Array, options?: CompileOptions): Promise<Executable>;

  /** The compiled form of an executable: its text, memory per device and cost. */
  compiled(executable: Executable): Promise<CompiledProgram>;

  /**
   * Makes the arguments of an executable: argument i depends on (seed, i) and its spec alone, never on the sharding.
   * Each lies on the devices as the executable wants it. The caller owns the buffers.
   */
  generate(executable: Executable, inputs: InputsSpec, seed: number): Promise<readonly BufferId[]>;

  /**
   * Reads the arguments of an executable from a `.safetensors` or `.npz` file: by the names in `inputs`, else by
   * `arg0`, `arg1`... Throws SK1201 where a tensor is missing or has another type or shape.
   */
  load(executable: Executable, inputs: InputsSpec, path: string): Promise<readonly BufferId[]>;

  /** Places one tensor as argument `index` of `executable`. */
  put(executable: Executable, index: number, tensor: HostTensor): Promise<BufferId>;

  /**
   * Runs an executable and waits until its results are there. Donated arguments are consumed: their ids are gone.
   * With `steps` > 1 the state stays on the devices: before each further step, output `feedback[k][0]` becomes
   * argument `feedback[k][1]`. Results of all but the last step are released.
   */
  execute(executable: Executable, buffers: readonly BufferId[], options?: ExecuteOptions): Promise<ExecuteResult>;

  /** Copies one buffer to the host, whole. */
  get(buffer: BufferId): Promise<HostTensor>;

  /** Places buffers again, for another executable: `targets[k]` is the argument that `buffers[k]` becomes. */
  transfer(buffers: readonly BufferId[], to: Executable, targets: readonly number[]): Promise<readonly BufferId[]>;

  /** Writes buffers whole to `directory` (made if missing): `0000.npy`... and `outputs.json`. */
  save(buffers: readonly BufferId[], directory: string, names?: readonly string[]): Promise<SavedOutputs>;

  /** Compares two directories that `save` wrote, in float64 and in chunks. Reads files only. */
  compare(referenceDirectory: string, directory: string): Promise<Comparison>;

  /** Frees buffers. */
  release(buffers: readonly BufferId[]): Promise<void>;

  /** Frees a compiled program. */
  unload(executable: Executable): Promise<void>;

  /** Memory of the processes that do the work, now and at its highest. */
  memoryStats(): Promise<MemoryStats>;

  /** Stops the engine; nothing of it remains. May be called at any time and more than once. */
  close(): Promise<void>;
}

/** Names a value that lies on an engine's devices. Only the engine that made it understands it. */
export type BufferId = number & { readonly __buffer: unique symbol };

export interface EngineDevice {
  /** As the backend counts: not 0..N-1 where there are several processes. */
  readonly id: number;
  readonly process: number;
  readonly kind: string;
}

export interface EngineDescription {
  readonly engine: 'xla' | 'reference';
  /** `cpu`, `gpu`, `tpu`, or `host` for the interpreter. */
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Over all processes, ordered by process and then by id. */
  readonly devices: readonly EngineDevice[];
  readonly processIds: readonly number[];
  /** What the user should know, for example an untested version of JAX. */
  readonly warnings: readonly Diagnostic[];
}

export interface CompileOptions {
  /**
   * Positions in `describe().devices`, in mesh order; as many as the program's mesh has. Default: the first device
   * alone. Where it has one entry the program runs whole on that device.
   */
  readonly devices?: readonly number[];
}

export interface Executable {
  readonly id: number;
  readonly deviceCount: number;
  readonly compileSeconds: number;
}

/** Bytes on each device; the highest over the devices where they differ. */
export interface DeviceMemory {
  readonly argumentBytes: number;
  readonly outputBytes: number;
  /** Part of the outputs that lies in donated arguments. */
  readonly aliasBytes: number;
  readonly temporaryBytes: number;
  readonly generatedCodeBytes: number;
  /** The most that is alive at once; absent where the backend does not tell. */
  readonly peakBytes?: number;
}

export interface CompiledProgram {
  /** Compiled HLO; empty for the interpreter. */
  readonly hloText: string;
  readonly memory?: DeviceMemory;
  /** Per device; loop bodies count once. */
  readonly flops?: number;
  readonly parameterShardings: readonly TileSharding[];
  readonly outputShardings: readonly TileSharding[];
}

/** How a value is cut: `tiles[d]` pieces along dimension d; `replicas` devices hold each piece. Whole: all tiles 1. */
export interface TileSharding {
  readonly tiles: readonly number[];
  readonly replicas: number;
  /** Position in the executable's device order, tile-major (row-major over tiles, then replicas). */
  readonly devices: readonly number[];
}

export interface HostTensor {
  /** As StableHLO spells it: `f32`, `bf16`, `i32`, `ui8`, `i1`... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Row-major, little-endian; `i1` has a byte each. */
  readonly data: Uint8Array;
}

export interface ExecuteOptions {
  /** Default 1. */
  readonly steps?: number;
  /** Pairs [output index, argument index]; used only with `steps` > 1. */
  readonly feedback?: readonly (readonly [output: number, argument: number])[];
}

export interface ExecuteResult {
  readonly buffers: readonly BufferId[];
  /** Wall seconds of each step until all results were ready, measured in the slowest worker. */
  readonly stepSeconds: readonly number[];
  /**
   * Processor seconds of each step: over all threads and workers, so that what other programs do on the machine hardly
   * changes them. Absent where the engine does not tell.
   */
  readonly processorSeconds?: readonly number[];
}

export interface SavedOutput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Relative to the directory. */
  readonly file: string;
}

export interface SavedOutputs {
  readonly directory: string;
  readonly outputs: readonly SavedOutput[];
  readonly seconds: number;
}

export interface ComparedOutput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** L2(y - r) / L2(r); 0 where both are zero, infinite where only r is. NaN never: non-finite values are left out. */
  readonly l2Error: number;
  /** L2(y - r). */
  readonly differenceNorm: number;
  /** L2(r). */
  readonly referenceNorm: number;
  readonly maxAbsoluteDifference: number;
  /** NaN and infinite elements in the reference, and in the candidate. */
  readonly referenceNonFinite: number;
  readonly nonFinite: number;
}

export interface Comparison {
  readonly outputs: readonly ComparedOutput[];
  /** sqrt(sum of squared differences) / sqrt(sum of squared references), over the outputs of each type. */
  readonly pooledErrors: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface ProcessMemory {
  readonly processId: number;
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
}

export interface MemoryStats {
  readonly processes: readonly ProcessMemory[];
  /** Bytes of the buffers that are alive, over all processes, counted once per device. */
  readonly bufferBytes: number;
  /** Free for new processes on this host, in bytes; absent where the system does not tell. */
  readonly availableBytes?: number;
}
