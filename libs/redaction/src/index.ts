export { Digester } from './digest.js';
export { type FieldPointer, fieldPointer } from './field-pointer.js';
export { MAX_LISTED, type Redaction, type RedactionRules, redact, redactSecrets } from './redact.js';
export { redactText } from './text.js';
