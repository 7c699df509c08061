import type { Dispatcher } from 'undici';
import type { Executed, Execution } from '../executor.js';
import { failed, unknown } from '../tool-answer.js';
import { badAnswer, connectionLost, notBegun, stopped, timedOut, unreachable } from '../tool-faults.js';
import { readAnswerOf, refusedWith } from './answer.js';
import { addressRefused, identityRefused, redirectRefused } from './api-faults.js';
import { BodyError } from './body.js';
import { AddressRefusedError } from './connections.js';
import { AllowedHosts, isRedirect, nextHop } from './redirect.js';
import type { ApiManifest, ApiRequest } from './request.js';

const MAX_REDIRECTS = 5;
/** What of an answer that nobody reads is taken in, so that its connection can be used again. */
const DROPPED_BYTES = 16 * 2 ** 10;

/** The connection to use for a URL. */
export type Dispatch = (url: URL) => Dispatcher;

/** What an attempt that ended without an answer has come to. */
interface Broken {
  /** Whether anything was on its way. */
  readonly begun: boolean;
  readonly tookMs: number;
  readonly timeout: AbortSignal;
  readonly cancelled: AbortSignal;
}

/**
 * Sends a request and reads the answer, through redirects where they are allowed, all within the attempt's time. Never
 * throws for what the network or the service does.
 * @param report hears the cause of a fault that its sentence leaves out.
 */
export async function exchange(
  tool: ApiManifest,
  request: ApiRequest,
  execution: Execution,
  dispatch: Dispatch,
  report: (fault: unknown) => void,
): Promise<Executed> {
  const began = performance.now();
  const took = () => performance.now() - began;
  const hosts = new AllowedHosts(tool.endpoint, tool.hosts);
  const timeout = AbortSignal.timeout(tool.timeout_ms);
  const signal = AbortSignal.any([timeout, execution.signal]);
  let hop = request;
  let mayHaveHappened = false;
  for (let hops = 0; ; hops += 1) {
    let begun = mayHaveHappened;
    try {
      const answer = await send(dispatch(hop.url), hop, signal, () => {
        begun = true;
      });
      if (!isRedirect(answer.statusCode)) {
        const executed = await read(tool, execution, answer, took);
        return mayHaveHappened ? inDoubt(executed) : executed;
      }
      await answer.body.dump({ limit: DROPPED_BYTES, signal });
      const next = nextHop(answer.statusCode, headerOf(answer, 'location'), hop, hosts);
      if (next.kind === 'refuse' || hops === MAX_REDIRECTS) {
        const why = next.kind === 'refuse' ? next.why : `after ${MAX_REDIRECTS} others`;
        const fault = redirectRefused(tool.name, why);
        const done = mayHaveHappened || (next.kind === 'refuse' && next.mayHaveHappened);
        return done ? { ...unknown(fault, took()), retryable: false } : failed(fault, took(), false);
      }
      mayHaveHappened ||= !next.keepsBody;
      hop = requestAt(hop, next);
    } catch (fault) {
      report(withoutCertificate(fault));
      return broken(tool.name, tool.timeout_ms, fault, {
        begun,
        tookMs: took(),
        timeout,
        cancelled: execution.signal,
      });
    }
  }
}

/** @param onBegin called when the first byte is about to go out. */
function send(dispatcher: Dispatcher, request: ApiRequest, signal: AbortSignal, onBegin: () => void) {
  const noting: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        onBegin();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
  const answer = dispatcher.compose(noting).request({
    origin: request.url.origin,
    path: request.url.pathname + request.url.search,
    method: request.method as Dispatcher.HttpMethod,
    headers: { ...request.headers },
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return unlessAborted(answer, signal);
}

/** The client gives a request up only once it has a connection for it; it does so then, without sending anything. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const done = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: done.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
    // Whichever lost the race is nobody's fault any more.
    aborted.catch(() => undefined);
    work.catch(() => undefined);
  }
}

async function read(
  tool: ApiManifest,
  execution: Execution,
  answer: Dispatcher.ResponseData,
  took: () => number,
): Promise<Executed> {
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    const refused = refusedWith(tool.name, answer.statusCode, headerOf(answer, 'retry-after'), took());
    // Its words are nobody's instruction; a body that does not end is not waited for.
    answer.body.on('error', () => undefined).destroy();
    return refused;
  }
  try {
    return await readAnswerOf(tool, execution.tool.outputSchema, answer, took);
  } catch (fault) {
    if (!(fault instanceof BodyError)) throw fault;
    answer.body.on('error', () => undefined).destroy();
    return failed(badAnswer(tool.name, fault.what), took(), false);
  }
}

/** At another place: what is for the first alone stays behind, and is not brought back by a way round. */
function requestAt(from: ApiRequest, { url, method, keepsBody }: { url: URL; method: string; keepsBody: boolean }) {
  const isElsewhere = url.origin !== from.url.origin;
  const headers = Object.fromEntries(
    Object.entries(from.headers).filter(
      ([name]) => !(isElsewhere && from.confidential.has(name)) && (keepsBody || name !== 'content-type'),
    ),
  );
  const { body, ...rest } = from;
  return { ...rest, url, method, headers, ...(keepsBody && body !== undefined ? { body } : {}) };
}

/** The deed was done at an earlier place; what went wrong is only the reading of it. */
const inDoubt = (executed: Executed): Executed =>
  executed.kind === 'fault' ? { ...executed, kind: 'unknown' } : executed;

function broken(tool: string, timeoutMs: number, fault: unknown, { begun, tookMs, timeout, cancelled }: Broken) {
  // A certificate that was refused before the request could be read.
  if (isRefusedIdentity(fault)) return failed(identityRefused(tool), tookMs, false);
  if (begun) {
    if (timeout.aborted) return unknown(timedOut(tool, timeoutMs), tookMs);
    return unknown(cancelled.aborted ? stopped(tool) : connectionLost(tool), tookMs);
  }
  if (cancelled.aborted) return failed(notBegun(tool), tookMs, false);
  if (fault instanceof AddressRefusedError) return failed(addressRefused(tool), tookMs, false);
  return failed(timeout.aborted ? timedOut(tool, timeoutMs) : unreachable(tool), tookMs, true);
}

/** Node hangs the whole certificate of the other side on such a fault; a line of the operator's log needs the sentence. */
function withoutCertificate(fault: unknown): unknown {
  if (!(fault instanceof Error && 'cert' in fault)) return fault;
  return Object.assign(new Error(fault.message), 'code' in fault ? { code: fault.code } : {});
}

/** Codes of OpenSSL and Node for a certificate that one side does not take. */
function isRefusedIdentity(fault: unknown): boolean {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  return (
    /^ERR_SSL_.*ALERT_(BAD_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)/.test(code) ||
    /^ERR_TLS_CERT|^CERT_|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY)|^HOSTNAME_MISMATCH/.test(code)
  );
}

function headerOf(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
