import { Command } from 'commander';
import type { Act } from '../context.js';
import { check } from './check.js';
import { explain } from './explain.js';
import { permissions } from './permissions.js';
import { push } from './push.js';
import { rollback } from './rollback.js';
import { policyStatus } from './status.js';
import { policyTest } from './test.js';
import { whatIf } from './what-if.js';

/** `voorman policy`: what policy says, what it would say, and what it said. */
export function policy(act: Act): Command {
  const group = new Command('policy')
    .description('check, test, publish and explain what is allowed')
    .helpCommand('help [command]', 'explain a command')
    .enablePositionalOptions();
  for (const make of [check, policyTest, push, rollback, policyStatus, explain, whatIf, permissions]) {
    group.addCommand(make(act));
  }
  return group;
}
