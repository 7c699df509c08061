/** JSON Schema 2020-12, as far as this package looks into it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Whether a value is a schema that says something: `true` and `false` are schemas too, and say nothing to look into. */
export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
