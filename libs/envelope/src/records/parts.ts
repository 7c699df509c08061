import { z } from 'zod';

/** A line that proves a claim: file, line number from 1, the line's text. */
export const Evidence = z
  .object({ source: z.string().max(255), line: z.int().min(1), text: z.string().max(2_000) })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** What went wrong, in words that may leave the process. */
export const Fault = z
  .object({ code: z.string().max(128), message: z.string().max(4_000), next: z.string().max(1_000) })
  .meta({ id: 'Fault' });
export type Fault = z.infer<typeof Fault>;

/** Policy's answer, as it was given, with the revision of the bundle that gave it. */
export const Decision = z
  .object({
    action: z.string().max(64).describe('tool_execute, task_delegate or publish'),
    allow: z.boolean(),
    reasons: z.array(z.string().max(500)).max(20),
    bundle: z.string().max(128).describe('revision of the bundle; "none" where there was no usable bundle'),
    latency_us: z.number().min(0),
  })
  .meta({ id: 'Decision' });
export type Decision = z.infer<typeof Decision>;

/** How a task may end; exactly one of these. */
export const Outcome = z.enum(['completed', 'failed', 'expired', 'cancelled']).meta({ id: 'Outcome' });
export type Outcome = z.infer<typeof Outcome>;

/** The states of a bot's work on a task, in this order. */
export const TaskState = z
  .enum(['INTAKE', 'PLAN', 'RETRIEVE', 'EXECUTE', 'VERIFY', 'OUTPUT'])
  .meta({ id: 'TaskState' });
export type TaskState = z.infer<typeof TaskState>;

/** JSON as it travels in payloads. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;
