export { inlineCalls } from './inline.ts';
