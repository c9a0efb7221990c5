import { type Diagnostic, DiagnosticError } from '../../base/index.ts';
import { XmlScanner } from './xml-scanner.ts';

/** From where to where an agent goes: indices of vertices, in the order of the roadmap's nodes. */
export interface CcbsAgent {
  readonly start: number;
  readonly goal: number;
}

/**
 * The agents of a task file of Continuous-CBS (github.com/PathPlanning/Continuous-CBS) for a roadmap, in order:
 * `<root><agent start_id="136" goal_id="50"/>…</root>`.
 *
 * @throws DiagnosticError SK6101 where the text is no XML, SK6104 where it is no such task.
 */
export function parseCcbsTask(text: string, file = 'task.xml'): readonly CcbsAgent[] {
  const scanner = new XmlScanner(text, file);
  const agents: CcbsAgent[] = [];
  const problems: Diagnostic[] = [];
  const report = (message: string, offset: number): void => {
    problems.push({
      code: 'SK6104',
      severity: 'error',
      message,
      expected: '<agent start_id="…" goal_id="…"/> with indices of vertices from 0',
      next: 'give a task of a roadmap',
      place: scanner.placeOf(offset),
    });
  };
  for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
    if (kind === 'close' || scanner.name !== 'agent') continue;
    const [start, goal] = ['start_id', 'goal_id'].map(name => {
      const value = scanner.attribute(name);
      if (value !== undefined && /^[0-9]{1,9}$/.test(value)) return Number(value);
      report(`an agent with ${value === undefined ? `no ${name}` : `${name} "${value}"`}`, scanner.start);
      return -1;
    });
    agents.push({ start: start ?? -1, goal: goal ?? -1 });
    if (problems.length >= 20) break;
  }
  if (agents.length === 0) report('no agent in the file', 0);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return agents;
}
