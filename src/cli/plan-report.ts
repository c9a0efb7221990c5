import { formatBytes, formatSeconds } from '../base/index.ts';
import {
  type BlockExplanation,
  explainProfile,
  type PlanExplanation,
  type PlanSubject,
  percent,
  type TrafficGroup,
} from '../explain/index.ts';
import { formatTransform } from '../parallel/index.ts';
import type { AxisTraffic, PlanBlock, PlanReport, StepBar } from '../report/index.ts';
import { argumentPlacement } from './run-report.ts';

/** Groups of collectives that the page lists. */
const listedTraffic = 10;

/** The page's view of a plan. */
export function planReport(subject: PlanSubject, explanation: PlanExplanation): PlanReport {
  const { plan, traffic, second, memoryLimitBytes } = explanation;
  const profile = explainProfile(subject);
  return {
    title: plan.program.file,
    facts: factsOf(explanation),
    mesh: plan.mesh.axes.map(([name, size]) => ({ name, size })),
    axes: explanation.axes.map(({ name, size, links, cuts }) => ({
      name: `${name} = ${size}`,
      text: `${links.length === 0 ? '' : `over ${links.join(' and ')} `}cuts ${cuts.length === 0 ? 'nothing' : cuts.join(', ')}`,
    })),
    blocks: explanation.blocks.map(block => reportBlock(subject, block, explanation.blocks.length > 1)),
    traffic: trafficByAxis(traffic),
    longest: traffic.slice(0, listedTraffic),
    memory: {
      constant: profile.arguments.map(({ kind, bytesPerDevice }) => ({ kind, bytes: bytesPerDevice })),
      changing: { kind: 'temporaries and outputs', bytes: [...profile.transientBytes] },
      peakStep: profile.peakStep,
      peakPlace: profile.peakPlace,
      largest: profile.largest,
      marks: profile.marks,
      limitBytes: memoryLimitBytes,
    },
    steps: [stepBar('this plan', plan.predicted), ...(second === undefined ? [] : [stepBar('next best', second)])],
    ...(plan.search === null ? {} : { boundSeconds: plan.search.bound }),
    notes: notesOf(explanation),
  };
}

function factsOf({ plan, memoryLimitBytes }: PlanExplanation): PlanReport['facts'] {
  const memory = plan.memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
  const facts = {
    cluster: plan.cluster,
    mesh: plan.mesh.axes.map(([name, size]) => `${name}=${size}`).join(','),
    ...(plan.transform === undefined ? {} : { program: formatTransform(plan.transform) }),
    step: formatSeconds(plan.predicted.stepSeconds),
    memory: `${formatBytes(memory)} of ${formatBytes(memoryLimitBytes)}`,
    ...(plan.search === null
      ? {}
      : { bound: formatSeconds(plan.search.bound), gap: `${(100 * plan.search.gap).toFixed(1)} %` }),
  };
  return Object.entries(facts).map(([label, value]) => ({ label, value }));
}

function notesOf({ plan, second }: PlanExplanation): string[] {
  const space = plan.search?.space;
  const searched =
    space === undefined
      ? []
      : [
          `Found among 10^${Math.round(space.assignmentsLog10)} assignments on this mesh; ${space.meshes} meshes of ${space.meshesInAll} were searched`,
          ...space.pruned.map(({ meshes, why }) => `${meshes} meshes were left out: ${why}`),
        ];
  if (second === undefined) return searched;
  const { mesh, stepSeconds, memoryBytes, differences } = second;
  const slower = stepSeconds / plan.predicted.stepSeconds - 1;
  const change = `${percent(Math.abs(slower))} ${slower < 0 ? 'less' : 'more'}`;
  const told = differences.slice(0, 5).map(({ name, here, there }) => `${name} ${there} in place of ${here}`);
  return [
    ...searched,
    `Next best: mesh ${mesh}, ${formatSeconds(stepSeconds)} (${change}), about ${formatBytes(memoryBytes)} a device`,
    ...(told.length === 0 ? [] : [`There ${told.join('; ')}`]),
  ];
}

/** A step as computing, and the moving that is not hidden behind it. */
function stepBar(
  label: string,
  { stepSeconds, computeSeconds }: { readonly stepSeconds: number; readonly computeSeconds: number },
): StepBar {
  return {
    label,
    parts: [
      { kind: 'computing', seconds: computeSeconds },
      { kind: 'moving', seconds: stepSeconds - computeSeconds },
    ],
  };
}

/** A block with its arguments; optimizer state that lies as its weights do is not drawn once more. */
function reportBlock(subject: PlanSubject, block: BlockExplanation, isOneOfSeveral: boolean): PlanBlock {
  const { plan, ownerOf, names } = subject;
  const { inputs } = plan;
  const isTold = (index: number): boolean =>
    ownerOf[index] < 0 || inputs[index].sharding !== inputs[ownerOf[index]].sharding;
  const rest = isOneOfSeveral ? 'Outside of blocks' : 'Where the arguments lie';
  return {
    title: block.name === '' ? rest : `${block.name} x ${block.repeats}`,
    products: block.products.map(
      ({ cut, count, flopsShare }) =>
        `${cut}: ${count} ${count === 1 ? 'product' : 'products'}, ${percent(flopsShare)} of the FLOPs`,
    ),
    placements: block.arguments
      .filter(isTold)
      .map(index => ({ ...argumentPlacement(inputs[index]), name: names.argument(index) })),
  };
}

function trafficByAxis(traffic: readonly TrafficGroup[]): AxisTraffic[] {
  const axes = new Map<string, Map<string, { bytes: number; seconds: number }>>();
  for (const { axis, kind, bytes, seconds } of traffic) {
    const kinds = axes.get(axis) ?? new Map<string, { bytes: number; seconds: number }>();
    axes.set(axis, kinds);
    const known = kinds.get(kind) ?? { bytes: 0, seconds: 0 };
    kinds.set(kind, { bytes: known.bytes + bytes, seconds: known.seconds + seconds });
  }
  return [...axes].map(([axis, kinds]) => ({ axis, parts: [...kinds].map(([kind, sum]) => ({ kind, ...sum })) }));
}
