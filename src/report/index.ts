export type { TableColumn } from './table.ts';
export { displayWidth, formatTable } from './table.ts';
