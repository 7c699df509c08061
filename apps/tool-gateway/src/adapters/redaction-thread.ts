import { parentPort, workerData } from 'node:worker_threads';
import type { JsonObject } from '@voorman/envelope';
import { Digester, redact } from '@voorman/redaction';
import type { RedactionAnswer, RedactionOrder } from './redactions.js';

// The thread that looks through large outputs, one after another.

const { key } = workerData as { readonly key: Uint8Array };
const digester = new Digester(key);

parentPort?.on('message', ({ text, fields, keep }: RedactionOrder) => {
  const { value, redacted } = redact(JSON.parse(text) as JsonObject, { fields, keep, digester });
  const answer: RedactionAnswer = { text: JSON.stringify(value), redacted };
  parentPort?.postMessage(answer);
});
