import { FOREMAN, OPERATOR } from '@voorman/envelope';
import { asSentence } from '../output/fault.js';
import type { Client } from './connection.js';
import { freshName, publish, type Sent } from './goal.js';

/** A cancellation has to be taken up soon or not at all. */
const CANCEL_TTL_SECONDS = 60;

/** Asks the orchestrator to end a session. */
export const cancelSession = (client: Client, tenant: string, session: string, reason: string): Promise<Sent> =>
  publish(client, tenant, {
    task_id: freshName('cancel'),
    source_agent: OPERATOR,
    target_agent: FOREMAN,
    payload: { action: 'cancel', reason: asSentence(reason.slice(0, 500)) },
    correlation_id: session,
    ttl_seconds: CANCEL_TTL_SECONDS,
  });
