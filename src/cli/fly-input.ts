import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type AirNetwork,
  type AirspaceProblem,
  expandAirMatrix,
  expandExplicit,
  type FileSource,
  type FlightPlan,
  type Frame,
  type NetworkSource,
  parseAirspaceProblem,
  parseFlightPlan,
  parseGeojsonNetwork,
  parseGraphml,
} from '../airspace/index.ts';
import { diagnosticError } from '../base/index.ts';
import { readText } from './placement.ts';

/** Reads an airspace problem and makes its network; one of a file is looked for beside the problem file. */
export async function readAirspaceFile(path: string): Promise<AirspaceProblem> {
  const text = await readText(path);
  return parseAirspaceProblem(text, path, (source, frame) => expandSource(source, frame, path));
}

/** Reads a plan, and throws SK6014 where it is of another problem. */
export async function readPlanFile(path: string, problem: AirspaceProblem): Promise<FlightPlan> {
  const plan = parseFlightPlan(await readText(path), path);
  for (const [what, actual, expected] of [
    ['problem', plan.problem, problem.name],
    ['epoch', plan.epoch, problem.epoch],
  ]) {
    if (actual === expected) continue;
    throw diagnosticError('SK6014', {
      message: `${path} is a plan of ${what} ${JSON.stringify(actual)}`,
      expected: `${what} ${JSON.stringify(expected)}`,
      next: 'name the problem file that the plan was made of, or plan this one',
    });
  }
  return plan;
}

function expandSource(source: NetworkSource, frame: Frame, problemPath: string): AirNetwork {
  switch (source.kind) {
    case 'graph':
      return expandExplicit(source);
    case 'airmatrix':
      return expandAirMatrix(source);
    case 'file':
      return readNetworkFile(source, frame, resolve(dirname(problemPath), source.path));
    default:
      throw new Error(`internal: a network of kind ${(source satisfies never as NetworkSource).kind}`);
  }
}

/** A GraphML or GeoJSON file, by how its text begins. */
function readNetworkFile(source: FileSource, frame: Frame, file: string): AirNetwork {
  const text = readWhole(file, source.path);
  const start = text.trimStart()[0];
  if (start === '<') return parseGraphml(text, file);
  if (start !== '{') {
    throw diagnosticError('SK6001', {
      message: `network.path, ${source.path}, is neither GraphML nor GeoJSON`,
      next: 'name a GraphML file in metres or a GeoJSON file in degrees',
    });
  }
  if (frame.kind !== 'tangent') {
    throw diagnosticError('SK6107', {
      message: `network.path, ${source.path}, is GeoJSON, whose places are on the Earth; the frame is a plane`,
      next: 'write "frame": {"kind": "tangent", "longitude": 103.8, "latitude": 1.35} with an origin near these places',
    });
  }
  const { levels, geoidSeparationMetres } = source;
  return parseGeojsonNetwork(text, {
    frame,
    file,
    ...(levels === undefined ? {} : { levels }),
    ...(geoidSeparationMetres === undefined ? {} : { geoidSeparationMetres }),
  });
}

function readWhole(file: string, path: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw diagnosticError('SK9001', {
      message: `network.path, ${path}, cannot be read: ${why}`,
      next: 'give a path from the folder of the problem file',
    });
  }
}
