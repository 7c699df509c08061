import { createHash } from 'node:crypto';
import type { Payloads } from '@voorman/log';

const encoder = new TextEncoder();

/** What is in a file that somebody attached: what tools are made for, and what they are not. */
const CONTENTS: readonly Uint8Array[] = [
  encoder.encode(''),
  encoder.encode('\n'),
  encoder.encode('one line without an end'),
  encoder.encode('2026-01-05T10:00:00Z ERROR db: connection refused (10.0.0.7:5432)\n'.repeat(200)),
  encoder.encode('--- a/main.js\n+++ b/main.js\n@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 2;\n done(a);\n'),
  encoder.encode('@@ -1,999999 +1 @@\n+\n'),
  encoder.encode('{"a":[1,2,{"b":null}]}\n'),
  encoder.encode('1. The supplier is liable. 2. Notice of 30 days.\r\n'),
  encoder.encode('\uFEFFÄ🧨\u202E \u0000\n'),
  encoder.encode('x'.repeat(300_000)),
  Uint8Array.from({ length: 4_096 }, (_, index) => (index * 131) % 256),
];

/**
 * Attachments without a log: whatever is asked for has a content, and the same one every time. It is not what its digest
 * says; nobody compares them here.
 */
export const MADE_UP_FILES: Payloads = {
  put: () => Promise.reject(new TypeError('Without a log nothing is stored.')),
  async *open({ digest }) {
    const choice = createHash('sha256').update(digest).digest()[0] ?? 0;
    yield CONTENTS[choice % CONTENTS.length] ?? encoder.encode('');
  },
};
