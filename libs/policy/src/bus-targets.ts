import { Token } from '@voorman/envelope';
import { z } from 'zod';
import type { Bundle } from './bundle.js';
import { BundleRejectedError } from './errors.js';
import { WasmProgram } from './wasm/wasm-program.js';

/** Whom each bot may address on the bus, by the bot's name. */
export const BusTargets = z.record(Token, z.array(Token).max(1_000));
export type BusTargets = z.infer<typeof BusTargets>;

/**
 * Whom a policy lets each bot address; `undefined` where it says nothing about that.
 * @throws {BundleRejectedError} its rule has no answer, or one that is none.
 */
export async function busTargets(bundle: Bundle): Promise<BusTargets | undefined> {
  const rule = bundle.manifest.permissions;
  if (rule === undefined) return undefined;
  const program = await WasmProgram.load(bundle);
  const answer = program.evaluate(rule, new TextEncoder().encode('{}').buffer);
  const [value] = Array.isArray(answer) ? answer : [];
  return targetsIn(rule, value?.result);
}

/** @throws {BundleRejectedError} the value is none. */
export function targetsIn(rule: string, value: unknown): BusTargets {
  const targets = BusTargets.safeParse(value);
  if (!targets.success) throw new BundleRejectedError(`${rule} does not say whom each bot may address`);
  return Object.fromEntries(Object.entries(targets.data).map(([bot, list]) => [bot, list.toSorted()]));
}
