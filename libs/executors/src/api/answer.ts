import type { JsonObject } from '@voorman/envelope';
import type { JsonSchema } from '@voorman/registry';
import type { Dispatcher } from 'undici';
import type { Executed } from '../executor.js';
import { failed, readAnswer, unknown } from '../tool-answer.js';
import { badAnswer } from '../tool-faults.js';
import { readBody } from './body.js';
import type { ApiManifest } from './request.js';
import { retryAfterMs } from './retry-after.js';

/** What HEAD is asked for. */
const TOLD_BY_HEAD = ['content-type', 'content-length', 'etag', 'last-modified'];

/**
 * What a service answered, as the object that the manifest promises: JSON as it is; nothing as `{}`; a text as `{text}`
 * and a list as `{items}` where the output schema has that field; for HEAD `{status, headers}`.
 * @throws {BodyError} it cannot be had.
 */
export async function readAnswerOf(
  tool: ApiManifest,
  schema: JsonSchema,
  answer: Dispatcher.ResponseData,
  took: () => number,
): Promise<Executed> {
  const { statusCode, headers, body } = answer;
  if (tool.method === 'HEAD') {
    await body.dump();
    const told = Object.fromEntries(
      TOLD_BY_HEAD.flatMap((name) => (headers[name] ? [[name, `${headers[name]}`]] : [])),
    );
    return given({ status: statusCode, headers: told }, took());
  }
  const encoding = headers['content-encoding'];
  const text = await readBody(body, encoding === undefined ? undefined : `${encoding}`, tool.max_response_bytes);
  if (text === '') return given({}, took());
  const isJson = /^[^;]*[/+]json\s*(;|$)/i.test(`${headers['content-type'] ?? ''}`);
  if (!isJson && promises(schema, 'text', 'string')) return given({ text }, took());
  const executed = readAnswer(tool.name, text, took());
  if (executed.kind === 'output' || !promises(schema, 'items', 'array')) return executed;
  const items = listIn(text);
  return items === undefined ? executed : given({ items }, took());
}

/** 429 and 503 say that nothing was done; any other 5xx may come after the deed. */
export function refusedWith(
  tool: string,
  status: number,
  retryAfter: string | undefined,
  durationMs: number,
): Executed {
  const fault = badAnswer(tool, `answered with status ${status}`);
  if (status < 500 && status !== 429) return failed(fault, durationMs, false);
  const waitMs = retryAfterMs(retryAfter, Date.now());
  const executed = status === 429 || status === 503 ? failed(fault, durationMs, true) : unknown(fault, durationMs);
  return waitMs === undefined ? executed : { ...executed, retryAfterMs: waitMs };
}

const given = (output: JsonObject, durationMs: number): Executed => ({
  kind: 'output',
  output,
  durationMs,
  retryable: false,
});

function promises(schema: JsonSchema, field: string, type: string): boolean {
  const fields = schema.properties;
  if (fields === null || typeof fields !== 'object' || !Object.hasOwn(fields, field)) return false;
  const described = (fields as Record<string, unknown>)[field];
  return described !== null && typeof described === 'object' && 'type' in described && described.type === type;
}

function listIn(text: string): JsonObject['items'] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined; // no JSON: the caller already says so
  }
}
