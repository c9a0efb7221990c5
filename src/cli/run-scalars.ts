import type { BufferId, Engine, HostTensor } from '../engine/index.ts';
import type { Func } from '../ir/index.ts';

/** The scalar results of a run by name: losses, counters. What a person looks at first. */
export async function readScalars(
  engine: Engine,
  outputs: readonly BufferId[],
  func: Func,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const scalars: Record<string, number> = {};
  for (const [index, { type }] of func.results.entries()) {
    if (type.kind !== 'tensor' || type.shape.length > 0) continue;
    const value = scalarValue(await engine.get(outputs[index]));
    if (value !== undefined) scalars[names[index]] = value;
  }
  return scalars;
}

/** The number in a scalar tensor; undefined for types without a plain number, such as complex ones. */
function scalarValue({ dtype, data }: HostTensor): number | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (dtype) {
    case 'f64':
      return view.getFloat64(0, true);
    case 'f32':
      return view.getFloat32(0, true);
    case 'bf16': {
      const wide = new DataView(new ArrayBuffer(4));
      wide.setUint16(2, view.getUint16(0, true), true);
      return wide.getFloat32(0, true);
    }
    case 'i64':
      return Number(view.getBigInt64(0, true));
    case 'i32':
      return view.getInt32(0, true);
    case 'ui32':
      return view.getUint32(0, true);
    case 'i1':
      return view.getUint8(0);
    default:
      return undefined;
  }
}
