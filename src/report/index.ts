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
