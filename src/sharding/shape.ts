import { type Diagnostic, diagnosticError } from '../base/index.ts';
import { elementBits, elementCount, type TensorType } from '../ir/index.ts';
import { formatMesh, type Mesh } from './mesh.ts';
import { type AxisPart, formatAxisPart, formatSharding, type Sharding } from './notation.ts';

/** Number of pieces that one axis or sub-axis makes. Throws SK2005 for an axis that the mesh does not have. */
export function axisPartSize(mesh: Mesh, part: AxisPart): number {
  const axis = mesh.axes.find(candidate => candidate.name === part.axis);
  if (axis === undefined) {
    throw diagnosticError('SK2005', {
      message: `the mesh ${formatMesh(mesh)} has no axis \`${part.axis}\``,
      next: `use one of ${mesh.axes.map(candidate => candidate.name).join(', ')}, or add the axis to the mesh`,
    });
  }
  if (part.sub === undefined) return axis.size;
  const { before, size } = part.sub;
  if (axis.size % (before * size) !== 0) {
    throw diagnosticError('SK2005', {
      message: `\`${formatAxisPart(part)}\` is no part of axis ${axis.name} of size ${axis.size}`,
      expected: `a sub-axis a:(m)k where m times k divides ${axis.size}`,
      next: 'correct the sub-axis',
    });
  }
  return size;
}

/** Number of pieces into which axes cut a dimension. */
export function piecesOf(mesh: Mesh, axes: readonly AxisPart[]): number {
  return axes.reduce((product, part) => product * axisPartSize(mesh, part), 1);
}

/** Shape of the piece that one device holds. The sharding must be even. */
export function localShape(shape: readonly number[], sharding: Sharding, mesh: Mesh): readonly number[] {
  return shape.map((size, index) => {
    const pieces = piecesOf(mesh, sharding.dimensions[index].axes);
    if (size % pieces !== 0) throw new Error(`internal: ${pieces} pieces of dimension ${index} of ${shape.join('x')}`);
    return size / pieces;
  });
}

/** Bytes of the piece that one device holds, rounded up to a whole byte. */
export function localBytes(type: TensorType, sharding: Sharding, mesh: Mesh): number {
  return Math.ceil((elementCount(localShape(type.shape, sharding, mesh)) * elementBits(type.element)) / 8);
}

/** Everything wrong with placing a tensor so; empty when it is fine. `what` names the tensor in the messages. */
export function shardingDiagnostics(what: string, type: TensorType, sharding: Sharding, mesh: Mesh): Diagnostic[] {
  const text = formatSharding(sharding);
  if (sharding.dimensions.length !== type.shape.length) {
    const braces = `[${type.shape.map(() => '{}').join(', ')}]`;
    return [
      {
        code: 'SK2008',
        severity: 'error',
        message: `${what}: \`${text}\` has ${sharding.dimensions.length} dimensions, but the tensor is ${type.shape.join('x')} and has ${type.shape.length}`,
        next: `write one pair of braces per dimension, like ${braces}`,
      },
    ];
  }
  return [...repeatedAxes(what, text, sharding, mesh), ...unevenDimensions(what, text, type, sharding, mesh)];
}

function repeatedAxes(what: string, text: string, sharding: Sharding, mesh: Mesh): Diagnostic[] {
  const parts = [...sharding.dimensions.flatMap(dimension => dimension.axes), ...sharding.unreduced];
  const taken: { axis: string; start: number; end: number }[] = [];
  for (const part of parts) {
    const size = axisPartSize(mesh, part);
    const start = part.sub?.before ?? 1;
    const range = { axis: part.axis, start, end: start * size };
    if (taken.some(other => other.axis === range.axis && other.start < range.end && range.start < other.end)) {
      return [
        {
          code: 'SK2006',
          severity: 'error',
          message: `${what}: \`${text}\` uses the axis ${formatAxisPart(part)} twice`,
          next: 'use each mesh axis for at most one dimension of a tensor',
        },
      ];
    }
    taken.push(range);
  }
  return [];
}

function unevenDimensions(what: string, text: string, type: TensorType, sharding: Sharding, mesh: Mesh): Diagnostic[] {
  return type.shape.flatMap((size, index): Diagnostic[] => {
    const pieces = piecesOf(mesh, sharding.dimensions[index].axes);
    if (size % pieces === 0) return [];
    const padded = Math.ceil(size / pieces) * pieces;
    return [
      {
        code: 'SK2004',
        severity: 'error',
        message: `${what}: \`${text}\` cuts dimension ${index} of size ${size} into ${pieces} pieces, which is uneven`,
        expected: `a size that ${pieces} divides; the next one is ${padded}`,
        next: `pad dimension ${index} to ${padded} where the program is exported, or leave it whole`,
      },
    ];
  });
}
