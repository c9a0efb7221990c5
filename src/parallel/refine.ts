import type { Diagnostic } from '../base/index.ts';
import { formatMesh } from '../sharding/index.ts';
import { type IntegerEffort, type IntegerTrace, searchIntegers } from './search/integer-search.ts';
import type { MeshOutcome, MeshPlan, SearchBase } from './search/mesh-search.ts';
import type { ChoiceRules } from './space.ts';

/** A mesh that has been searched. Those that cover the space bound it. */
export interface SearchedMesh {
  readonly outcome: MeshOutcome;
  readonly covers: boolean;
}

export interface RefineOptions {
  readonly rules: ChoiceRules;
  readonly effort: IntegerEffort;
  readonly timeLimitSeconds: number;
  readonly trace?: (entry: IntegerTrace) => void;
  /** Where the thread of the solver is found; for tests. */
  readonly solver?: URL;
}

/** What integer programs made of meshes. */
export interface Refined<Mesh extends SearchedMesh> {
  /** The same meshes in the same order, some with better bounds and plans. */
  readonly meshes: readonly Mesh[];
  readonly programs: number;
  readonly warnings: readonly Diagnostic[];
}

/** With less time than this no further mesh is begun: its model alone takes as long. */
const leastSeconds = 0.2;

/**
 * Solves the integer programs of those meshes on which a plan that takes fewer seconds than the best is possible: those
 * that cover the space first, of these the finest, of these the one with the least bound. The time is shared alike among
 * those that are left. Meshes that cover nothing have plans that finer ones have as well, so they are left out once these
 * are done. Where the solver fails, what was known stands.
 */
export async function refineMeshes<Mesh extends SearchedMesh>(
  base: SearchBase,
  searched: readonly Mesh[],
  bestSeconds: number,
  { rules, effort, timeLimitSeconds, trace, solver }: RefineOptions,
): Promise<Refined<Mesh>> {
  const start = performance.now();
  const meshes = [...searched];
  const order = meshes.map((_, index) => index).sort((a, b) => byPromise(meshes[a], meshes[b]));
  let [enough, programs] = [bestSeconds, 0];
  const isOpen = (index: number): boolean => meshes[index].outcome.bound < enough * (1 - 1e-7);
  for (const [place, index] of order.entries()) {
    const { outcome, covers } = meshes[index];
    const left = timeLimitSeconds - (performance.now() - start) / 1000;
    const waiting = order.slice(place).filter(other => isOpen(other) && meshes[other].covers === covers);
    if (
      !isOpen(index) ||
      left < leastSeconds ||
      (!covers && !order.some(other => meshes[other].covers && isOpen(other)))
    )
      continue;
    const known = outcome.best ?? outcome.free;
    const fits = outcome.best !== undefined;
    const share = left / waiting.length;
    const found = await searchIntegers({
      base,
      rules,
      effort,
      known,
      fits,
      enough,
      bound: outcome.bound,
      timeLimitSeconds: share,
      ...(trace === undefined ? {} : { trace }),
      ...(solver === undefined ? {} : { solver }),
    });
    programs += found.programs;
    enough = Math.min(enough, found.seconds);
    const refined = { ...outcome, bound: Math.max(outcome.bound, found.bound), best: found.best ?? outcome.best };
    meshes[index] = { ...meshes[index], outcome: refined };
    if (found.failure !== undefined) return { meshes, programs, warnings: [failed(known, found.failure)] };
  }
  return { meshes, programs, warnings: [] };
}

function byPromise(a: SearchedMesh, b: SearchedMesh): number {
  const axes = ({ outcome }: SearchedMesh): number => outcome.free.candidate.mesh.axes.length;
  return Number(b.covers) - Number(a.covers) || axes(b) - axes(a) || a.outcome.bound - b.outcome.bound;
}

function failed({ candidate }: MeshPlan, why: string): Diagnostic {
  return {
    code: 'SK2305',
    severity: 'warning',
    message: `the integer program of the mesh ${formatMesh(candidate.mesh)} was not solved: ${why}`,
    expected: 'an answer of HiGHS',
    next: 'the plan stands as it was found before; a mesh of fewer axes (--mesh) has a smaller program',
  };
}
