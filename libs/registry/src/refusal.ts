import type { ErrorObject } from 'ajv';
import { isSchema, type JsonSchema } from './json-schema.js';
import { nearest } from './nearest.js';
import { judgesAt, judgesOf } from './schema-parts.js';
import { ATTACHMENT_REF } from './short-form.js';
import { shown, shownName } from './shown-value.js';

/** What was checked, for the words. */
export interface Checked {
  /** What the fields belong to: the tool's name, or "the output of" it. */
  readonly what: string;
  /** What one field is called: a parameter, a field. */
  readonly field: string;
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** Whether no value is repeated: of what a tool answers, fields are taken out later that the words would still tell. */
  readonly hidesValues?: true;
}

/** What a fault tells comes in this order: an invented name explains a missing one, not the other way round. */
const order = ['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'required', 'type'];
const rank = (fault: ErrorObject): number => (order.indexOf(fault.keyword) + order.length + 1) % (order.length + 1);

/** One plain sentence on the most telling fault: where it lies, which rule it breaks, what was given. */
export function sentenceFor(faults: readonly ErrorObject[], checked: Checked): string {
  // Where no variant fits, none has looked at the fields: they are not unknown for that.
  const telling = faults.filter((fault) => !isKnown(fault, checked));
  const first = (telling.length === 0 ? faults : telling).reduce<ErrorObject | undefined>(
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
  const known = namesAt(path, checked.schema);
  if (known.includes(name)) return sayMisplaced(name, path, checked);
  const meant = nearest(name, known);
  const hint = meant ? `did you mean ${meant}?` : `it takes ${known.slice(0, 20).join(', ') || 'none'}.`;
  const owner = path.length === 0 ? checked.what : `${pointerOf(path)} in ${checked.what}`;
  return `${shownName(name)} is not a ${checked.field} of ${owner}; ${hint}`;
}

/** A field that only another variant than the one that fits has, or that has it otherwise. */
const sayMisplaced = (name: string, path: readonly string[], checked: Checked): string =>
  `${pointerOf([...path, name])} of ${checked.what} does not fit along with the rest, but ${shownAt([...path, name], checked)} was given.`;

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

function isKnown(fault: ErrorObject, { schema }: Checked): boolean {
  const name: unknown = fault.params.unevaluatedProperty;
  return typeof name === 'string' && namesAt(segmentsOf(fault.instancePath), schema).includes(name);
}

function shownAt(path: readonly string[], { schema, value: whole, hidesValues }: Checked): string {
  let value: unknown = whole;
  let judges = judgesOf(schema, schema).schemas;
  let isSecret = hidesValues === true;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    judges = judgesAt(judges, key, schema);
    isSecret ||= judges.some((judge) => judge.writeOnly === true || judge.format === 'password');
  }
  return shown(value, { path, isSecret });
}

/** The fields that the object at a path may have, whatever combinator or reference names them. */
function namesAt(path: readonly string[], schema: JsonSchema): readonly string[] {
  let judges = judgesOf(schema, schema).schemas;
  for (const key of path) judges = judgesAt(judges, key, schema);
  return [...new Set(judges.flatMap((judge) => (isSchema(judge.properties) ? Object.keys(judge.properties) : [])))];
}
