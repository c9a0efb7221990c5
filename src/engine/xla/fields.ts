/** Readers of the worker's answers. A field of another kind is a bug in the worker, not in the user's input. */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`internal: the worker sent ${JSON.stringify(value)} as ${what}`);
}

export function numberField(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number') return value;
  throw new Error(`internal: the worker sent no number ${name}`);
}

export function stringField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new Error(`internal: the worker sent no string ${name}`);
}

export function listField(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw new Error(`internal: the worker sent no list ${name}`);
}

export function numbersField(fields: Fields, name: string): readonly number[] {
  const values = listField(fields, name);
  if (values.every(value => typeof value === 'number')) return values;
  throw new Error(`internal: the worker sent ${name} with something that is no number`);
}
