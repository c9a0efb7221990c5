import type { Attribute } from '../attributes.ts';
import type { AttributeDefinition, AttributeForm } from './definition.ts';

/** Short makers of attribute definitions, for the operation tables. */

export const requiredIntegers: AttributeDefinition = { form: { kind: 'integers' }, required: true };
export const optionalIntegers: AttributeDefinition = { form: { kind: 'integers' }, required: false };
export const requiredInteger: AttributeDefinition = { form: { kind: 'integer', type: 'i64' }, required: true };
export const optionalString: AttributeDefinition = { form: { kind: 'string' }, required: false };
export const requiredString: AttributeDefinition = { form: { kind: 'string' }, required: true };
export const requiredSymbol: AttributeDefinition = { form: { kind: 'symbol' }, required: true };
export const optionalAny: AttributeDefinition = { form: { kind: 'any' }, required: false };
export const requiredAny: AttributeDefinition = { form: { kind: 'any' }, required: true };
export const optionalPadding: AttributeDefinition = { form: { kind: 'denseIntegers' }, required: false };

/** A boolean that is false, or as given, when it is missing. */
export function optionalBoolean(value = false): AttributeDefinition {
  return { form: { kind: 'boolean' }, required: false, default: { kind: 'boolean', value } };
}

/** An integer with a default. */
export function optionalInteger(value: number, type = 'i64'): AttributeDefinition {
  const fallback: Attribute = { kind: 'integer', value, text: String(value), type };
  return { form: { kind: 'integer', type }, required: false, default: fallback };
}

/** A word of a StableHLO enumeration. */
export function enumeration(name: string, words: readonly string[], fallback?: string): AttributeDefinition {
  const form: AttributeForm = { kind: 'enumeration', name, words };
  if (fallback === undefined) return { form, required: true };
  return { form, required: false, default: { kind: 'enumeration', dialect: 'stablehlo', name, value: fallback } };
}

/** An enumeration that may be missing without standing for a word. */
export function optionalEnumeration(name: string, words: readonly string[]): AttributeDefinition {
  return { form: { kind: 'enumeration', name, words }, required: false };
}

/** A record with named fields, such as dimension numbers. */
export function requiredRecord(name: string): AttributeDefinition {
  return { form: { kind: 'record', name }, required: true };
}

/** `precision_config = [#stablehlo<precision DEFAULT>, ...]`. */
export const precisionConfig: AttributeDefinition = {
  form: { kind: 'enumerations', name: 'precision', words: ['DEFAULT', 'HIGH', 'HIGHEST'] },
  required: false,
};

/** The accuracy asked of a transcendental function; ignored by everything here. */
export const resultAccuracy: AttributeDefinition = { form: { kind: 'any' }, required: false };
