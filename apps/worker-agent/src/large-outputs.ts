import type { Task, TaskCall } from '@voorman/agent';
import type { JsonObject, PayloadRef } from '@voorman/envelope';
import type { Payloads } from '@voorman/log';
import { LRUCache } from 'lru-cache';

/** Outputs that are kept between wake-ups. Bytes. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

/** Outputs too large for a record: fetched when a brain is to think about them, and not before. */
export class LargeOutputs {
  readonly #kept = new LRUCache<string, JsonObject>({ maxSize: MAX_KEPT_BYTES });

  constructor(private readonly payloads: Pick<Payloads, 'open'>) {}

  forOneWakeUp(): WakeUpOutputs {
    return new WakeUpOutputs((ref) => this.#fetched(ref));
  }

  /** @throws {PayloadMissingError} @throws {PayloadCorruptError} */
  async #fetched(ref: PayloadRef): Promise<JsonObject> {
    const kept = this.#kept.get(ref.digest);
    if (kept !== undefined) return kept;
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.payloads.open(ref)) chunks.push(chunk);
    const output = JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonObject;
    this.#kept.set(ref.digest, output, { size: ref.bytes });
    return output;
  }
}

/** What one wake-up needs of them. A decision cannot wait, so it says what is missing and is made again. */
class WakeUpOutputs {
  readonly #present = new Map<string, JsonObject>();
  readonly #missing = new Map<string, PayloadRef>();

  constructor(private readonly fetch: (ref: PayloadRef) => Promise<JsonObject>) {}

  /** The task with every output in its place; `undefined` while one has to be fetched first. */
  placed(task: Task): Task | undefined {
    if (task.status !== 'open' || !Object.values(task.calls).some(refOf)) return task;
    const calls: Record<string, TaskCall> = {};
    let isWhole = true;
    for (const [step, call] of Object.entries(task.calls)) {
      const ref = refOf(call);
      const output = ref && this.#present.get(ref.digest);
      if (ref !== undefined && output === undefined) {
        this.#missing.set(ref.digest, ref);
        isWhole = false;
      }
      calls[step] = output !== undefined && call.status === 'finished' ? { ...call, output } : call;
    }
    return isWhole ? { ...task, calls } : undefined;
  }

  /** True where something was missing and is here now. */
  async fetchMissing(): Promise<boolean> {
    const missing = [...this.#missing.values()];
    this.#missing.clear();
    for (const ref of missing) this.#present.set(ref.digest, await this.fetch(ref));
    return missing.length > 0;
  }
}

const refOf = (call: TaskCall): PayloadRef | undefined => (call.status === 'finished' ? call.outputRef : undefined);
