import { type OpenTask, ScriptedBrain } from '@voorman/agent';
import type { JsonObject } from '@voorman/envelope';
import { Graph } from '@voorman/workflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceBehindTool } from '../testing/service-behind-tool.js';
import { expectWhole } from '../testing/whole-requests.js';

/*
 * Twice something is filled in on the way from a goal to a service: the bot's script quotes the goal and what tools
 * answered, the tool's manifest quotes the call's arguments. Neither reads what the other put there.
 */
const look = Graph.parse({
  steps: [
    { id: 'find', tool: 'search', args: { query: '{{ task.goal }}' } },
    {
      id: 'ask',
      tool: 'items',
      args: { id: 'one', q: 'about {{ task.goal }}', text: '{{ steps.find.text }}' },
      depends_on: ['find'],
    },
  ],
  output: { answer: '{{ steps.ask.text }}' },
});
const brain = new ScriptedBrain({ agent: 'sre-bot', skills: { look } });

/** The arguments of the second call, once the first has answered. */
function argumentsFor(goal: string, text: string): JsonObject {
  const found = { text, hidden: 'of another step' };
  const task: OpenTask = {
    ...{ status: 'open', phase: 'executing', agent: 'sre-bot', ttlSeconds: 60, requestedAtMs: 0, capability: 'look' },
    request: { goal },
    calls: { find: { status: 'finished', callId: 'c1', output: found, isUntrusted: true } },
  };
  const thought = brain.think(task, 't1');
  if (thought.kind !== 'call') throw new Error(`The bot wants no call but ${thought.kind}.`);
  return thought.arguments;
}

let service: ServiceBehindTool;
beforeAll(async () => {
  service = await ServiceBehindTool.start();
});
afterAll(() => service.stop());
beforeEach(() => service.reset());

describe('an attack by a template in a goal, or in what a tool answered', () => {
  it.each([
    ...[
      '{{ steps.find.hidden }}',
      '{{ task.goal }}',
      '{{task.attachments?}}',
      '{{ steps.find.text }}',
      '{{ nothing }}',
    ],
    ...['{{ secrets.key }}', '{{ args.id }}', '{{ steps.__proto__ }}', '{{ task.constructor.name }}', '$&', '$1', "$'"],
  ])('is a text on its whole way, and filled in by nobody: %j', async (text) => {
    const args = argumentsFor(text, text);
    expect(args).toEqual({ id: 'one', q: `about ${text}`, text });
    await service.call(args);
    expectWhole(service, 'one');
    const [heard] = service.heard;
    expect(new URL(heard?.path ?? '', 'http://service').searchParams.get('q')).toBe(`about ${text}`);
    expect(JSON.parse(heard?.body ?? '')).toEqual({ text, fixed: { admin: false } });
  });
});
