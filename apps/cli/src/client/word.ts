import { type JsonObject, OPERATOR, type Recorded } from '@voorman/envelope';
import { EXIT } from '../errors.js';
import { spelled } from '../output/fault.js';
import { gist } from '../output/gist.js';
import type { Terminal } from '../output/terminal.js';
import type { CallStory } from './calls.js';
import type { Client } from './connection.js';
import { follow, freshName, publish } from './goal.js';

/** A person's word has to be taken up soon or not at all. */
const WORD_TTL_SECONDS = 60;

export interface Word {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly call: CallStory;
  readonly payload: JsonObject & { readonly action: string };
  /** Whether this record shows what came of the word; `refused` where it is not what the person wanted. */
  readonly endOf: (record: Recorded) => 'done' | 'refused' | undefined;
  /** What a person reads of that record; default: its type and gist. */
  readonly tell?: (record: Recorded) => string | undefined;
}

/** Sends a person's word about a call to the orchestrator, and waits until it shows or is refused. */
export async function sendWord({ client, terminal, call, payload, endOf, tell }: Word): Promise<number> {
  const sent = await publish(client, call.tenant, {
    task_id: freshName(payload.action),
    source_agent: OPERATOR,
    target_agent: 'orchestrator',
    payload,
    correlation_id: call.session,
    ttl_seconds: WORD_TTL_SECONDS,
  });
  for await (const record of follow(client, call.tenant, call.session, sent.after, AbortSignal.timeout(60_000))) {
    if (record.type === 'envelope-refused' && record.payload.inbox_position === sent.inboxPosition) {
      if (terminal.json) process.stderr.write(`${spelled(record.payload, true)}\n`);
      else terminal.note(spelled(record.payload, false));
      return EXIT.refused;
    }
    const end = endOf(record);
    if (end === undefined) continue;
    terminal.document({ call_id: call.call_id, session: call.session, type: record.type, payload: record.payload });
    terminal.line(tell?.(record) ?? `${record.type}: ${gist(record)}`);
    return end === 'done' ? EXIT.ok : EXIT.refused;
  }
  terminal.note('It was stored, and nobody has taken it up yet; voorman status shows what runs.');
  return EXIT.fault;
}
