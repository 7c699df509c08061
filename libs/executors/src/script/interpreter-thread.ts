import { parentPort } from 'node:worker_threads';
import {
  type Disposable,
  newQuickJSWASMModule,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
  Scope,
} from 'quickjs-emscripten';
import type { ScriptAnswer, ScriptError, ScriptOrder } from './script-order.js';

// The thread of one interpreter. It runs one script at a time, each in a runtime of its own; a script that never ends is
// interrupted here at its deadline, and whatever keeps this thread from doing so ends with the thread (see the pool).

/** Where deep recursion ends as an error of the script. Bytes of the interpreter's stack. */
const STACK_BYTES = 256 * 1024;

/**
 * Makes the interpreter the same everywhere and at every time: no clock, chance from a seed, times in UTC. Returns what
 * answers are written with, before a script can put something else in its place.
 */
const PRELUDE = `(seed) => {
  const stringify = JSON.stringify, parse = JSON.parse, imul = Math.imul;
  Math.random = () => { seed = (seed + 0x6d2b79f5) | 0; let t = imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  const Real = Date, real = Real.parse, none = () => { throw new TypeError('A script has no clock: pass the time as an argument'); };
  const zoned = (text) => real(/T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?$/.test(text) ? text + 'Z' : /(Z|[+-]\\d\\d:?\\d\\d|GMT|UTC|^\\d{4}(-\\d\\d){0,2})$/.test(text) ? text : text + ' UTC');
  const timeOf = (parts) => parts.length === 0 ? none() : parts.length > 1 ? Real.UTC(...parts)
    : typeof parts[0] === 'string' ? zoned(parts[0]) : Number(parts[0]);
  const Fixed = function Date(...parts) { if (new.target === undefined) none(); return Reflect.construct(Real, [timeOf(parts)], new.target); };
  Fixed.prototype = Real.prototype; Fixed.UTC = Real.UTC; Fixed.parse = (text) => zoned(String(text)); Fixed.now = none;
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'])
    for (const way of part === 'Day' ? ['get'] : ['get', 'set']) Real.prototype[way + part] = Real.prototype[way + 'UTC' + part];
  const iso = Real.prototype.toISOString;
  for (const name of ['toString', 'toLocaleString']) Real.prototype[name] = function () { return iso.call(this); };
  for (const name of ['toDateString', 'toLocaleDateString']) Real.prototype[name] = function () { return iso.call(this).slice(0, 10); };
  for (const name of ['toTimeString', 'toLocaleTimeString']) Real.prototype[name] = function () { return iso.call(this).slice(11, 23); };
  Real.prototype.getTimezoneOffset = () => 0; Real.prototype.constructor = Fixed; globalThis.Date = Fixed;
  return { stringify: (value) => stringify(value), parse: (text) => parse(text) };
}`;

/** An error of the script, before it is told. */
class ScriptThrew extends Error {
  readonly answer: ScriptAnswer;

  constructor(answer: ScriptAnswer) {
    super('The script threw.');
    this.answer = answer;
  }
}

function run(module: QuickJSWASMModule, order: ScriptOrder): ScriptAnswer {
  const deadlineMs = performance.now() + order.timeoutMs;
  const runtime = module.newRuntime();
  runtime.setMemoryLimit(order.memoryMb * 2 ** 20);
  runtime.setMaxStackSize(STACK_BYTES);
  runtime.setInterruptHandler(() => performance.now() > deadlineMs);
  const context = runtime.newContext();
  const answer = answerOf(context, order, deadlineMs);
  context.dispose();
  runtime.dispose();
  return answer;
}

function answerOf(context: QuickJSContext, order: ScriptOrder, deadlineMs: number): ScriptAnswer {
  // Whatever happens, every handle is given back: an interpreter that is left with one aborts.
  return Scope.withScope((scope) => {
    const keep = <Kept extends Disposable>(handle: Kept): Kept => scope.manage(handle);
    const tell = (error: QuickJSHandle) => new ScriptThrew(tellError(context, keep(error), deadlineMs));
    const own = (result: Evaluated): QuickJSHandle => {
      if (result.error) throw tell(result.error);
      return keep(result.value);
    };
    const call = (work: QuickJSHandle, given: QuickJSHandle) =>
      own(context.callFunction(work, context.undefined, given));
    try {
      const codec = call(own(context.evalCode(PRELUDE, 'prelude')), keep(context.newNumber(order.seed)));
      const stringify = keep(context.getProp(codec, 'stringify'));
      const args = call(keep(context.getProp(codec, 'parse')), keep(context.newString(order.args)));
      context.setProp(context.global, 'args', args);
      const value = own(context.evalCode(order.source, 'script'));
      const jobs = context.runtime.executePendingJobs();
      if (jobs.error) throw tell(jobs.error);
      // A chain of promises is cut where it stands, and says nothing of it.
      if (performance.now() >= deadlineMs) return { error: INTERRUPTED };
      const text = call(stringify, settled(context, value, keep, tell));
      return { json: context.typeof(text) === 'string' ? context.getString(text) : undefined };
    } catch (fault) {
      if (fault instanceof ScriptThrew) return fault.answer;
      throw fault;
    }
  });
}

const INTERRUPTED: ScriptError = { name: 'InternalError', message: 'interrupted', isFinal: false, why: 'time' };

type Evaluated = ReturnType<QuickJSContext['evalCode']>;

/** What a promise came to; anything else as it is. */
function settled(
  context: QuickJSContext,
  value: QuickJSHandle,
  keep: (handle: QuickJSHandle) => QuickJSHandle,
  tell: (error: QuickJSHandle) => ScriptThrew,
): QuickJSHandle {
  const state = context.getPromiseState(value);
  if (state.type === 'fulfilled') return state.notAPromise ? value : keep(state.value);
  if (state.type === 'rejected') throw tell(state.error);
  throw new ScriptThrew({
    error: { name: 'Error', message: 'it waits for something that never comes', isFinal: true },
  });
}

function tellError(context: QuickJSContext, error: QuickJSHandle, deadlineMs: number): ScriptAnswer {
  const dumped: unknown = context.dump(error);
  const told = dumped !== null && typeof dumped === 'object' ? (dumped as Record<string, unknown>) : {};
  const name = typeof told.name === 'string' ? told.name : 'Error';
  const message = typeof told.message === 'string' ? told.message : shownThrown(dumped);
  const place = /script:(\d+)/.exec(typeof told.stack === 'string' ? told.stack : '')?.[1];
  const isTimeout = name === 'InternalError' && message === 'interrupted' && performance.now() >= deadlineMs;
  return {
    error: {
      name: name.slice(0, 100),
      message: message.slice(0, 500),
      ...(place === undefined ? {} : { line: Number(place) }),
      isFinal: !(name === 'InternalError'),
      ...(isTimeout ? { why: 'time' as const } : {}),
      ...(name === 'InternalError' && message === 'out of memory' ? { why: 'memory' as const } : {}),
    },
  };
}

const shownThrown = (thrown: unknown): string => {
  const text = typeof thrown === 'string' ? thrown : JSON.stringify(thrown);
  return `it threw ${text ?? String(thrown)}`;
};

const module = await newQuickJSWASMModule();
parentPort?.on('message', (order: ScriptOrder) => {
  let answer: ScriptAnswer;
  try {
    answer = run(module, order);
  } catch (fault) {
    // The interpreter itself gave up, as where its own stack is used up: this thread is of no more use.
    const isStack = fault instanceof RangeError;
    answer = {
      error: { name: 'InternalError', message: isStack ? 'stack overflow' : 'the interpreter failed', isFinal: false },
    };
  }
  const usedBytes = module.getWasmMemory().buffer.byteLength;
  parentPort?.postMessage({ answer, usedBytes });
});
