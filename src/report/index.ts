export { altitudeProfile, profilePlot, profileSpan } from './altitude-profile.ts';
export { formatClock, formatDuration } from './clock.ts';
export { densityChart } from './density-chart.ts';
export { experimentReportHtml } from './experiment-page.ts';
export { experimentPicture } from './experiment-picture.ts';
export type {
  ExperimentLine,
  ExperimentPanel,
  ExperimentPoint,
  ExperimentReport,
  ExperimentTable,
} from './experiment-report.ts';
export type {
  DensityLine,
  FlightMapData,
  MapDensity,
  MapFlight,
  MapFlightState,
  MapPad,
  MapPlace,
  MapPoint,
  MapRefusal,
  MapRing,
  MapWait,
  MapWindow,
  MapZone,
} from './flight-map.ts';
export type { VehiclePosition } from './flight-playback.ts';
export {
  activityAt,
  airborneCounts,
  flightTimes,
  isZoneActive,
  positionAt,
  waitAt,
} from './flight-playback.ts';
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
export { drawing, escapeText, label, line, rectangle, round } from './svg.ts';
export type { TableColumn } from './table.ts';
export { displayWidth, formatTable } from './table.ts';
