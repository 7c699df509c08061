import type { Command } from 'commander';
import { superviseForLauncher } from '../stack/detached.js';
import { type Act, type CommonOptions, command, contextOf, each } from './context.js';

interface SuperviseOptions extends CommonOptions {
  readonly relaxed?: boolean;
  readonly tls?: boolean;
  readonly registry?: readonly string[];
}

/** What `up --detach` launches; no command for people. */
export const supervise = (act: Act): Command =>
  command('supervise', 'supervise a stack in the background (used by up --detach)')
    .option('--relaxed')
    .option('--tls')
    .option('--registry <dir>', '', each)
    .action((options: SuperviseOptions) =>
      act(() =>
        superviseForLauncher({
          data: contextOf(options).data,
          registry: options.registry ?? [],
          relaxed: options.relaxed ?? false,
          ...(options.tls === undefined ? {} : { tls: options.tls }),
        }),
      ),
    );
