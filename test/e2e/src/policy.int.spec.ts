import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documents, voorman } from './testing/command-line.js';

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SHIPPED = fileURLToPath(new URL('../../../deploy/registry/policies', import.meta.url));

interface Pushed {
  readonly revision: string;
  readonly everywhere: boolean;
  readonly in_force_ms: number;
  readonly enforcement_points: readonly { readonly name: string; readonly revision: string }[];
}

describe('the policy of a running stack', () => {
  let folder = '';
  let stricter = '';
  let data: string[] = [];
  let session = '';
  const json = async <Answer>(args: readonly string[], code = 0): Promise<Answer> => {
    const ended = await voorman([...args, '--json', ...data]);
    expect(ended.code, ended.err).toBe(code);
    return JSON.parse(ended.out) as Answer;
  };
  const run = () =>
    json<{ session: string; outcome: string }>([
      'run',
      'Why are requests failing?',
      '--attach',
      'examples/checkout-incident/access.log',
    ]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-policy-'));
    data = ['--data', join(folder, 'data')];
    // The same policy, with one objection more, and so another answer to every goal.
    stricter = join(folder, 'policies');
    await cp(SHIPPED, stricter, { recursive: true });
    await writeFile(
      join(stricter, 'closed.rego'),
      'package voorman.authz\n\nobjection contains "Closed today." if input.tool_name == "analyze_logs"\n',
    );
    const up = await voorman(['up', '--detach', '--relaxed', ...data]);
    expect(up.code, up.err).toBe(0);
    const { session: done, outcome } = await run();
    expect(outcome).toBe('completed');
    session = done;
  });
  afterAll(async () => {
    await voorman(['down', ...data]);
    await rm(folder, { recursive: true, force: true });
  });

  it('is not replaced by one whose tests fail, and says which', async () => {
    const ended = await voorman(['policy', 'push', stricter, '--json', ...data]);
    expect(ended.code).toBe(5);
    expect(JSON.parse(ended.out)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.stringContaining('_test.rego:')]),
    });
    expect(await json(['policy', 'status'])).toMatchObject({ everywhere: true });
  });

  it('tells beforehand which decisions would flip, and decides so within a second of a push', async () => {
    await rm(join(stricter, 'tools_test.rego'));
    await rm(join(stricter, 'bus_test.rego'));
    await rm(join(stricter, 'decision_test.rego'));
    const before = await json<{ flipped: number; unknown: number; by_tool: Record<string, unknown> }>([
      'policy',
      'what-if',
      '--bundle',
      stricter,
    ]);
    expect(before).toMatchObject({
      flipped: 1,
      unknown: 0,
      by_tool: { analyze_logs: { decisions: 1, to_allow: 0, to_deny: 1 } },
    });

    const pushed = await json<Pushed>(['policy', 'push', stricter]);
    expect(pushed.everywhere).toBe(true);
    expect(pushed.in_force_ms).toBeLessThan(process.env.CI === undefined ? 3_000 : 10_000);
    expect(new Set(pushed.enforcement_points.map((point) => point.revision))).toEqual(new Set([pushed.revision]));
    const ended = await voorman([
      'run',
      'Why are requests failing?',
      '--attach',
      'examples/checkout-incident/access.log',
      ...data,
    ]);
    expect(ended.code).toBe(10);
    const denied = documents(
      (await voorman(['decision-log', '--outcome', 'deny', '--tool', 'analyze_logs', '--json', ...data])).out,
    );
    expect(denied.length).toBeGreaterThan(0);
    for (const decision of denied) {
      expect(decision).toMatchObject({
        allow: false,
        bundle: pushed.revision,
        reasons: ['Closed today.'],
        bundles: { policy: { revision: pushed.revision } },
      });
    }
  });

  it('is what it was after a rollback, and stays that', async () => {
    const back = await json<Pushed>(['policy', 'rollback']);
    expect(back.everywhere).toBe(true);
    expect((await run()).outcome).toBe('completed');
    expect(await json(['policy', 'status'])).toMatchObject({ revision: back.revision, everywhere: true });
  });

  it('explains a decision by the rules of then, step by step', async () => {
    const [decision] = documents(
      (await voorman(['decision-log', '--session-id', session, '--tool', 'analyze_logs', '--json', ...data])).out,
    );
    const explained = await json<{ same: boolean; traces: readonly { rule: string; text: string }[] }>([
      'policy',
      'explain',
      String(decision?.position),
    ]);
    expect(explained.same).toBe(true);
    expect(explained.traces[0]?.text).toMatch(/tools\.rego:\d+/);
  });

  it('says in one line for people what was decided', async () => {
    const { out } = await voorman(['decision-log', '--session-id', session, '--agent', 'sre-diagnosis-bot', ...data]);
    expect(out.split('\n')[0]).toMatch(
      /^\[INFO\] tool_execute: allow=True, agent=sre-diagnosis-bot, tool=analyze_logs, policy_revision=[0-9a-f]{16}, latency_ms=\d+\.\d{3}$/,
    );
  });

  it('is what the bus goes by', async () => {
    const { bots } = await json<{ bots: readonly { name: string; publish: readonly string[] }[] }>([
      'policy',
      'permissions',
    ]);
    const config = await readFile(join(folder, 'data', 'nats-server.conf'), 'utf8');
    expect(bots.length).toBeGreaterThan(2);
    for (const bot of bots) {
      const reached = [...config.matchAll(/"log\.([^.]+)\.\*\.\*\.\*\.([^."]+)"/g)].filter(
        ([, , name]) => name === bot.name,
      );
      const promised = bot.publish.filter((subject) => subject.startsWith('log.')).toSorted();
      expect(reached.map(([, target]) => `log.${target}.*.*.*.${bot.name}`).toSorted()).toEqual(promised);
    }
  });
});
