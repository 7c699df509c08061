import { expect, it } from 'vitest';
import { PoisonRecordError } from '../errors.js';
import type { GivenUp } from '../given-up.js';
import type { DueTimer, TimerKey } from '../timers.js';
import type { ContractCase } from './contract-case.js';
import { eventually } from './harness.js';
import { fresh, TENANT } from './samples.js';

/** How long after its time a timer may fire here: half a second by promise, the rest for a busy machine. */
const LATE_MS = 2_000;

/** What a deadline promises. */
export function timersContract({ connected, clock }: ContractCase): void {
  const key = (session: string, purpose = 'deadline'): TimerKey => ({
    tenant: TENANT,
    session,
    task: 'task-1',
    purpose,
  });

  /** Everything that fires for these sessions, with the moment at which it did. */
  async function firings(name: 'timekeeper' | 'late-timekeeper', ...sessions: string[]) {
    const { timers } = await connected(name);
    const fired: (DueTimer & { firedAtMs: number })[] = [];
    const following = await timers.follow((due) => {
      if (sessions.includes(due.session)) fired.push({ ...due, firedAtMs: clock().nowMs() });
      return Promise.resolve();
    });
    return { timers, fired, following };
  }

  it('fires at its time or soon after, never early, and names itself', async () => {
    const session = fresh('timer');
    const { timers, fired, following } = await firings('timekeeper', session);
    const atMs = clock().nowMs() + 800;
    await timers.set(key(session), atMs);
    const past = clock().nowMs() - 5_000;
    await timers.set(key(session, 'long-past'), past);
    await eventually(clock(), 'both timers', () => fired.length === 2);
    expect(fired).toMatchObject([
      { ...key(session, 'long-past'), atMs: past },
      { ...key(session), atMs },
    ]);
    const lateMs = (fired[1]?.firedAtMs ?? 0) - atMs;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(LATE_MS);
    await following.drain();
  });

  it('fires once, at the later time, when it was set again; and not at all when it was cancelled', async () => {
    const [moved, cancelled, other] = [fresh('moved'), fresh('cancelled'), fresh('other')];
    const { timers, fired, following } = await firings('timekeeper', moved, cancelled, other);
    const start = clock().nowMs();
    await timers.set(key(moved), start + 1_000);
    await timers.set(key(cancelled), start + 1_000);
    await timers.set(key(other, 'another'), start + 1_000);
    await timers.set(key(moved), start + 2_000);
    await timers.cancel(key(cancelled));
    await timers.cancel(key(other, 'deadline'));
    await eventually(clock(), 'the moved timer', () => fired.some((due) => due.session === moved));
    await clock().wait(300);
    expect(fired.map((due) => due.session)).toEqual([other, moved]);
    expect(fired[1]?.atMs).toBe(start + 2_000);
    expect(fired[1]?.firedAtMs).toBeGreaterThanOrEqual(start + 2_000);
    await following.drain();
  });

  it('comes again when its handler throws, and waits for a service that is away', async () => {
    const session = fresh('away');
    const { timers } = await connected('late-timekeeper');
    await timers.set(key(session), clock().nowMs() + 100);
    await clock().wait(600);
    let calls = 0;
    const following = await timers.follow((due) => {
      if (due.session !== session) return Promise.resolve();
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await eventually(clock(), 'the second firing', () => calls === 2);
    await clock().wait(1_500);
    expect(calls).toBe(2);
    await following.drain();
  });

  it('is given up after its last delivery, or at once when its handler says that no repetition can help', async () => {
    const [failing, poisoned] = [fresh('failing'), fresh('poisoned')];
    const { timers } = await connected('timekeeper');
    const calls: string[] = [];
    const given: [DueTimer, GivenUp][] = [];
    const following = await timers.follow(
      ({ session }) => {
        calls.push(session);
        if (session === failing) return Promise.reject(new Error('the session cannot be read'));
        return session === poisoned ? Promise.reject(new PoisonRecordError('It never will be.')) : Promise.resolve();
      },
      { maxDeliveries: 2, giveUp: (due, why) => Promise.resolve(void given.push([due, why])) },
    );
    for (const session of [failing, poisoned]) await timers.set(key(session), clock().nowMs());
    await eventually(clock(), 'both', () => given.length === 2);
    await clock().wait(2_500);
    expect(calls.filter((session) => session === failing)).toHaveLength(2);
    expect(calls.filter((session) => session === poisoned)).toHaveLength(1);
    for (const [session, deliveries, reason] of [
      [failing, 2, 'the session cannot be read'],
      [poisoned, 1, 'It never will be.'],
    ] as const) {
      const [due, why] = given.find(([each]) => each.session === session) ?? [];
      expect(due).toMatchObject(key(session));
      expect(why).toEqual({
        position: expect.any(Number),
        subject: `timer.due.timekeeper.${TENANT}.${session}.task-1.deadline`,
        consumer: 'timekeeper',
        deliveries,
        reason: expect.stringContaining(reason),
      });
    }
    expect(given).toHaveLength(2);
    await following.drain();
  });
}
