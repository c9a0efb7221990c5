import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError, diagnosticError } from '../../base/index.ts';
import { evaluate, fromBytes, type Tensor, toBytes } from '../../eval/index.ts';
import {
  aliasedResult,
  type ElementType,
  entryFunction,
  type Func,
  type Program,
  parseProgram,
  tensorType,
  verifyProgram,
} from '../../ir/index.ts';
import type {
  BufferId,
  Comparison,
  CompiledProgram,
  CompileOptions,
  Engine,
  EngineDescription,
  Executable,
  ExecuteOptions,
  ExecuteResult,
  HostTensor,
  MemoryStats,
  SavedOutputs,
} from '../engine.ts';
import type { ArgumentSpec, InputsSpec } from '../inputs.ts';
import { matchOutputs, prepareDirectory, readManifest, summarizeComparison, writeManifest } from '../saved-outputs.ts';
import { generateArgument } from './generate.ts';
import { compareTensors } from './norms.ts';
import { readNpyData, writeNpy } from './npy.ts';
import { openSafetensors } from './safetensors.ts';

interface Loaded {
  readonly program: Program;
  readonly func: Func;
}

/** Makes the engine that evaluates programs in this process, one operation after another: slow, and the oracle. */
export function startReferenceEngine(): Engine {
  return new ReferenceEngine();
}

class ReferenceEngine implements Engine {
  readonly #programs = new Map<number, Loaded>();
  readonly #buffers = new Map<number, Tensor>();
  #nextId = 1;

  describe(): EngineDescription {
    return {
      engine: 'reference',
      platform: 'host',
      versions: { node: process.versions.node },
      devices: [{ id: 0, process: 0, kind: 'interpreter' }],
      processIds: [process.pid],
      warnings: [],
    };
  }

  async compile(text: string | Uint8Array, options: CompileOptions = {}): Promise<Executable> {
    const start = performance.now();
    const devices = options.devices ?? [0];
    if (devices.length !== 1) throw refusal(`the interpreter has one device, not ${devices.length}`);
    const source = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const program = parseProgram(source);
    const errors = verifyProgram(program, source).filter(diagnostic => diagnostic.severity === 'error');
    if (errors.length > 0) throw new DiagnosticError(errors);
    const func = entryFunction(program);
    if (func === undefined) throw refusal('the program has no entry function @main');
    const id = this.#nextId++;
    this.#programs.set(id, { program, func });
    return { id, deviceCount: 1, compileSeconds: (performance.now() - start) / 1000 };
  }

  async compiled(executable: Executable): Promise<CompiledProgram> {
    const { func } = this.#loaded(executable);
    const whole = (rank: number) => ({ tiles: new Array<number>(rank).fill(1), replicas: 1, devices: [0] });
    const ranks = (types: readonly Func['valueTypes'][number][]) =>
      types.map(type => whole(type.kind === 'tensor' ? type.shape.length : 0));
    return {
      hloText: '',
      parameterShardings: ranks(func.arguments.map(argument => func.valueTypes[argument.value])),
      outputShardings: ranks(func.results.map(result => result.type)),
    };
  }

  async generate(executable: Executable, inputs: InputsSpec, seed: number): Promise<readonly BufferId[]> {
    const { func } = this.#loaded(executable);
    checkCount(func, inputs.arguments.length);
    for (const [index, spec] of inputs.arguments.entries()) checkType(func, index, spec);
    return inputs.arguments.map((spec, index) => this.#keep(generateArgument(spec, seed, index)));
  }

  async load(executable: Executable, inputs: InputsSpec, path: string): Promise<readonly BufferId[]> {
    const { func } = this.#loaded(executable);
    checkCount(func, inputs.arguments.length);
    if (!path.endsWith('.safetensors')) throw refusal(`the interpreter reads .safetensors, not ${path}`);
    const read = openSafetensors(path);
    const tensors = inputs.arguments.map((spec, index) => readArgument(read, func, spec, index, path));
    return tensors.map(tensor => this.#keep(tensor));
  }

  async put(executable: Executable, index: number, tensor: HostTensor): Promise<BufferId> {
    checkType(this.#loaded(executable).func, index, tensor);
    return this.#keep(fromHost(tensor));
  }

  async execute(
    executable: Executable,
    buffers: readonly BufferId[],
    options: ExecuteOptions = {},
  ): Promise<ExecuteResult> {
    const { program, func } = this.#loaded(executable);
    const values = buffers.map(buffer => this.#tensor(buffer));
    let results: readonly Tensor[] = [];
    const stepSeconds: number[] = [];
    for (let step = 0; step < (options.steps ?? 1); step++) {
      if (step > 0) for (const [output, argument] of options.feedback ?? []) values[argument] = results[output];
      const start = performance.now();
      results = evaluate(program, values);
      stepSeconds.push((performance.now() - start) / 1000);
    }
    for (const [index, argument] of func.arguments.entries()) {
      const donated = aliasedResult(argument) >= 0 || 'jax.buffer_donor' in argument.attributes;
      if (donated) this.#buffers.delete(buffers[index]);
    }
    return { buffers: results.map(result => this.#keep(result)), stepSeconds };
  }

  async get(buffer: BufferId): Promise<HostTensor> {
    const tensor = this.#tensor(buffer);
    return { dtype: tensor.type.element, shape: tensor.type.shape, data: toBytes(tensor) };
  }

  async transfer(
    buffers: readonly BufferId[],
    to: Executable,
    targets: readonly number[],
  ): Promise<readonly BufferId[]> {
    const { func } = this.#loaded(to);
    return buffers.map((buffer, position) => {
      const tensor = this.#tensor(buffer);
      checkType(func, targets[position], { dtype: tensor.type.element, shape: tensor.type.shape });
      return this.#keep(tensor);
    });
  }

  async save(buffers: readonly BufferId[], directory: string, names?: readonly string[]): Promise<SavedOutputs> {
    const start = performance.now();
    prepareDirectory(directory);
    const outputs = buffers.map((buffer, index) => {
      const tensor = this.#tensor(buffer);
      const { element: dtype, shape } = tensor.type;
      const file = `${String(index).padStart(4, '0')}.npy`;
      rmSync(join(directory, file), { force: true });
      writeNpy(join(directory, file), dtype, shape, toBytes(tensor));
      return { name: names?.[index] ?? `output${index}`, dtype, shape, file };
    });
    writeManifest(directory, outputs);
    return { directory, outputs, seconds: (performance.now() - start) / 1000 };
  }

  async compare(referenceDirectory: string, directory: string): Promise<Comparison> {
    const start = performance.now();
    const pairs = matchOutputs(readManifest(referenceDirectory), readManifest(directory), directory);
    const norms = pairs.map(({ reference, candidate }) => {
      const { dtype, shape } = reference;
      const r = fromHost({ dtype, shape, data: readNpyData(join(referenceDirectory, reference.file)) });
      return compareTensors(r, fromHost({ dtype, shape, data: readNpyData(join(directory, candidate.file)) }));
    });
    const references = pairs.map(pair => pair.reference);
    return { ...summarizeComparison(references, norms), seconds: (performance.now() - start) / 1000 };
  }

  async release(buffers: readonly BufferId[]): Promise<void> {
    for (const buffer of buffers) this.#buffers.delete(buffer);
  }

  async unload(executable: Executable): Promise<void> {
    this.#programs.delete(executable.id);
  }

  async memoryStats(): Promise<MemoryStats> {
    const { rss } = process.memoryUsage();
    const bytes = [...this.#buffers.values()].map(tensor => tensor.data.byteLength);
    return {
      processes: [
        { processId: process.pid, residentBytes: rss, peakResidentBytes: process.resourceUsage().maxRSS * 1024 },
      ],
      bufferBytes: bytes.reduce((sum, size) => sum + size, 0),
      availableBytes: process.availableMemory(),
    };
  }

  async close(): Promise<void> {
    this.#programs.clear();
    this.#buffers.clear();
  }

  #keep(tensor: Tensor): BufferId {
    const id = this.#nextId++;
    this.#buffers.set(id, tensor);
    return id as BufferId;
  }

  #tensor(buffer: BufferId): Tensor {
    const tensor = this.#buffers.get(buffer);
    if (tensor !== undefined) return tensor;
    throw diagnosticError('SK3006', {
      message: `there is no buffer ${buffer}`,
      next: 'it was donated or released: keep the result that took its place',
    });
  }

  #loaded(executable: Executable): Loaded {
    const loaded = this.#programs.get(executable.id);
    if (loaded !== undefined) return loaded;
    throw diagnosticError('SK3006', { message: `program ${executable.id} was unloaded`, next: 'compile it again' });
  }
}

function readArgument(
  read: (name: string) => HostTensor | undefined,
  func: Func,
  spec: ArgumentSpec,
  index: number,
  path: string,
): Tensor {
  const found = read(spec.name) ?? read(`arg${index}`);
  if (found === undefined)
    throw misfit(`${path} has no tensor '${spec.name}' (nor 'arg${index}') for argument ${index}`);
  checkType(func, index, found);
  return fromHost(found);
}

function checkCount(func: Func, count: number): void {
  if (count === func.arguments.length) return;
  throw misfit(`${count} arguments are specified, but the program takes ${func.arguments.length}`);
}

function checkType(
  func: Func,
  index: number,
  found: { readonly dtype: string; readonly shape: readonly number[] },
): void {
  const argument = func.arguments[index];
  const type = argument === undefined ? undefined : func.valueTypes[argument.value];
  if (type?.kind !== 'tensor') throw misfit(`the program has no tensor argument ${index}`);
  if (type.element === found.dtype && type.shape.join() === found.shape.join()) return;
  const text = (dtype: string, shape: readonly number[]): string => `${dtype}[${shape.join(', ')}]`;
  throw misfit(`argument ${index} is ${text(type.element, type.shape)}, not ${text(found.dtype, found.shape)}`);
}

function fromHost({ dtype, shape, data }: HostTensor): Tensor {
  return fromBytes(tensorType(shape, dtype as ElementType), data);
}

function misfit(message: string): Error {
  return diagnosticError('SK1201', {
    message,
    next: 'give every argument of the program one tensor of its name, type and whole shape',
  });
}

function refusal(message: string): Error {
  return diagnosticError('SK3009', { message, next: 'use --engine xla' });
}
