import { formatSeconds } from '../base/index.ts';
import {
  explainPlan,
  lintPlan,
  type PlanExplanation,
  type PlanSubject,
  type ProgramSubject,
  planSubject,
  trafficReasons,
} from '../explain/index.ts';
import type { Program } from '../ir/index.ts';
import { planByPins, type SplitProgram } from '../plan/index.ts';
import { readPins, readPlacement } from './placement.ts';
import type { SearchedPlan, SearchOptions } from './plan-search.ts';
import { formatPlanTables } from './plan-tables.ts';

/** Explains the plan that a command came to; `found` is the search that it came from, if any. */
export function explainSplit(
  subject: PlanSubject,
  options: SearchOptions,
  found: SearchedPlan | undefined,
): PlanExplanation {
  return explainPlan(subject, {
    ...(options.memory === undefined ? {} : { memoryLimitBytes: options.memory }),
    ...(found?.second === undefined ? {} : { second: found.second }),
  });
}

/** What `--explain` adds. A plan from pins, and pins within which was searched, are looked through for oddities. */
export async function formatDetails(
  subject: PlanSubject,
  options: SearchOptions & { readonly plan?: string },
  program: { readonly loaded: Program; readonly inlined: Program; readonly known: ProgramSubject },
  explanation: PlanExplanation,
  found: SearchedPlan | undefined,
): Promise<string> {
  const { memoryLimitBytes, plan } = explanation;
  const reasons = trafficReasons(subject);
  const isPinned = options.plan === undefined && (options.pins !== undefined || (options.pin?.length ?? 0) > 0);
  if (!isPinned) return formatPlanTables(plan.inputs, reasons, undefined);
  const { pins } = await readPins(options);
  if (found === undefined) return formatPlanTables(plan.inputs, reasons, lintPlan(subject, pins, memoryLimitBytes));
  const pinned = await splitByPins(options, program.loaded, program.inlined);
  if (pinned === undefined) return formatPlanTables(plan.inputs, reasons, undefined);
  const findings = lintPlan(planSubject(program.known, pinned), pins, memoryLimitBytes);
  return `${formatPlanTables(plan.inputs, reasons, findings)}\n${formatAgainstSearch(pinned, explanation)}`;
}

/** The program split as the pins say, by propagation alone; undefined where they name no mesh. */
async function splitByPins(
  options: SearchOptions,
  program: Program,
  inlined: Program,
): Promise<SplitProgram | undefined> {
  const { mesh } = await readPins(options);
  const placement = mesh === undefined ? undefined : await readPlacement(options);
  return placement === undefined ? undefined : planByPins(program, inlined, placement);
}

/** How far propagation alone is from what the search found within the same pins. */
function formatAgainstSearch({ plan }: SplitProgram, { plan: searched }: PlanExplanation): string {
  const seconds = plan.predicted.stepSeconds;
  const best = searched.predicted.stepSeconds;
  const bound = searched.search?.bound ?? 0;
  const over = (least: number): string => (least > 0 ? `${(seconds / least).toFixed(2)} times` : 'beyond');
  return [
    `These pins by propagation alone: a step of ${formatSeconds(seconds)}, ${over(best)} the ${formatSeconds(best)} found within them`,
    `  and ${over(bound)} the ${formatSeconds(bound)} that no plan within them beats`,
  ].join('\n');
}
