import { fold } from '@voorman/decider';
import { type Decision, type Draft, type Envelope, sealDraft, serviceBoundary } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { connectLog } from '@voorman/log/jetstream';
import { calls } from '@voorman/tool-gateway/handlers';
import { type BenchStack, PUBLISHER } from './stack.js';
import { percentile, rounded } from './usage.js';

/** W3: a session of many records, read and folded by someone who knows nothing of it yet. */
export interface ColdFoldFigures {
  readonly records: number;
  readonly p50_ms: number;
  readonly max_ms: number;
}

const decision: Decision = { action: 'tool_execute', allow: true, reasons: ['listed'], bundle: 'bench', latency_us: 5 };
const SESSION = 'w3-long';

/** Half of the records start calls, half end them, as the gateway writes them. */
function recordsOf(count: number): Envelope[] {
  return Array.from({ length: count }, (_, index) => {
    const call = { call_id: `call-${index >> 1}`, tool: 'noop' };
    const draft: Draft =
      index % 2 === 0
        ? {
            type: 'tool-started',
            target: 'journal',
            payload: {
              ...call,
              agent: 'noop-bot',
              version: '1.0.0',
              effect: 'read',
              attempt: 1,
              max_attempts: 3,
              cost_usd: 0,
              decision,
            },
          }
        : {
            type: 'tool-finished',
            target: 'noop-bot',
            payload: { ...call, attempt: 1, duration_ms: 1, output: { n: index } },
          };
    const seal = {
      source: 'tool-gateway',
      tenant: PUBLISHER.tenant,
      session: SESSION,
      task: 'task-1',
      ttlSeconds: 600,
    };
    return sealDraft(draft, { ...seal, id: `w3-${index}`, atMs: Date.now() });
  });
}

export async function measureColdFold(stack: BenchStack, count: number, rounds: number): Promise<ColdFoldFigures> {
  const credentials = stack.server.credentialsFor('tool-gateway');
  if (!('nkeySeed' in credentials)) throw new Error('the gateway has no key');
  const gateway = await connectLog({ servers: [stack.server.url], name: 'tool-gateway', credentials });
  try {
    const records = recordsOf(count);
    for (let at = 0; at < records.length; at += 500) {
      await Promise.all(records.slice(at, at + 500).map((record) => gateway.log.append(record)));
    }
  } finally {
    await gateway.close();
  }
  const took: number[] = [];
  const boundary = serviceBoundary(PUBLISHER.tenant, SESSION, 'tool-gateway');
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const story = await readAll(stack.operator.log, boundary);
    const state = fold(calls, story);
    took.push(performance.now() - began);
    if (state.byName.size !== count / 2) throw new Error(`${state.byName.size} calls were folded, not ${count / 2}`);
  }
  return { records: count, p50_ms: rounded(percentile(took, 0.5)), max_ms: rounded(Math.max(...took)) };
}
