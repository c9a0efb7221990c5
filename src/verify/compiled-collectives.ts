import { shapeBytes, shapeElements, tupleElements } from './hlo-shape.ts';
import { attributeText, type HloComputation, type HloInstruction, operandNames, readHloText } from './hlo-text.ts';
import { countExecutions, type Executions } from './loop-trips.ts';
import { axesOfGroups, axesOfPairs, type NamedAxes } from './mesh-axes.ts';
import { isPromotedHalf } from './promotion.ts';
import { readPairs, readReplicaGroups } from './replica-groups.ts';
import { isOnlySliced } from './slice-use.ts';
import { followValues, type Place, tupleIndex, type ValueFlow } from './value-flow.ts';

/** The collectives of HLO, as it names them. */
export type CollectiveKind = (typeof collectiveKinds)[number];

const collectiveKinds = [
  'all-reduce',
  'all-gather',
  'reduce-scatter',
  'all-to-all',
  'collective-permute',
  'collective-broadcast',
  'ragged-all-to-all',
] as const;

/** One collective of a compiled program. An asynchronous pair of start and done is one. */
export interface CompiledCollective {
  readonly kind: CollectiveKind;
  readonly name: string;
  /** The computation that it is an instruction of. */
  readonly computation: string;
  /**
   * The larger of operand and result on one device, for one execution. The compiler may combine several tensors into
   * one collective of tuple shape: their bytes are summed, and `count` is their number.
   */
  readonly bytesPerDevice: number;
  readonly count: number;
  readonly elementTypes: readonly string[];
  /** Positions in the mesh, row-major; source and target pairs for a collective-permute. */
  readonly groups: readonly (readonly number[])[];
  /** Mesh axes that the groups span, major to minor; `['other']` where no axes make such groups. */
  readonly axes: readonly string[];
  /** Executions in one run of the program: the product of the trip counts of the loops around it. */
  readonly trips: number;
  /** False where a loop around it has a trip count that the text does not tell; it counts as one there. */
  readonly tripsKnown: boolean;
  readonly channel?: number;
  /** `op_name` of the metadata: the name scope in the source program. */
  readonly operationName?: string;
  /**
   * Bytes of an all-reduce's tensors of which each device uses its slice only: a reduce-scatter in disguise, as XLA's
   * CPU back end has it. 0 for other kinds.
   */
  readonly slicedBytesPerDevice: number;
  /** True for an all-reduce that is sliced as a whole. */
  readonly effectiveReduceScatter: boolean;
  /**
   * `bytesPerDevice` and `slicedBytesPerDevice` in the types before promotion: 16-bit floats moved as f32 count half. Of
   * `tensors` those that somebody reads.
   */
  readonly native: {
    readonly bytesPerDevice: number;
    readonly slicedBytesPerDevice: number;
    readonly tensors: readonly NativeTensor[];
  };
}

/** One of the tensors of a collective, in its type before promotion. */
export interface NativeTensor {
  readonly bytesPerDevice: number;
  /** True where each device uses its slice of a sum only. */
  readonly isSliced: boolean;
  /** False for a 16-bit float that is moved as f32. */
  readonly isAsMoved: boolean;
}

/**
 * Reads the collectives of a compiled program from its HLO text, in program order.
 *
 * The text numbers devices as the program's `sdy.mesh` does, so `mesh.deviceIds` must be that of the annotated program.
 * All branches of a conditional count. `untoldTrips` is how often loops run of which the text does not tell it.
 * Throws an internal error where the text has no entry computation.
 */
export function readCompiledCollectives(
  hloText: string | Iterable<string>,
  mesh: NamedAxes,
  untoldTrips?: number,
): CompiledCollective[] {
  const computations = readHloText(hloText);
  const flow = followValues(computations);
  const collectives: CompiledCollective[] = [];
  const chains = new Map<string, number>();
  for (const [computation, executions] of countExecutions(computations, untoldTrips)) {
    for (const instruction of computation.instructions.values()) {
      const kind = collectiveKind(instruction, computation);
      if (kind === undefined) continue;
      const collective = describeCollective(instruction, kind, computation, executions, flow, mesh);
      const chain = chainOf(collective, instruction);
      const earlier = chain === undefined ? undefined : chains.get(chain);
      if (earlier === undefined) {
        if (chain !== undefined) chains.set(chain, collectives.length);
        collectives.push(collective);
      } else if (collective.trips < collectives[earlier].trips) {
        collectives[earlier] = collective;
      }
    }
  }
  return collectives;
}

/**
 * The TPU compiler spreads a collective over fusions that compute meanwhile: one that starts it, others that may lie in
 * loops, one that ends it. Each names it again, with the same channel; it happens as often as the one named least.
 */
function chainOf({ kind, channel }: CompiledCollective, { attributes }: HloInstruction): string | undefined {
  const chain = /frontend_attributes=\{[^}]*\bchain_id="([^"]*)"/.exec(attributes)?.[1];
  return chain === undefined || channel === undefined ? undefined : `${kind} ${channel} ${chain}`;
}

/**
 * The collective that an instruction starts or is; undefined for `-done`, which its start has counted. The TPU compiler
 * has reduce-scatters as fusions of an all-reduce and a slice, which it carries out as one.
 */
function collectiveKind({ opcode }: HloInstruction, { name }: HloComputation): CollectiveKind | undefined {
  const plain = opcode.endsWith('-start') ? opcode.slice(0, -'-start'.length) : opcode;
  if (plain === 'all-reduce' && name.startsWith('all-reduce-scatter')) return 'reduce-scatter';
  return collectiveKinds.find(kind => kind === plain);
}

function describeCollective(
  instruction: HloInstruction,
  kind: CollectiveKind,
  computation: HloComputation,
  executions: Executions,
  flow: ValueFlow,
  mesh: NamedAxes,
): CompiledCollective {
  const operands = operandShapes(instruction, computation);
  const results = resultShapes(instruction, kind);
  const sum = (shapes: readonly string[]): number => shapes.reduce((bytes, shape) => bytes + shapeBytes(shape), 0);
  const groups = placeGroups(readGroups(instruction, kind, mesh), mesh.deviceIds);
  const channel = /channel_id=(\d+)/.exec(instruction.attributes)?.[1];
  const operationName = /op_name="((?:[^"\\]|\\.)*)"/.exec(instruction.attributes)?.[1];
  const bytesPerDevice = Math.max(sum(operands), sum(results));
  const tensors = tensorUses({ instruction, computation }, kind, groups[0]?.length ?? 1, flow);
  const sliced = tensors.filter(tensor => tensor.isSliced);
  const slicedBytesPerDevice = sliced.reduce((bytes, tensor) => bytes + tensor.bytes, 0);
  const saved = (of: readonly TensorUse[]): number => of.reduce((bytes, tensor) => bytes + tensor.promotedBytes / 2, 0);
  return {
    kind,
    name: instruction.name,
    computation: computation.name,
    bytesPerDevice,
    count: kind === 'all-to-all' ? 1 : Math.max(operands.length, 1),
    elementTypes: shapeElements(results.join(' ')),
    groups,
    axes: kind === 'collective-permute' ? axesOfPairs(groups, mesh) : axesOfGroups(groups, mesh),
    trips: executions.trips,
    tripsKnown: executions.known,
    ...(channel === undefined ? {} : { channel: Number(channel) }),
    ...(operationName === undefined ? {} : { operationName }),
    slicedBytesPerDevice,
    effectiveReduceScatter: slicedBytesPerDevice > 0 && slicedBytesPerDevice === bytesPerDevice,
    native: {
      bytesPerDevice: bytesPerDevice - saved(tensors),
      slicedBytesPerDevice: slicedBytesPerDevice - saved(sliced),
      tensors: tensors.map(({ bytes, isSliced, promotedBytes }) => ({
        bytesPerDevice: bytes - promotedBytes / 2,
        isSliced,
        isAsMoved: promotedBytes === 0,
      })),
    },
  };
}

/** What becomes of one of the tensors that a collective gives. */
interface TensorUse {
  readonly bytes: number;
  /** True where each device uses its slice of a sum only. */
  readonly isSliced: boolean;
  /** The bytes of it that were 16-bit floats before. */
  readonly promotedBytes: number;
}

/** Tensors that nobody reads are left out, and all of a collective that only starts: CPUs have none such. */
function tensorUses(place: Place, kind: CollectiveKind, parts: number, flow: ValueFlow): TensorUse[] {
  const { instruction } = place;
  const isTuple = instruction.shape.startsWith('(');
  const results = isTuple ? flow.readers(place) : [place];
  return results.flatMap(result => {
    if (result === undefined) return [];
    const index = isTuple ? tupleIndex(result.instruction) : 0;
    const operand = instruction.opcode.endsWith('-start') || index < 0 ? undefined : flow.operand(place, index);
    const bytes = Math.max(
      shapeBytes(result.instruction.shape),
      operand === undefined ? 0 : shapeBytes(operand.instruction.shape),
    );
    return {
      bytes,
      isSliced: kind === 'all-reduce' && isOnlySliced(result, parts, flow),
      promotedBytes: isPromotedHalf(place, operand, result, flow) ? bytes : 0,
    };
  });
}

/** Shapes of the operands: as printed with them, else looked up. */
function operandShapes(instruction: HloInstruction, computation: HloComputation): string[] {
  return operandNames(instruction).flatMap(name => {
    const operand = computation.instructions.get(name);
    return operand === undefined ? [] : [operand.shape];
  });
}

/** Shapes of what arrives. A start's tuple holds operands, results and context; that of all-reduce only results. */
function resultShapes(instruction: HloInstruction, kind: CollectiveKind): string[] {
  const elements = tupleElements(instruction.shape);
  if (!instruction.opcode.endsWith('-start') || kind === 'all-reduce' || elements.length < 2) return elements;
  return tupleElements(elements[1]);
}

function readGroups(instruction: HloInstruction, kind: CollectiveKind, mesh: NamedAxes): number[][] {
  if (kind === 'collective-permute') return readPairs(attributeText(instruction, 'source_target_pairs') ?? '');
  const devices = mesh.axes.reduce((product, axis) => product * axis.size, 1);
  const text = attributeText(instruction, 'replica_groups') ?? '{}';
  const groups = readReplicaGroups(text, devices);
  if (groups === undefined) throw new Error(`internal: replica groups not understood: ${text.slice(0, 200)}`);
  return groups;
}

/** Turns logical devices into positions in the mesh. */
function placeGroups(groups: number[][], deviceIds: readonly number[] | undefined): number[][] {
  if (deviceIds === undefined) return groups;
  const positions = new Map(deviceIds.map((device, position) => [device, position]));
  return groups.map(group => group.map(device => positions.get(device) ?? device));
}
