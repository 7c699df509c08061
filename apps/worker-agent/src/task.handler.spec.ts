import { type Recorded, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import { calmWeather, type Operation } from '@voorman/log/memory';
import { describe, expect, it } from 'vitest';
import { BotTask, finished, obliging } from './testing/bot.js';

const WHOLE_STORY = [
  'task-requested',
  'task-accepted',
  'steps-planned',
  'context-retrieved',
  'tool-requested',
  'tool-finished',
  'tool-requested',
  'tool-finished',
  'tool-requested',
  'tool-finished',
  'result-verified',
  'task-completed',
];
const typesOf = (story: readonly Recorded[]) => story.map((record) => record.type);

describe('a bot', () => {
  it('takes a task through its states to an answer, one record each', async () => {
    const task = new BotTask();
    await task.gateway(obliging);
    await task.replica();
    await task.request();
    const story = await task.storyUntil('task-completed');
    expect(typesOf(story)).toEqual(WHOLE_STORY);
    expect(story.at(-1)).toMatchObject({
      source_agent: 'sre-bot',
      target_agent: 'orchestrator',
      payload: { state: 'OUTPUT', answer: 'It was what is behind what is behind the door.' },
    });
    const states = story.flatMap(({ payload }) => ('state' in payload ? [payload.state] : []));
    expect([...new Set(states)]).toEqual(['INTAKE', 'PLAN', 'RETRIEVE', 'EXECUTE', 'VERIFY', 'OUTPUT']);
  });

  it('fetches an output that is too large for a record before it thinks about it', async () => {
    const task = new BotTask();
    const ref = await task.putApart({ found: 'x'.repeat(100_000) });
    await task.gateway((request) => {
      const answer = obliging(request);
      if (request.step !== 'second' || answer.type !== 'tool-finished') return answer;
      const { output: _apart, ...payload } = answer.payload;
      return { ...answer, payload: { ...payload, output_ref: ref, untrusted: true } };
    });
    await task.replica();
    await task.request();
    const story = await task.storyUntil('task-completed');
    expect(typesOf(story)).toEqual(WHOLE_STORY);
    const checked = story.findLast((record) => record.type === 'tool-requested');
    expect(checked).toMatchObject({ payload: { arguments: { what: 'x'.repeat(100_000) } } });
  });

  it('says with each record which one led to it', async () => {
    const task = new BotTask();
    await task.gateway(obliging);
    await task.replica();
    await task.request();
    const story = await task.storyUntil('task-completed');
    const own = story.filter((record) => record.source_agent === 'sre-bot');
    const wakers = story.filter((record) => record.target_agent === 'sre-bot').map((record) => record.id);
    for (const record of own) expect(wakers).toContain(record.causation_id);
  });

  it.each([
    ['one server', false],
    ['a cluster', true],
  ])('records every step once when all of its replicas are woken at once, on %s', async (_name, cluster) => {
    const task = new BotTask(cluster);
    let copies = 0;
    await task.gateway(obliging);
    for (let replica = 0; replica < 3; replica += 1) {
      const calm = calmWeather(task.time);
      let deliveries = 0;
      // Every second delivery goes to another replica as well, and appends of a cluster meet in flight.
      const fate = (operation: Operation) => {
        if (operation === 'delivery') deliveries += 1;
        const twice = operation === 'delivery' && deliveries % 2 === 1;
        copies += Number(twice);
        return { ...calm.fate(operation), twice, inFlightMs: 5 * replica };
      };
      await task.replica({ ...calm, fate });
    }
    await task.request();
    await task.storyUntil('task-completed');
    await task.time.wait(60_000);
    expect(copies).toBeGreaterThan(2);
    expect(typesOf(await task.story())).toEqual(WHOLE_STORY);
  });

  // 1: the acceptance, … up to 8, the answer: the replica dies on the way back from that append.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'goes on where a dead replica left off, after its append number %d',
    async (deadly) => {
      const task = new BotTask();
      await task.gateway(obliging);
      let appends = 0;
      const calm = calmWeather(task.time);
      const fate = (operation: Operation) => {
        if (operation === 'append') appends += 1;
        const dies = operation === 'append' && appends === deadly;
        // Taken away before it hears that its record is there.
        if (dies) queueMicrotask(() => kill());
        return { ...calm.fate(operation), backMs: dies ? 1_000 : 0 };
      };
      const kill = await task.replica({ ...calm, fate });
      await task.request();
      await task.time.wait(30_000);
      expect(typesOf(await task.story())).toEqual(WHOLE_STORY.slice(0, (await task.story()).length));
      await task.replica();
      await task.storyUntil('task-completed');
      await task.time.wait(60_000);
      expect(appends).toBe(deadly);
      expect(typesOf(await task.story())).toEqual(WHOLE_STORY);
    },
  );

  it('fails its task in words, once, where the bus keeps it from the gateway', async () => {
    const task = new BotTask();
    await task.replica(undefined, 'tool-gateway');
    await task.request();
    const story = await task.storyUntil('task-failed');
    expect(story.at(-1)).toMatchObject({
      target_agent: 'orchestrator',
      payload: { code: 'agent/forbidden', message: expect.stringContaining('sre-bot may not address') },
    });
    await task.time.wait(60_000);
    expect(typesOf(await task.story())).toEqual([...WHOLE_STORY.slice(0, 4), 'task-failed']);
  });

  it('ends the task, and calls nothing more, once its budget is used up', async () => {
    const task = new BotTask();
    await task.gateway((request) =>
      request.step === 'first'
        ? obliging(request)
        : {
            type: 'tool-refused',
            target: 'sre-bot',
            payload: {
              call_id: request.call_id,
              tool: request.tool,
              code: TOOL_BUDGET_EXCEEDED,
              message: 'look has used all 20 calls of this session.',
              next: 'Finish.',
            },
          },
    );
    await task.replica();
    await task.request();
    const story = await task.storyUntil('task-failed');
    expect(story.at(-1)).toMatchObject({
      type: 'task-failed',
      target_agent: 'orchestrator',
      payload: { code: TOOL_BUDGET_EXCEEDED },
    });
    expect(typesOf(story).filter((type) => type === 'tool-requested')).toHaveLength(2);
  });

  it('hands out no result that its own check does not confirm', async () => {
    const task = new BotTask();
    await task.gateway((request) => (request.tool === 'check' ? finished(request, { ok: false }) : obliging(request)));
    await task.replica();
    await task.request();
    const story = await task.storyUntil('task-failed');
    expect(story.at(-1)).toMatchObject({ payload: { code: 'agent/not-verified' } });
  });

  it('says what it can do when it is asked for something else', async () => {
    const task = new BotTask();
    await task.replica();
    await task.request({ goal: 'x', action: 'dance' });
    const story = await task.storyUntil('task-failed');
    expect(story.at(-1)).toMatchObject({
      payload: { code: 'agent/unknown-capability', next: expect.stringContaining('diagnose') },
    });
  });

  it('does nothing more for a task that was cancelled while a tool ran', async () => {
    const task = new BotTask();
    await task.replica();
    await task.request();
    const story = await task.storyUntil('tool-requested');
    await task.append('orchestrator', { type: 'task-cancelled', target: 'sre-bot', payload: { reason: 'enough' } });
    const asked = story.at(-1) as Recorded<'tool-requested'>;
    await task.append('tool-gateway', obliging(asked.payload));
    await task.time.wait(60_000);
    expect(typesOf(await task.story()).slice(-3)).toEqual(['tool-requested', 'task-cancelled', 'tool-finished']);
  });
});
