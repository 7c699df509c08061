export { Digester } from './digest.js';
export type { FieldPointer } from './field-pointer.js';
export { type Redaction, type RedactionRules, redact, redactSecrets } from './redact.js';
export { redactText } from './text.js';
