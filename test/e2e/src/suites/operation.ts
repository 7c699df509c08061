import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { documents, finished, launch } from '../testing/command-line.js';
import { type Answer, FAILING_LOG, Stack } from '../testing/stack.js';

const BOTS = ['code-review-bot', 'legal-document-bot', 'sre-diagnosis-bot'];

/** Waits until a process has ended. */
async function gone(pid: number, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) throw new Error(`The process ${pid} still runs.`);
    await pause(100);
  }
}

function isRunning(pid: number): boolean {
  try {
    // A process that has ended may stay listed until its parent, by now the system's first process, has noticed.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return existsSync('/proc') ? false : isListed(pid);
  }
}

function isListed(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process: exactly the question
  }
}

/** What an operator does to a running stack, and what the world does to it. */
export function operation(stack: () => Stack): void {
  describe('a running stack', () => {
    it('shows its server and every process', async () => {
      const status = await stack().status();
      expect(status.nats).toMatchObject({ url: expect.stringMatching(/^nats:/), durability: 'on-disk' });
      expect(status.nats.version).toMatch(/^2\.\d+/);
      expect(status.services.map((service) => service.name).sort()).toEqual(
        [...BOTS, 'orchestrator', 'policy', 'tool-gateway'].sort(),
      );
      for (const service of status.services) {
        const { name } = service;
        expect(service).toEqual({
          ...{ name, pid: expect.any(Number), state: 'ready', pending: 0 },
          quarantined: expect.any(Number),
        });
      }
      expect(status.problems).toEqual([]);
    });

    it('is not started a second time', async () => {
      for (const args of [['up'], ['up', '--detach']]) {
        const { code, err } = await stack().run([...args, '--json']);
        expect(code, err).toBe(4);
        expect(JSON.parse(err)).toMatchObject({ error: { code: 'cli/already-running' } });
      }
      expect((await stack().status()).services).toHaveLength(6);
    });

    it('lets several processes share a bot’s tasks', async () => {
      await stack().json(['scale', 'code-review-bot', '2']);
      const names = (await stack().status()).services.map((service) => service.name);
      expect(names.filter((name) => name === 'code-review-bot')).toHaveLength(2);
      await stack().json(['scale', 'code-review-bot', '1']);
      expect((await stack().status()).services).toHaveLength(6);
      expect((await stack().run(['scale', 'nobody', '2'])).code).toBe(5);
      expect((await stack().run(['scale', 'code-review-bot', '0'])).code).toBe(2);
    });

    it('tells records as they come until it is interrupted', async () => {
      const tail = launch(['tail', '--session', 'watched', '--json', '--data', stack().data]);
      const said = finished(tail);
      await pause(1_000);
      await stack().run(['run', 'Bake a cake.', '--session', 'watched']);
      await pause(300);
      tail.kill('SIGINT');
      const { code, out } = await said;
      expect(code).toBe(0);
      expect(documents(out).at(-1)).toMatchObject({ type: 'answer-given', position: expect.any(Number) });
    });
  });

  describe('a bot that is frozen', () => {
    const asked = async (ttl: string, session: string) =>
      await stack().run([
        'run',
        'Why are requests failing?',
        '--ttl',
        ttl,
        '--session',
        session,
        '--json',
        '--attach',
        await stack().file('frozen.log', FAILING_LOG),
      ]);

    it('lets its task expire in time, and the user is told', async () => {
      const pid = await stack().pidOf('sre-diagnosis-bot');
      process.kill(pid, 'SIGSTOP');
      try {
        expect((await stack().status()).services.find((service) => service.pid === pid)?.state).toBe('unresponsive');
        const { code, out } = await asked('2', 'expiring');
        expect(code).toBe(11);
        expect(JSON.parse(out)).toMatchObject({ outcome: 'expired', answer: expect.stringMatching(/\w/) });
        const records = documents((await stack().run(['log', '--session', 'expiring', '--json'])).out);
        const at = (type: string) => Date.parse(String(records.find((record) => record.type === type)?.recorded_at));
        const seconds = (at('answer-given') - at('task-requested')) / 1_000;
        expect(seconds).toBeGreaterThanOrEqual(0.9);
        expect(seconds).toBeLessThanOrEqual(4);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('does not keep a session from being cancelled', async () => {
      const pid = await stack().pidOf('sre-diagnosis-bot');
      process.kill(pid, 'SIGSTOP');
      try {
        const waiting = asked('60', 'cancelled');
        for (let known = false; !known; ) {
          known = (await stack().run(['log', '--session', 'cancelled'])).out.includes('→ sre-diagnosis-bot');
        }
        const { code, out } = await stack().run(['cancel', 'cancelled', '--because', 'a test', '--json']);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ session: 'cancelled', goals: [{ outcome: 'cancelled' }] });
        const ended = await waiting;
        expect(ended.code).toBe(12);
        expect(JSON.parse(ended.out)).toMatchObject({
          outcome: 'cancelled',
          answer: expect.stringContaining('a test'),
        });
        expect((await stack().run(['cancel', 'cancelled'])).code).toBe(13);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('does not keep Ctrl-C from cancelling', async () => {
      const pid = await stack().pidOf('sre-diagnosis-bot');
      process.kill(pid, 'SIGSTOP');
      try {
        const log = await stack().file('ctrl-c.log', FAILING_LOG);
        const run = launch(['run', 'Why?', '--session', 'ctrl-c', '--json', '--attach', log, '--data', stack().data]);
        const said = finished(run);
        for (let known = false; !known; ) {
          known = (await stack().run(['log', '--session', 'ctrl-c'])).out.includes('→ sre-diagnosis-bot');
        }
        run.kill('SIGINT');
        const { code, out } = await said;
        expect(code).toBe(12);
        expect(JSON.parse(out)).toMatchObject({ session: 'ctrl-c', outcome: 'cancelled' });
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });
  });

  describe('what dies', () => {
    it('is started again, be it a service or the NATS server, and goals go on', async () => {
      const before = await stack().status();
      const gateway = await stack().pidOf('tool-gateway');
      process.kill(gateway, 'SIGKILL');
      process.kill(before.nats.pid, 'SIGKILL');
      const after = await stack().until(
        (status) =>
          status.nats.pid !== before.nats.pid &&
          status.services.every((service) => service.state === 'ready' && service.pid !== gateway),
      );
      expect(after.nats.url).toBe(before.nats.url);
      const log = await stack().file('after.log', FAILING_LOG);
      const answer = await stack().json<Answer>(['run', 'Why are requests failing?', '--attach', log]);
      expect(answer.outcome).toBe('completed');
    });
  });

  describe('a second stack', () => {
    it('in another folder does not disturb the first, and outlives the death of its supervisor', async () => {
      const second = await Stack.inFreshFolder();
      try {
        const first = await stack().status();
        expect((await second.run(['up', '--detach', '--relaxed'])).code).toBe(0);
        const { nats, services } = await second.status();
        expect(nats).toMatchObject({ durability: 'relaxed' });
        expect(nats.url).not.toBe(first.nats.url);

        process.kill((await second.json<{ supervisor: number }>(['status'])).supervisor, 'SIGKILL');
        await pause(200);
        expect(await second.run(['status'])).toMatchObject({ code: 3 });
        const again = await second.run(['up', '--detach']);
        expect(again.code).toBe(0);
        expect(again.out).toContain(`Ended the nats-server (pid ${nats.pid})`);
        expect((await second.status()).nats.url).toBe(nats.url);
        expect((await second.run(['down'])).code).toBe(0);
        // The first supervisor's services noticed its death by themselves; they have 10 s for their work.
        await Promise.all(services.map((service) => gone(service.pid)));
        expect(await stack().status()).toEqual(first);
      } finally {
        await second.remove();
      }
    });
  });
}
