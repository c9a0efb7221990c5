import type { Diagnostic } from '../../base/index.ts';
import type { CompiledProgram, DeviceMemory, EngineDescription, MemoryStats, TileSharding } from '../engine.ts';
import { type Fields, fieldsOf, listField, numberField, numbersField, stringField } from './fields.ts';

/** The version of JAX that the worker is tested with. */
export const testedJaxVersion = '0.10.2';

/** Joins the greetings of all workers. */
export function readDescription(hellos: readonly Fields[]): EngineDescription {
  const first = fieldsOf(hellos[0], 'a greeting');
  const versions = Object.fromEntries(
    Object.entries(fieldsOf(first.versions, 'versions')).map(([name, version]) => [name, String(version)]),
  );
  return {
    engine: 'xla',
    platform: stringField(first, 'platform'),
    versions,
    devices: listField(first, 'devices').map(device => {
      const fields = fieldsOf(device, 'a device');
      return {
        id: numberField(fields, 'id'),
        process: numberField(fields, 'process'),
        kind: stringField(fields, 'kind'),
      };
    }),
    processIds: hellos.map(hello => numberField(hello, 'pid')),
    warnings: versions.jax === testedJaxVersion ? [] : [untestedVersion(versions.jax ?? 'unknown')],
  };
}

function untestedVersion(found: string): Diagnostic {
  return {
    code: 'SK3007',
    severity: 'warning',
    message: `the worker runs on jax ${found}, which is not tested`,
    expected: `jax ${testedJaxVersion}`,
    next: `pip install jax==${testedJaxVersion} jaxlib==${testedJaxVersion}`,
  };
}

/** Joins what the processes tell of one program: its memory is the highest of theirs. */
export function readCompiled(answers: readonly Fields[]): Omit<CompiledProgram, 'hloText'> {
  const first = fieldsOf(answers[0], 'a compiled program');
  const flops = first.flops;
  return {
    memory: answers.map(answer => readDeviceMemory(fieldsOf(answer.memory, 'memory'))).reduce(highest),
    ...(typeof flops === 'number' ? { flops } : {}),
    parameterShardings: listField(first, 'parameterShardings').map(readTiles),
    outputShardings: listField(first, 'outputShardings').map(readTiles),
  };
}

function readDeviceMemory(fields: Fields): DeviceMemory {
  const peakBytes = fields.peakBytes;
  return {
    argumentBytes: numberField(fields, 'argumentBytes'),
    outputBytes: numberField(fields, 'outputBytes'),
    aliasBytes: numberField(fields, 'aliasBytes'),
    temporaryBytes: numberField(fields, 'temporaryBytes'),
    generatedCodeBytes: numberField(fields, 'generatedCodeBytes'),
    ...(typeof peakBytes === 'number' ? { peakBytes } : {}),
  };
}

function highest(a: DeviceMemory, b: DeviceMemory): DeviceMemory {
  return {
    argumentBytes: Math.max(a.argumentBytes, b.argumentBytes),
    outputBytes: Math.max(a.outputBytes, b.outputBytes),
    aliasBytes: Math.max(a.aliasBytes, b.aliasBytes),
    temporaryBytes: Math.max(a.temporaryBytes, b.temporaryBytes),
    generatedCodeBytes: Math.max(a.generatedCodeBytes, b.generatedCodeBytes),
    ...(a.peakBytes !== undefined && b.peakBytes !== undefined
      ? { peakBytes: Math.max(a.peakBytes, b.peakBytes) }
      : {}),
  };
}

function readTiles(value: unknown): TileSharding {
  const fields = fieldsOf(value, 'a sharding');
  return {
    tiles: numbersField(fields, 'tiles'),
    replicas: numberField(fields, 'replicas'),
    devices: numbersField(fields, 'devices'),
  };
}

export function readType(fields: Fields): { readonly dtype: string; readonly shape: readonly number[] } {
  return { dtype: stringField(fields, 'dtype'), shape: numbersField(fields, 'shape') };
}

export function readMemory(answers: readonly Fields[]): MemoryStats {
  const availableBytes = process.availableMemory();
  return {
    processes: answers.map(answer => ({
      processId: numberField(answer, 'pid'),
      residentBytes: numberField(answer, 'residentBytes'),
      peakResidentBytes: numberField(answer, 'peakResidentBytes'),
    })),
    bufferBytes: answers.reduce((sum, answer) => sum + numberField(answer, 'bufferBytes'), 0),
    ...(availableBytes > 0 ? { availableBytes } : {}),
  };
}
