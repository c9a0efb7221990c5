import { deviceMemoryBytes } from '../parallel/index.ts';
import type { Plan } from '../plan/index.ts';
import { type AxisExplanation, explainAxes } from './axes.ts';
import { type BlockExplanation, explainBlocks } from './blocks.ts';
import type { Alternative } from './second.ts';
import type { PlanSubject } from './subject.ts';
import { groupTraffic, type TrafficGroup } from './traffic.ts';

/** A plan in the words of its program: what people ask about it. Plain data. */
export interface PlanExplanation {
  readonly plan: Plan;
  readonly axes: readonly AxisExplanation[];
  readonly blocks: readonly BlockExplanation[];
  /** Most seconds first. */
  readonly traffic: readonly TrafficGroup[];
  /** What one device may use. */
  readonly memoryLimitBytes: number;
  readonly second?: Alternative;
}

/** What is known of a plan beside itself. */
export interface ExplanationContext {
  /** What one device may use; the memory of a device where it is left out. */
  readonly memoryLimitBytes?: number;
  readonly second?: Alternative;
}

/** Explains a plan. */
export function explainPlan(subject: PlanSubject, context: ExplanationContext = {}): PlanExplanation {
  return {
    plan: subject.plan,
    axes: explainAxes(subject),
    blocks: explainBlocks(subject),
    traffic: groupTraffic(subject),
    memoryLimitBytes: context.memoryLimitBytes ?? deviceMemoryBytes(subject.cluster),
    ...(context.second === undefined ? {} : { second: context.second }),
  };
}
