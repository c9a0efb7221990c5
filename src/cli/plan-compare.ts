import { diagnosticError, formatBytes, formatSeconds } from '../base/index.ts';
import { comparePlans, type InputDifference, type Pair, type PlanComparison } from '../explain/index.ts';
import { fingerprintProgram, type Plan, parsePlan } from '../plan/index.ts';
import { formatTable } from '../report/index.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { readText } from './placement.ts';
import { listNames } from './plan-text.ts';
import { loadVerifiedProgram } from './program-file.ts';

/** Compares the two plan files that `--compare` names; where a program is named too, both must be plans of it. */
export async function runComparison(
  files: readonly string[],
  program: string | undefined,
  asJson: boolean,
  context: CommandContext,
): Promise<ExitStatus> {
  const [first, second, ...others] = files;
  if (first === undefined || second === undefined || others.length > 0) {
    throw diagnosticError('SK9003', {
      message: `--compare takes two plan files, not ${files.length}`,
      next: 'give it two plan.json files, after everything else: skein plan --compare a/plan.json b/plan.json',
    });
  }
  const [a, b] = [parsePlan(await readText(first), first), parsePlan(await readText(second), second)];
  if (program !== undefined) {
    const fingerprint = fingerprintProgram(await loadVerifiedProgram(program, context));
    const stray = [first, second].filter((_, index) => [a, b][index].program.fingerprint !== fingerprint);
    if (stray.length > 0) {
      throw diagnosticError('SK2202', {
        message: `${stray.join(' and ')} ${stray.length === 1 ? 'is' : 'are'} of another program than ${program}`,
        next: 'leave the program away to compare plans of different programs',
      });
    }
  }
  const comparison = comparePlans(a, b);
  if (comparison.inputsInBoth === 0 && a.inputs.length > 0) {
    throw diagnosticError('SK9003', {
      message: `${first} and ${second} have no input in common: ${a.program.file} and ${b.program.file}`,
      next: 'compare plans of one program, or of two with inputs of the same names',
    });
  }
  const { inputs, traffic, memory, seconds } = comparison;
  context.print(
    asJson ? JSON.stringify({ inputs, traffic, memory, seconds }) : formatComparison(comparison, first, second),
  );
  return 0;
}

/** Prints what differs between two plans: inputs, traffic, memory, seconds. */
export function formatComparison(comparison: PlanComparison, nameA: string, nameB: string): string {
  const { a, b, inputs, inputsInBoth, inputsInOne, traffic, memory, seconds } = comparison;
  const differing = inputs.reduce((sum, { names }) => sum + names.length, 0);
  const alone = inputsInOne === 0 ? '' : `; ${inputsInOne} are in one of them alone`;
  return [
    `A ${nameA}: ${formatHead(a)}`,
    `B ${nameB}: ${formatHead(b)}`,
    '',
    `${differing} of ${inputsInBoth} inputs lie otherwise${alone}`,
    ...(inputs.length === 0 ? [] : [inputTable(inputs)]),
    ...(traffic.length === 0 ? ['Nothing moves in either'] : [trafficTable(traffic)]),
    pairTable('memory per device', memory, formatBytes),
    pairTable('seconds', seconds, formatSeconds).trimEnd(),
  ].join('\n');
}

function formatHead({ program, cluster, mesh }: Plan): string {
  return `${program.file} on ${cluster}, mesh ${mesh.axes.map(([name, size]) => `${name}=${size}`).join(',')}`;
}

function inputTable(inputs: readonly InputDifference[]): string {
  const columns = [{ title: 'input' }, { title: 'type' }, { title: 'A' }, { title: 'B' }];
  const rows = inputs.map(({ names, type, a, b, bytes }) => [listNames(names, 60), type, a, b, formatBytes(bytes)]);
  return formatTable([...columns, { title: 'bytes', align: 'right' }], rows);
}

function trafficTable(traffic: PlanComparison['traffic']): string {
  const rows = traffic.map(({ kind, axis, ...pair }) => [kind, axis, ...cellsOf(pair, formatBytes)]);
  return formatTable([{ title: 'collective' }, { title: 'axis' }, ...pairColumns], rows);
}

const pairColumns = ['A', 'B', 'B - A', 'of A'].map(title => ({ title, align: 'right' as const }));

function pairTable(
  title: string,
  list: readonly (Pair & { readonly kind: string })[],
  format: (value: number) => string,
): string {
  const rows = list.map(({ kind, ...pair }) => [kind, ...cellsOf(pair, format)]);
  return formatTable([{ title }, ...pairColumns], rows);
}

/** `1.20 GB`, `900 MB`, `- 300 MB`, `- 25 %`. */
function cellsOf({ a, b }: Pair, format: (value: number) => string): string[] {
  if (a === b) return [format(a), format(b), '', ''];
  const sign = b > a ? '+' : '-';
  const difference = Math.abs(b - a);
  const share = a === 0 ? '' : `${sign} ${((100 * difference) / a).toFixed(1)} %`;
  return [format(a), format(b), `${sign} ${format(difference)}`, share];
}
