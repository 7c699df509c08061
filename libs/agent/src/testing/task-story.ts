import { type Draft, ENVELOPE_SCHEMA, type Recorded, sealDraft } from '@voorman/envelope';

/** Builds records of one task for specifications: positions count up, times are those given. */
export class TaskStory {
  #position = 0;

  constructor(
    private readonly bot = 'sre-bot',
    private readonly recordedAtMs = 1_000,
  ) {}

  requested(ttlSeconds = 60, payload: Record<string, unknown> = {}): Recorded {
    return this.record({ type: 'task-requested', target: this.bot, payload }, 'orchestrator', ttlSeconds);
  }

  /** What the bot itself recorded. */
  own(draft: Draft): Recorded {
    return this.record(draft, this.bot);
  }

  gateway(draft: Draft): Recorded {
    return this.record(draft, 'tool-gateway');
  }

  private record(draft: Draft, source: string, ttlSeconds = 60): Recorded {
    this.#position += 1;
    const envelope = sealDraft(draft, {
      source,
      tenant: 'default',
      session: 's1',
      task: 't1',
      ttlSeconds,
      id: `r${this.#position}`,
      atMs: this.recordedAtMs,
    });
    return {
      ...envelope,
      schema: ENVELOPE_SCHEMA,
      position: this.#position,
      recordedAtMs: this.recordedAtMs,
    } as Recorded;
  }
}
