import { diagnosticError } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import type { Program } from '../ir/index.ts';
import { parsePlan, planByPins, planDecided, type SplitProgram, validatePlan } from '../plan/index.ts';
import { checkMeshDevices } from '../sharding/index.ts';
import { type PlacementOptions, readPlacement, readText } from './placement.ts';

export interface SplitOptions extends PlacementOptions {
  /** A plan file; it takes the place of mesh, pins and strategy. */
  readonly plan?: string;
}

/** Splits a program as the options say; undefined where they leave it whole. `inlined` has the calls inlined. */
export async function splitProgram(
  options: SplitOptions,
  program: Program,
  inlined: Program,
): Promise<SplitProgram | undefined> {
  if (options.plan === undefined) {
    const placement = await readPlacement(options);
    return placement === undefined ? undefined : planByPins(program, inlined, placement);
  }
  if (
    options.mesh !== undefined ||
    options.pins !== undefined ||
    options.strategy !== undefined ||
    options.pin?.length
  ) {
    throw diagnosticError('SK9003', {
      message: '--plan decides everything; it goes with no other placement',
      next: 'leave --mesh, --pin, --pins and --strategy away',
    });
  }
  const source = { file: options.plan, text: await readText(options.plan) };
  const plan = parsePlan(source.text, source.file);
  const resolved = validatePlan(plan, program, inlined, source);
  const cluster = parseCluster(options.cluster ?? plan.cluster);
  checkMeshDevices(resolved.ground.mesh, cluster.devices);
  return planDecided(program, cluster, resolved);
}
