import type { Diagnostic } from '../base/index.ts';
import { throwFaults } from './json-fields.ts';
import type { Planner } from './planner.ts';
import type { Zone } from './problem.ts';
import { reportTo } from './problem-report.ts';
import { checkFrame, checkZones } from './zone-check.ts';

/** Checks zones that appear and when they do. Throws SK60.. diagnostics. */
export function checkReplan(
  { problem, zones: closed }: Planner,
  { zones, now }: { readonly zones: readonly Zone[]; readonly now: number },
): void {
  const found: Diagnostic[] = [];
  const report = reportTo(found, undefined);
  if (!Number.isFinite(now)) report('SK6008', 'now', `is ${now}`, 'give a finite number of seconds from the epoch');
  if (problem.mode === 'classic') {
    report('SK6001', 'mode', 'is classic, where flights have no pads to wait at or be diverted to', 'plan deliveries');
  }
  checkFrame({ ...problem, zones }, report);
  checkZones(zones, report);
  const names = new Set([...problem.zones, ...closed()].map(({ name }) => name));
  zones.forEach(({ name }, index) => {
    if (names.has(name)) {
      const fault = `is ${JSON.stringify(name)}, as another zone is`;
      report('SK6009', `zones[${index}].name`, fault, 'give each a name of its own');
    }
    names.add(name);
  });
  throwFaults(found);
}
