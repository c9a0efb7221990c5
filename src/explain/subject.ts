import { type ArgumentRole, argumentRoles, type Cluster, parseCluster } from '../cost/index.ts';
import type { Program } from '../ir/index.ts';
import { type Fold, foldProgram } from '../parallel/index.ts';
import type { Plan, SplitProgram } from '../plan/index.ts';
import {
  type ArgumentDimension,
  type DimensionClass,
  DimensionFollower,
  findBatch,
  type Layout,
  layoutOf,
  type Mesh,
  type ProgramFacts,
  type Propagation,
  programFacts,
} from '../sharding/index.ts';
import { ValueFlow } from './flow.ts';
import { Names } from './names.ts';

/** A plan with everything that its explanation asks about: who is what, and where values come from. */
export interface PlanSubject extends ProgramFacts {
  readonly plan: Plan;
  readonly placed: Propagation;
  readonly mesh: Mesh;
  readonly cluster: Cluster;
  readonly fold: Fold;
  readonly flow: ValueFlow;
  readonly names: Names;
  /** By argument: what it is, its layout, and its bytes on all devices together as one whole. */
  readonly roles: readonly ArgumentRole[];
  readonly layouts: readonly Layout[];
  /** By argument: for optimizer state the parameter that it helps to update, else -1. */
  readonly ownerOf: readonly number[];
  /** What of each value is the batch, and what the sequence, where the data has rows of tokens. */
  readonly batch: DimensionClass;
  readonly sequence: DimensionClass;
}

/** What is the same for every plan of a program. */
export type ProgramSubject = Pick<
  PlanSubject,
  keyof ProgramFacts | 'fold' | 'flow' | 'names' | 'roles' | 'ownerOf' | 'batch' | 'sequence'
>;

/** Looks at an inlined program once, for the explanations of its plans. */
export function programSubject(inlined: Program, fold: Fold = foldProgram(inlined)): ProgramSubject {
  const facts = programFacts(inlined);
  const { func, operations } = facts;
  const roles = argumentRoles(func);
  const flow = new ValueFlow(func);
  const parameters = roles.flatMap((role, index) => (role === 'parameter' ? [index] : []));
  const ownerOf = func.arguments.map(({ value }, index) => {
    if (roles[index] !== 'optimizer state') return -1;
    return flow.updated(value).find(other => roles[other] === 'parameter') ?? -1;
  });
  const names = new Names(func, fold, operations, parameters);
  return { ...facts, fold, flow, names, roles, ownerOf, ...dataClasses(facts) };
}

/** Follows the batch and, where some data has rows of tokens, the sequence through a program. */
function dataClasses({ func, facts }: ProgramFacts): Pick<PlanSubject, 'batch' | 'sequence'> {
  const follower = new DimensionFollower(func, facts.rule);
  const found = findBatch(func, facts, follower)?.dimensions ?? [];
  const follow = (start: ArgumentDimension | undefined): DimensionClass =>
    start === undefined ? new Map() : follower.follow(start.argument, start.dimension);
  const rows = found.find(({ argument, dimension }) => {
    const type = func.valueTypes[func.arguments[argument].value];
    return type.kind === 'tensor' && dimension === 0 && type.shape.length === 2 && /^u?i\d/.test(type.element);
  });
  return { batch: follow(found[0]), sequence: follow(rows === undefined ? undefined : { ...rows, dimension: 1 }) };
}

/** A plan of a program, ready to be explained. */
export function planSubject(program: ProgramSubject, split: SplitProgram): PlanSubject {
  const { plan, placed, mesh } = split;
  const layouts = placed.arguments.map(sharding => layoutOf(placed.grid, sharding));
  return { ...program, plan, placed, mesh, cluster: parseCluster(plan.cluster), layouts };
}
