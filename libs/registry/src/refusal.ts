import type { ErrorObject } from 'ajv';
import { nearest } from './nearest.js';
import { ATTACHMENT_REF, type JsonSchema } from './short-form.js';
import { shown, shownName } from './shown-value.js';

/** What was checked, for the words. */
export interface Checked {
  /** What the fields belong to: the tool's name, or "the output of" it. */
  readonly what: string;
  /** What one field is called: a parameter, a field. */
  readonly field: string;
  readonly schema: JsonSchema;
  readonly value: unknown;
}

/** What a fault tells comes in this order: an invented name explains a missing one, not the other way round. */
const order = ['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'required', 'type'];
const rank = (fault: ErrorObject): number => (order.indexOf(fault.keyword) + order.length + 1) % (order.length + 1);

/** One plain sentence on the most telling fault: where it lies, which rule it breaks, what was given. */
export function sentenceFor(faults: readonly ErrorObject[], checked: Checked): string {
  const first = faults.reduce<ErrorObject | undefined>(
    (best, fault) => (best === undefined || rank(fault) < rank(best) ? fault : best),
    undefined,
  );
  return first === undefined ? `${checked.what} does not fit its schema.` : sentenceOf(first, checked);
}

function sentenceOf(fault: ErrorObject, checked: Checked): string {
  const path = segmentsOf(fault.instancePath);
  const params: Record<string, unknown> = fault.params;
  const invented = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof invented === 'string') return sayUnknown(invented, path, checked);
  if (fault.keyword === 'required') return sayMissing(String(params.missingProperty), path, checked);
  return `${placeOf(path, checked)} ${ruleOf(fault)}, but ${shownAt(path, checked)} was given.`;
}

function sayUnknown(name: string, path: readonly string[], checked: Checked): string {
  const known = Object.keys(propertiesAt(path, checked.schema));
  const meant = nearest(name, known);
  const hint = meant ? `did you mean ${meant}?` : `it takes ${known.slice(0, 20).join(', ') || 'none'}.`;
  const owner = path.length === 0 ? checked.what : `${pointerOf(path)} in ${checked.what}`;
  return `${shownName(name)} is not a ${checked.field} of ${owner}; ${hint}`;
}

function sayMissing(name: string, path: readonly string[], checked: Checked): string {
  const owner = path.length === 0 ? checked.what : `${pointerOf(path)} in ${checked.what}`;
  return `${owner} needs the ${checked.field} ${shownName(name)}, which is missing.`;
}

/** The rule in ajv's words, which are a predicate ("must be integer"), made plainer where they can be. */
function ruleOf(fault: ErrorObject): string {
  const params: Record<string, unknown> = fault.params;
  if (fault.schemaPath === `${ATTACHMENT_REF}/type`) return 'must be an attachment of the task';
  if (fault.keyword === 'enum' && Array.isArray(params.allowedValues)) {
    return `must be one of ${params.allowedValues.map((allowed) => JSON.stringify(allowed)).join(', ')}`.slice(0, 500);
  }
  if (fault.keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`.slice(0, 500);
  return (fault.message ?? `breaks the rule ${fault.keyword}`).replace('NOT', 'not').slice(0, 500);
}

const placeOf = (path: readonly string[], { what, field }: Checked): string =>
  path.length === 0 ? `the ${field}s of ${what} as a whole` : `${pointerOf(path)} of ${what}`;

const pointerOf = (path: readonly string[]): string =>
  path
    .map((segment) => `/${shownName(segment)}`)
    .join('')
    .slice(0, 300);

const segmentsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

function shownAt(path: readonly string[], checked: Checked): string {
  let value: unknown = checked.value;
  let schema: JsonSchema | undefined = checked.schema;
  let isSecret = false;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    schema = schema === undefined ? undefined : innerSchema(schema, key);
    isSecret ||= schema?.writeOnly === true || schema?.format === 'password';
  }
  return shown(value, { path, isSecret });
}

function propertiesAt(path: readonly string[], schema: JsonSchema): JsonSchema {
  let at: JsonSchema | undefined = schema;
  for (const key of path) at = at === undefined ? undefined : innerSchema(at, key);
  return isSchema(at?.properties) ? at.properties : {};
}

/** The part of a schema that a key or index leads to; `undefined` where only combinators would tell. */
function innerSchema(schema: JsonSchema, key: string): JsonSchema | undefined {
  const { properties } = schema;
  if (isSchema(properties) && Object.hasOwn(properties, key)) {
    const inner = properties[key];
    return isSchema(inner) ? inner : undefined;
  }
  return isSchema(schema.items) ? schema.items : undefined;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
