import {
  blockedKinds,
  type CurvePoint,
  type ExperimentCurve,
  type ExperimentGround,
  type ExperimentParameters,
  type ExperimentSummary,
} from '../airspace/index.ts';
import type { ExperimentLine, ExperimentPanel, ExperimentReport, ExperimentTable } from '../report/index.ts';
import {
  blockedWords,
  densityUnit,
  findingsOf,
  formatEstimate,
  modeNames,
  panelName,
  shortNames,
} from './fly-experiment-words.ts';

/** All that is known of a finished experiment. */
export interface FinishedExperiment {
  readonly parameters: ExperimentParameters;
  readonly ground: Pick<ExperimentGround, 'name' | 'squareKilometres' | 'network'>;
  readonly summary: ExperimentSummary;
  /** The command that ran it. */
  readonly command: string;
}

/** The page of an experiment in the types of the page. */
export function experimentReport(experiment: FinishedExperiment): ExperimentReport {
  const { parameters, summary } = experiment;
  const zoneSets = [...new Set(summary.curves.map(({ zones }) => zones))];
  return {
    title: 'Where does the sky saturate?',
    facts: factsOf(experiment),
    findings: findingsOf(summary.curves),
    unit: densityUnit,
    panels: zoneSets.map(zones => panelOf(zones, summary)),
    kinds: blockedKinds.map(kind => ({ kind, meaning: blockedWords[kind] })),
    tables: [
      boundaryTable(summary),
      ...zoneSets.map(zones => figureTable(zones, summary)),
      parameterTable(parameters, experiment),
    ],
  };
}

function factsOf({ parameters, ground, command }: FinishedExperiment): ExperimentReport['facts'] {
  const { seeds, padsPerSquareKilometre, serviceSeconds, windowSeconds } = parameters;
  const pads = Math.max(2, Math.round(padsPerSquareKilometre * ground.squareKilometres));
  return [
    { label: 'network', value: ground.name },
    { label: 'area', value: `${ground.squareKilometres.toFixed(0)} km²` },
    { label: 'pads', value: `${pads}, held ${serviceSeconds} s each time` },
    { label: 'window', value: `${windowSeconds} s` },
    { label: 'seeds', value: `${seeds.length}` },
    { label: 'command', value: command },
  ];
}

function panelOf(zones: boolean, { curves }: ExperimentSummary): ExperimentPanel {
  const mine = curves.filter(curve => curve.zones === zones);
  const [first] = mine;
  return {
    title: panelName(zones),
    lines: mine.map(lineOf),
    bounds: first === undefined ? [] : boundsOf(first),
  };
}

function boundsOf({ points }: ExperimentCurve): ExperimentPanel['bounds'] {
  return [
    {
      name: 'what pads have time for, what gets through the air, and who could be served alone, whichever is least',
      points: points.map(({ density, bound, asked }) => ({ density, share: bound / asked })),
    },
    {
      name: 'who could be served alone in the sky',
      points: points.map(({ density, flyable, asked }) => ({ density, share: flyable / asked })),
    },
  ];
}

function lineOf({ mode, points, boundary }: ExperimentCurve): ExperimentLine {
  const [low, high] = boundary.interval;
  return {
    name: modeNames[mode],
    points: points.map(point => ({
      density: point.density,
      share: point.served / point.asked,
      low: point.interval[0],
      high: point.interval[1],
      seeds: point.shares,
      milliseconds: point.cpuMilliseconds,
      refused: blockedKinds.map(kind => ({ kind, share: point.blocked[kind] / point.asked })),
    })),
    ...(Number.isFinite(boundary.value) ? { boundary: { density: boundary.value, low, high } } : {}),
  };
}

function boundaryTable({ curves }: ExperimentSummary): ExperimentTable {
  return {
    title: 'Boundaries',
    introduction:
      `In ${densityUnit}, with 95 % intervals by the bootstrap over seeds. A curve ` +
      '1 / (1 + (density / half)^steepness) is fitted to those served among those who could be served alone; the ' +
      'boundary is where it falls most. Counted densities are read off straight lines between what was counted. ' +
      'Nothing is extrapolated beyond what was run. Off: the largest distance of the curve from a counted share. ' +
      'Likelier: how much likelier the counts are under this curve than under a logistic curve of the density ' +
      'itself, as a logarithm.',
    columns: [
      'planned',
      'boundary',
      ...['95 %', '90 %', '50 %'].flatMap(share => [`${share} counted`, `${share} fitted`]),
      'steepness',
      '% off',
      'likelier',
    ],
    rows: curves.map(curve => {
      const densities = curve.points.map(({ density }) => density);
      const { fit, misfit, otherFit } = curve;
      return [
        `${shortNames[curve.mode]}, ${panelName(curve.zones)}`,
        formatEstimate(curve.boundary, densities),
        ...curve.falls.flatMap(({ counted, fitted }) => [
          formatEstimate(counted, densities),
          formatEstimate(fitted, densities),
        ]),
        fit === undefined ? '' : fit.steepness.toFixed(2),
        misfit === undefined ? '' : (100 * misfit).toFixed(1),
        fit === undefined || otherFit === undefined
          ? ''
          : `${Math.round(fit.logLikelihood - otherFit.logLikelihood) + 0}`,
      ];
    }),
  };
}

function figureTable(zones: boolean, { curves }: ExperimentSummary): ExperimentTable {
  const mine = curves.filter(curve => curve.zones === zones);
  return {
    title: `Figures ${panelName(zones)}`,
    introduction:
      'All seeds together. Alone: could be served if nobody else flew. Pads, lanes, bound: most that any plan ' +
      'serves, by what pads have time for, by what gets through the air, by all. Rescued: served of what first ' +
      'come, first served refuses; of open: of what it refuses and the bound leaves open. Delayed, and by how much ' +
      'on the average of those who are served: beyond what they would cost alone. Milliseconds of a processor and ' +
      'expansions are for each request. Held: share of the window in which pads are, all of them and the busiest.',
    columns: [
      'density',
      'asked',
      'served',
      '% [95 %]',
      '% alone',
      '% pads',
      '% lanes',
      '% bound',
      '% rescued',
      '% of open',
      'delayed',
      'delay s',
      'proved',
      'gave up',
      'ms',
      'expansions',
      '% held',
      '% busiest',
    ],
    rows: (mine[0]?.points ?? []).flatMap((_, index) =>
      mine.flatMap(({ mode, points }) => {
        const point = points[index];
        return point === undefined ? [] : [[`${point.density}, ${shortNames[mode]}`, ...figuresOf(point)]];
      }),
    ),
  };
}

function figuresOf(point: CurvePoint): string[] {
  const { asked, served, interval, rescued, rescuedOfOpen, delayed, proved, gaveUp } = point;
  const percent = (share: number): string => (100 * share).toFixed(1);
  return [
    `${asked}`,
    `${served}`,
    `${percent(served / asked)} [${interval.map(percent).join(', ')}]`,
    ...[point.flyable, point.padBound, point.laneBound, point.bound].map(count => percent(count / asked)),
    rescued === undefined ? '' : percent(rescued),
    rescuedOfOpen === undefined ? '' : percent(rescuedOfOpen),
    `${delayed}`,
    point.meanDelaySeconds.toFixed(1),
    `${proved}`,
    `${gaveUp}`,
    point.cpuMilliseconds.toPrecision(3),
    `${Math.round(point.expansions)}`,
    percent(point.padShare),
    percent(point.busiestPadShare),
  ];
}

function parameterTable(parameters: ExperimentParameters, { ground }: FinishedExperiment): ExperimentTable {
  const { classes, zones, prices, separation, sideMetres } = parameters;
  const list = (values: readonly (number | string)[]): string => values.join(', ');
  const range = ([least, most]: readonly [number, number], unit: string): string => `${least} to ${most} ${unit}`;
  const { x, edgeTargets } = ground.network;
  const rows = [
    ['network', `${ground.name}: ${x.length} vertices, ${edgeTargets.length} edges`],
    ['area', `${ground.squareKilometres} km²${parameters.network === 'singapore' ? '' : `, ${list(sideMetres)} m`}`],
    ['cells and layers', `${parameters.cellMetres} m; ${list(parameters.layerHeights)} m above mean sea level`],
    ...classes.map(vehicle => [
      `class ${vehicle.name}, as likely as the others`,
      `${vehicle.speedMetresPerSecond} m/s, climbs ${vehicle.climbMetresPerSecond} and descends ` +
        `${vehicle.descentMetresPerSecond} m/s, radius ${vehicle.radiusMetres} m, ` +
        `half-height ${vehicle.halfHeightMetres} m` +
        (vehicle.airSeconds === undefined ? '' : `, at most ${vehicle.airSeconds} s in the air`),
    ]),
    ['separation beside these', `${separation.bufferMetres} m, ${separation.bufferSeconds} s`],
    ['a second costs', `${prices.ground} on the ground, ${prices.hover} hovering, 1 moving`],
    [
      'pads',
      `${parameters.padsPerSquareKilometre} per km², at least ${parameters.padsApartMetres} m apart, held ` +
        `${parameters.serviceSeconds} s before take-off and after landing`,
    ],
    ['earliest take-offs', `spread over ${parameters.windowSeconds} s`],
    ['trips', `${range(parameters.tripMetres, 'm')} straight, every pair of pads as likely`],
    ['deadlines', `${parameters.detour} times the straight flight, and ${range(parameters.slackSeconds, 's')} more`],
    ['submitted', `${range(parameters.leadSeconds, 's')} before the earliest take-off`],
    ['tolerance', `${parameters.toleranceSeconds} s`],
    [
      'zones',
      `${zones.perSquareKilometre.toPrecision(3)} per km², radius ${range(zones.radiusMetres, 'm')}, closed for ` +
        `${range(zones.durationSeconds, 's')}, known from the beginning`,
    ],
    ['densities', list(parameters.densities)],
    ['seeds', list(parameters.seeds)],
    ['node limit', `${parameters.nodesPerRequest} labels a request, in all modes`],
    ['rounds of repair', `${parameters.repairs}, in batch`],
    ['looked at', `${parameters.blockedSample} refused requests of a cell, for what keeps them down`],
  ];
  return { title: 'Parameters', introduction: '', columns: ['parameter', 'value'], rows, isText: true };
}
