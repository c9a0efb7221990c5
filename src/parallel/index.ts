export type { FoldOptions } from './fold.ts';
export { foldProgram } from './fold.ts';
export { formatBlock, formatFold } from './fold-format.ts';
export { splitBlock } from './fold-split.ts';
export type { Fold, FoldBlock } from './fold-types.ts';
export { validateFold } from './fold-validate.ts';
