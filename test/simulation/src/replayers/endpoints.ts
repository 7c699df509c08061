import type { Recorded } from '@voorman/envelope';
import { type Endpoint, type EndpointCommand, endpoint, GATEWAY } from '@voorman/tool-gateway/handlers';
import { TOOLS } from '../cast.js';
import { type Replayer, replayerOf } from '../replay.js';

/** The circuit breakers. That an attempt failed is taken from the record; what follows from it is decided again. */
export const endpointsReplayer: Replayer = replayerOf<Endpoint, EndpointCommand>(
  endpoint,
  (record) => record.source_agent === GATEWAY && record.type === 'endpoint-changed' && record.condition !== undefined,
  endpointCommandsOf,
);

function endpointCommandsOf(record: Recorded): readonly EndpointCommand[] {
  if (record.type !== 'endpoint-changed') return [];
  const { endpoint: name, tool, code = '', until = '' } = record.payload;
  const rules = TOOLS.find((each) => each.name === tool)?.breaker;
  if (rules === undefined) return [];
  const about = { endpoint: name, tool, by: record.causation_id ?? '' };
  const atMs = record.recordedAtMs;
  return [
    { ...about, type: 'try', at: record.time, until },
    { ...about, type: 'succeed' },
    ...[true, false].map(
      (wasTrial): EndpointCommand => ({ ...about, type: 'fail', rules, code, wasTrial, atMs, until }),
    ),
  ];
}
