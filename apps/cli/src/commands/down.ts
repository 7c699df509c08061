import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { ControlError, EXIT } from '../errors.js';
import { holderOf } from '../stack/lock.js';
import { endLeftOver } from '../stack/nats.js';
import { removeState } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from './context.js';

/** Services get 12 s, NATS 10 s. */
const DOWN_WITHIN_MS = 30_000;

/** `voorman down`: stops the stack of this data folder. */
export const down = (act: Act): Command =>
  examples(
    command('down', 'stop the stack; services hand back their work first').action((options: CommonOptions) =>
      act(() => stop(contextOf(options))),
    ),
    './voorman down',
  );

async function stop({ data, terminal }: Context): Promise<number> {
  const holder = await holderOf(data.lock);
  if (holder === undefined) {
    const leftOver = await endLeftOver(data);
    if (leftOver !== undefined) await removeState(data);
    terminal.line(
      leftOver === undefined
        ? `Nothing is running on ${data.path}.`
        : `The supervisor was gone; ended the nats-server (pid ${leftOver}) that it left behind.`,
    );
    terminal.document({ data: data.path, stopped: leftOver !== undefined });
    return EXIT.ok;
  }
  process.kill(holder.pid, 'SIGTERM');
  const deadline = Date.now() + DOWN_WITHIN_MS;
  while ((await holderOf(data.lock)) !== undefined) {
    if (Date.now() > deadline) {
      throw new ControlError(
        `The supervisor (pid ${holder.pid}) has not stopped within ${DOWN_WITHIN_MS / 1_000} s.`,
        `End it with: kill -9 ${holder.pid}   and run voorman down again.`,
      );
    }
    await pause(50);
  }
  terminal.line('The stack is down.');
  terminal.document({ data: data.path, stopped: true });
  return EXIT.ok;
}
