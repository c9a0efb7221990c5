import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { diagnosticError } from '../../base/index.ts';
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
import type { InputsSpec } from '../inputs.ts';
import {
  fileError,
  matchOutputs,
  prepareDirectory,
  readManifest,
  summarizeComparison,
  writeManifest,
} from '../saved-outputs.ts';
import { readCompiled, readMemory, readType } from './answers.ts';
import { type Fields, fieldsOf, listField, numberField, numbersField } from './fields.ts';
import type { XlaDeadlines } from './options.ts';
import type { WorkerGroup } from './worker-group.ts';

interface Loaded {
  readonly processes: readonly number[];
  readonly parameters: number;
  readonly hloPath: string;
  readonly facts: Omit<CompiledProgram, 'hloText'>;
}

/** Drives JAX workers. Programs and buffers are known only to the processes whose devices they use. */
export class XlaEngine implements Engine {
  readonly #group: WorkerGroup;
  readonly #description: EngineDescription;
  readonly #deadlines: XlaDeadlines;
  readonly #programs = new Map<number, Loaded>();
  readonly #buffers = new Map<number, readonly number[]>();
  #nextProgram = 1;
  #nextBuffer = 1;
  #nextFile = 1;

  constructor(group: WorkerGroup, description: EngineDescription, deadlines: XlaDeadlines) {
    this.#group = group;
    this.#description = description;
    this.#deadlines = deadlines;
  }

  describe(): EngineDescription {
    return this.#description;
  }

  async compile(text: string | Uint8Array, options: CompileOptions = {}): Promise<Executable> {
    const positions = options.devices ?? [0];
    const devices = positions.map(position => this.#device(position));
    const id = this.#nextProgram++;
    const path = this.#write('mlir', text);
    const hloPath = this.#file('hlo');
    const processes = [...new Set(devices.map(device => device.process))];
    const params = { executable: id, path, devices: devices.map(device => device.id), hloPath };
    try {
      // Each process compiles the whole program; the text is the same, so one of them writes it.
      const answers = await this.#group.call('compile', params, this.#deadlines.compileSeconds, processes);
      const compileSeconds = Math.max(...answers.map(answer => numberField(answer, 'seconds')));
      const first = fieldsOf(answers[0], 'a compiled program');
      const parameters = listField(first, 'parameters').length;
      this.#programs.set(id, { processes, parameters, hloPath, facts: readCompiled(answers) });
      return { id, deviceCount: devices.length, compileSeconds };
    } finally {
      rmSync(path, { force: true });
    }
  }

  async compiled(executable: Executable): Promise<CompiledProgram> {
    const { hloPath, facts } = this.#loaded(executable);
    this.#group.assertOpen('compiled');
    return { hloText: readFileSync(hloPath, 'utf8'), ...facts };
  }

  generate(executable: Executable, inputs: InputsSpec, seed: number): Promise<readonly BufferId[]> {
    return this.#place('generate', executable, { arguments: inputs.arguments, seed }, inputs.arguments.length);
  }

  load(executable: Executable, inputs: InputsSpec, path: string): Promise<readonly BufferId[]> {
    const params = { arguments: inputs.arguments, path: resolve(path) };
    return this.#place('load', executable, params, inputs.arguments.length);
  }

  async put(executable: Executable, index: number, tensor: HostTensor): Promise<BufferId> {
    const path = this.#write('bin', tensor.data);
    const tensors = [{ index, offset: 0, dtype: tensor.dtype, shape: tensor.shape }];
    try {
      const [buffer] = await this.#place('put', executable, { path, tensors }, 1);
      if (buffer === undefined) throw new Error('internal: no buffer was made');
      return buffer;
    } finally {
      rmSync(path, { force: true });
    }
  }

  async execute(
    executable: Executable,
    buffers: readonly BufferId[],
    options: ExecuteOptions = {},
  ): Promise<ExecuteResult> {
    const { processes } = this.#loaded(executable);
    const steps = options.steps ?? 1;
    const into = this.#nextBuffer;
    const params = { executable: executable.id, buffers, into, steps, feedback: options.feedback ?? [] };
    const answers = await this.#group.call('execute', params, this.#deadlines.executeSeconds * steps, processes);
    const first = fieldsOf(answers[0], 'a result');
    for (const id of numbersField(first, 'consumed')) this.#buffers.delete(id);
    const results = this.#claim(numberField(first, 'results'), processes);
    const perProcess = answers.map(answer => numbersField(answer, 'seconds'));
    const stepSeconds = Array.from({ length: steps }, (_, step) =>
      Math.max(...perProcess.map(seconds => seconds[step] ?? 0)),
    );
    const ofThreads = answers.map(answer => numbersField(answer, 'processorSeconds'));
    const processorSeconds = stepSeconds.map((_, step) =>
      ofThreads.reduce((sum, seconds) => sum + (seconds[step] ?? 0), 0),
    );
    return { buffers: results, stepSeconds, processorSeconds };
  }

  async get(buffer: BufferId): Promise<HostTensor> {
    const path = this.#file('bin');
    try {
      const answers = await this.#call('get', { buffers: [buffer], path }, this.#owners([buffer]));
      const [tensor] = listField(fieldsOf(answers[0], 'a tensor'), 'tensors');
      return { ...readType(fieldsOf(tensor, 'a tensor')), data: readFileSync(path) };
    } finally {
      rmSync(path, { force: true });
    }
  }

  transfer(buffers: readonly BufferId[], to: Executable, targets: readonly number[]): Promise<readonly BufferId[]> {
    const from = this.#owners(buffers);
    if (from.join() !== this.#loaded(to).processes.join()) {
      throw diagnosticError('SK3009', {
        message: 'values cannot move between programs on different processes',
        next: 'save them, and load them for the other program',
      });
    }
    return this.#place('transfer', to, { buffers, targets }, buffers.length);
  }

  async save(buffers: readonly BufferId[], directory: string, names?: readonly string[]): Promise<SavedOutputs> {
    const start = performance.now();
    prepareDirectory(directory);
    const files = buffers.map((_, index) => `${String(index).padStart(4, '0')}.npy`);
    const paths = files.map(file => resolve(directory, file));
    for (const path of paths) rmSync(path, { force: true });
    const answers = await this.#call('save', { buffers, paths }, this.#owners(buffers));
    const types = listField(fieldsOf(answers[0], 'saved outputs'), 'outputs').map(type => fieldsOf(type, 'a type'));
    const outputs = files.map((file, index) => {
      const type = readType(fieldsOf(types[index], 'a type'));
      return { name: names?.[index] ?? `output${index}`, ...type, file };
    });
    writeManifest(directory, outputs);
    return { directory, outputs, seconds: (performance.now() - start) / 1000 };
  }

  async compare(referenceDirectory: string, directory: string): Promise<Comparison> {
    const start = performance.now();
    const outputs = matchOutputs(readManifest(referenceDirectory), readManifest(directory), directory);
    const pairs = outputs.map(({ reference, candidate }) => ({
      reference: resolve(referenceDirectory, reference.file),
      path: resolve(directory, candidate.file),
      dtype: reference.dtype,
    }));
    const answers = await this.#call('compare', { pairs }, [0]);
    const norms = listField(fieldsOf(answers[0], 'a comparison'), 'outputs').map(norm => {
      const fields = fieldsOf(norm, 'a comparison');
      return {
        differenceNorm: numberField(fields, 'differenceNorm'),
        referenceNorm: numberField(fields, 'referenceNorm'),
        maxAbsoluteDifference: numberField(fields, 'maxAbsoluteDifference'),
        referenceNonFinite: numberField(fields, 'referenceNonFinite'),
        nonFinite: numberField(fields, 'nonFinite'),
      };
    });
    const references = outputs.map(output => output.reference);
    return { ...summarizeComparison(references, norms), seconds: (performance.now() - start) / 1000 };
  }

  async release(buffers: readonly BufferId[]): Promise<void> {
    const alive = buffers.filter(buffer => this.#buffers.has(buffer));
    if (alive.length === 0) return;
    for (const buffer of alive) this.#buffers.delete(buffer);
    await this.#call('release', { buffers: alive });
  }

  async unload(executable: Executable): Promise<void> {
    const { processes, hloPath } = this.#loaded(executable);
    this.#programs.delete(executable.id);
    await this.#call('unload', { executable: executable.id }, processes);
    rmSync(hloPath, { force: true });
  }

  async memoryStats(): Promise<MemoryStats> {
    return readMemory(await this.#call('memoryStats', {}));
  }

  close(): Promise<void> {
    return this.#group.close();
  }

  #call(method: string, params: Fields, processes?: readonly number[]): Promise<readonly Fields[]> {
    return this.#group.call(method, params, this.#deadlines.otherSeconds, processes);
  }

  async #place(method: string, executable: Executable, params: Fields, count: number): Promise<readonly BufferId[]> {
    const { processes } = this.#loaded(executable);
    const buffers = this.#claim(count, processes);
    try {
      await this.#call(method, { ...params, executable: executable.id, into: buffers[0] ?? 0 }, processes);
    } catch (error) {
      await this.release(buffers).catch(() => {});
      throw error;
    }
    return buffers;
  }

  #claim(count: number, processes: readonly number[]): readonly BufferId[] {
    return Array.from({ length: count }, () => {
      const id = this.#nextBuffer++;
      this.#buffers.set(id, processes);
      return id as BufferId;
    });
  }

  #owners(buffers: readonly BufferId[]): readonly number[] {
    const owners = new Set<number>();
    for (const buffer of buffers) {
      const processes = this.#buffers.get(buffer);
      if (processes === undefined) {
        throw diagnosticError('SK3006', {
          message: `there is no buffer ${buffer}`,
          next: 'it was donated or released: keep the result that took its place',
        });
      }
      for (const process of processes) owners.add(process);
    }
    return [...owners];
  }

  #loaded(executable: Executable): Loaded {
    const loaded = this.#programs.get(executable.id);
    if (loaded !== undefined) return loaded;
    throw diagnosticError('SK3006', { message: `program ${executable.id} was unloaded`, next: 'compile it again' });
  }

  #device(position: number): EngineDescription['devices'][number] {
    const { devices } = this.#description;
    const device = devices[position];
    if (device !== undefined) return device;
    throw diagnosticError('SK3010', {
      message: `the program wants device ${position}, but there are ${devices.length}`,
      next: 'choose a cluster with as many devices as the mesh, for example --cluster cpu:8',
    });
  }

  /** Writes a file that the workers read, in the session's folder. */
  #write(extension: string, data: string | Uint8Array): string {
    const path = this.#file(extension);
    try {
      writeFileSync(path, data, { mode: 0o600 });
    } catch (error) {
      rmSync(path, { force: true });
      throw fileError(`${path} cannot be written`, error);
    }
    return path;
  }

  #file(extension: string): string {
    this.#group.assertOpen('a call');
    return join(this.#group.folder, `${this.#nextFile++}.${extension}`);
  }
}
