import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, readAnswer, TOO_LARGE, unknown } from '../tool-answer.js';
import { badAnswer, connectionLost, stopped, timedOut, unreachable } from '../tool-faults.js';

export type ApiManifest = LoadedToolOf<'api'>;

/** Calls an HTTP endpoint: the arguments as JSON body (as query for GET and HEAD), a JSON object back. No redirects. */
export async function callEndpoint(manifest: ApiManifest, execution: Execution): Promise<Executed> {
  const began = performance.now();
  const took = () => performance.now() - began;
  const inQuery = manifest.method === 'GET' || manifest.method === 'HEAD';
  const timeout = AbortSignal.timeout(manifest.timeout_ms);
  try {
    const response = await fetch(inQuery ? withQuery(manifest.endpoint, execution.arguments) : manifest.endpoint, {
      method: manifest.method,
      // Seen as an answer, not followed: whoever wrote the manifest named one endpoint, not wherever that one points.
      redirect: 'manual',
      signal: AbortSignal.any([timeout, execution.signal]),
      headers: {
        accept: 'application/json',
        'idempotency-key': execution.key,
        ...(inQuery ? {} : { 'content-type': 'application/json' }),
      },
      ...(inQuery ? {} : { body: JSON.stringify(execution.arguments) }),
    });
    const text = await boundedText(response);
    if (text === undefined) return failed(badAnswer(manifest.name, TOO_LARGE), took(), false);
    if (response.ok) return readAnswer(manifest.name, text, took());
    return refusedWith(manifest.name, response.status, took());
  } catch (fault) {
    if (timeout.aborted) return unknown(timedOut(manifest.name, manifest.timeout_ms), took());
    if (execution.signal.aborted) return unknown(stopped(manifest.name), took());
    if (wasNeverSent(fault)) return failed(unreachable(manifest.name), took(), true);
    return unknown(connectionLost(manifest.name), took());
  }
}

/** 429 and 503 say that nothing was done; any other 5xx may come after the deed. */
function refusedWith(tool: string, status: number, durationMs: number): Executed {
  if (status >= 300 && status < 400) {
    return failed(badAnswer(tool, `answered with a redirect (${status}), which is not followed`), durationMs, false);
  }
  const fault = badAnswer(tool, `answered with status ${status}`);
  if (status === 429 || status === 503) return failed(fault, durationMs, true);
  return status >= 500 ? unknown(fault, durationMs) : failed(fault, durationMs, false);
}

function withQuery(endpoint: string, args: Execution['arguments']): URL {
  const url = new URL(endpoint);
  for (const [key, value] of Object.entries(args)) {
    url.searchParams.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return url;
}

async function boundedText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Faults before the first byte of the request was on its way. */
function wasNeverSent(fault: unknown): boolean {
  const cause = fault instanceof Error ? fault.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(
    String(code),
  );
}
