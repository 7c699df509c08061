import { rm } from 'node:fs/promises';
import { writeWhole } from '@voorman/files';
import { z } from 'zod';
import { NotReadyError, NotRunningError } from '../errors.js';
import type { DataFolder } from './data-folder.js';
import { readJson } from './json-file.js';
import { holderOf } from './lock.js';

const Nats = z.object({
  url: z.string(),
  version: z.string(),
  pid: z.number(),
  durability: z.enum(['on-disk', 'relaxed']),
  tls: z.boolean().optional().describe('whether clients have to show a certificate'),
});
export type NatsState = z.infer<typeof Nats>;

const Stack = z.object({
  phase: z.enum(['starting', 'ready', 'stopping']),
  supervisor: z.number(),
  started_at: z.string(),
  control: z.string().describe('socket on which the supervisor takes requests'),
  registry: z.array(z.string()),
  policies: z.string().optional().describe('folder that the policy of this stack comes from'),
  nats: Nats.optional(),
});

/** What a supervisor tells about its stack. */
export type StackState = z.infer<typeof Stack>;
/** A stack that takes goals. */
export type ReadyStack = StackState & { readonly nats: NatsState };

export const writeState = (data: DataFolder, state: StackState): Promise<void> =>
  writeWhole(data.state, `${JSON.stringify(state, null, 2)}\n`);

export const removeState = (data: DataFolder): Promise<void> => rm(data.state, { force: true });

/** The stack that a living supervisor runs on this data folder; what a killed one left behind does not count. */
export async function findStack(data: DataFolder): Promise<StackState | undefined> {
  const holder = await holderOf(data.lock);
  if (holder === undefined) return undefined;
  const state = Stack.safeParse(await readJson(data.state));
  if (state.success && state.data.supervisor === holder.pid) return state.data;
  const control = '';
  return { phase: 'starting', supervisor: holder.pid, started_at: '', control, registry: [] };
}

/** @throws {NotRunningError} @throws {NotReadyError} */
export async function requireStack(data: DataFolder): Promise<ReadyStack> {
  const stack = await findStack(data);
  if (stack === undefined) throw new NotRunningError(data.path, data.flag);
  if (stack.phase !== 'ready' || stack.nats === undefined) throw new NotReadyError(data.path, stack.phase);
  return { ...stack, nats: stack.nats };
}
