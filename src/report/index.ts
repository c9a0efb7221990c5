export { packReportHtml } from './pack-page.ts';
export type {
  AliveRow,
  AliveTable,
  ArenaBox,
  ArenaKind,
  ArenaPlan,
  PackReport,
} from './pack-report.ts';
export { planReportHtml } from './plan-page.ts';
export type {
  AxisTraffic,
  MemoryOverTime,
  PlanBlock,
  PlanReport,
  StepBar,
  TrafficLine,
} from './plan-report.ts';
export { runReportHtml } from './run-page.ts';
export type {
  ArgumentPlacement,
  MemoryBar,
  MeshAxisSize,
  OutputError,
  RunReport,
  TrafficRow,
} from './run-report.ts';
export type { TableColumn } from './table.ts';
export { displayWidth, formatTable } from './table.ts';
