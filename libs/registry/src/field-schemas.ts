import { z } from 'zod';
import { manifestObject } from './manifest-object.js';
import { isJsonSchema, ShortForm } from './short-form.js';

/** The fields of an input or output: in short form (`query: string`, `limit?: integer`) or as JSON Schema 2020-12. */
export const FieldSchema = z.record(z.string(), z.json()).superRefine((given, context) => {
  if (isJsonSchema(given)) {
    if (given.type !== 'object') context.addIssue({ code: 'custom', path: ['type'], message: 'must be object' });
    return;
  }
  const parsed = ShortForm.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    context.addIssue({ code: 'custom', path: issue.path, message });
  }
});
export type FieldSchema = z.infer<typeof FieldSchema>;

/** What goes in and what comes out. */
export const FieldSchemas = manifestObject({ input: FieldSchema.default({}), output: FieldSchema.default({}) });
