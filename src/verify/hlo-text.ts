/**
 * One instruction of compiled HLO text: `%name = shape opcode(operands), attributes`. The parts stay text; only what
 * a reader asks for is taken apart further.
 */
export interface HloInstruction {
  readonly name: string;
  readonly root: boolean;
  /** `f32[8,4]{1,0}`, or a tuple of such in parentheses. */
  readonly shape: string;
  readonly opcode: string;
  /** The text between the parentheses. */
  readonly operands: string;
  /** The rest of the line: `channel_id=1, replica_groups=...`. */
  readonly attributes: string;
}

/** A computation: its instructions by name, in program order. */
export interface HloComputation {
  readonly name: string;
  readonly entry: boolean;
  readonly instructions: ReadonlyMap<string, HloInstruction>;
}

/**
 * Reads the computations of an HLO module's text, by name. The text comes whole or in chunks cut anywhere. Lines that
 * are no instruction (the header, tables of source places) are passed over.
 */
export function readHloText(text: string | Iterable<string>): ReadonlyMap<string, HloComputation> {
  const computations = new Map<string, HloComputation>();
  let instructions: Map<string, HloInstruction> | undefined;
  for (const line of linesOf(typeof text === 'string' ? [text] : text)) {
    if (instructions === undefined) {
      const head = /^(ENTRY\s+)?%?([\w.-]+)(?:\s*\(.*->.*)?\s*\{\s*$/.exec(line);
      if (head === null) continue;
      instructions = new Map();
      computations.set(head[2], { name: head[2], entry: head[1] !== undefined, instructions });
    } else if (/^\s*\}/.test(line)) {
      instructions = undefined;
    } else {
      const instruction = readInstruction(line);
      if (instruction !== undefined) instructions.set(instruction.name, instruction);
    }
  }
  return computations;
}

function* linesOf(chunks: Iterable<string>): Generator<string> {
  let rest = '';
  for (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function readInstruction(line: string): HloInstruction | undefined {
  const head = /^\s*(ROOT\s+)?%?([\w.-]+)\s*=\s*/.exec(line);
  if (head === null) return undefined;
  const shapeStart = head[0].length;
  const shapeEnd = line[shapeStart] === '(' ? closing(line, shapeStart) + 1 : line.indexOf(' ', shapeStart);
  if (shapeEnd <= 0) return undefined;
  const open = line.indexOf('(', shapeEnd);
  if (open < 0) return undefined;
  const close = closing(line, open);
  if (close < 0) return undefined;
  return {
    name: head[2],
    root: head[1] !== undefined,
    shape: line.slice(shapeStart, shapeEnd),
    opcode: line.slice(shapeEnd, open).trim(),
    operands: line.slice(open + 1, close),
    attributes: line.slice(close + 1),
  };
}

/** Index of the bracket that closes the one at `start`, or -1; brackets inside strings do not count. */
export function closing(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') {
      quoted = true;
    } else if (character === '(' || character === '{' || character === '[') {
      depth++;
    } else if (character === ')' || character === '}' || character === ']') {
      depth--;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** Splits at the commas that lie outside of all brackets. */
export function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '(' || character === '{' || character === '[') depth++;
    else if (character === ')' || character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  const last = text.slice(start);
  if (last.trim() !== '') parts.push(last);
  return parts.map(part => part.trim());
}

/** Names of an instruction's operands; the text may repeat their shapes and count them in comments. */
export function operandNames(instruction: HloInstruction): string[] {
  return splitTopLevel(instruction.operands.replace(/\/\*.*?\*\//g, '')).map(operand =>
    operand.slice(operand.lastIndexOf(' ') + 1).replace(/^%/, ''),
  );
}

/** The text of attribute `name`, brackets included, or undefined. */
export function attributeText(instruction: HloInstruction, name: string): string | undefined {
  const { attributes } = instruction;
  const found = new RegExp(`(?:^|[\\s,])${name}=`).exec(attributes);
  if (found === null) return undefined;
  const start = found.index + found[0].length;
  if (attributes[start] === '{') return attributes.slice(start, closing(attributes, start) + 1);
  return attributes.slice(start);
}
