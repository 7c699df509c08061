import { checkApi } from './api-checks.js';
import { WrittenFields } from './api-fields.js';

/** An HTTP endpoint, with everything that its fields say about each other. */
export const ApiFields = WrittenFields.superRefine((written, context) =>
  checkApi(written, (path, message) => context.addIssue({ code: 'custom', path: [...path], message })),
);
