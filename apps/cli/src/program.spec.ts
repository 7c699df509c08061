import { describe, expect, it } from 'vitest';
import { program } from './program.js';

describe('the command line', () => {
  const commands = program(async () => undefined).commands.filter((command) => command.name() !== 'supervise');

  it('has every command that is documented', () => {
    expect(commands.map((command) => command.name()).sort()).toEqual([
      'access',
      'approvals',
      'approve',
      'bench',
      'budget',
      'calls',
      'cancel',
      'decision-log',
      'down',
      'help',
      'log',
      'policy',
      'reject',
      'run',
      'scale',
      'simulate',
      'start',
      'status',
      'tail',
      'task',
      'tools',
      'up',
    ]);
  });

  it('lets every command of a stack choose its data folder and speak JSON', () => {
    const own = commands.filter((command) => !['bench', 'help', 'simulate'].includes(command.name()));
    for (const command of own.flatMap((each) => (each.commands.length > 0 ? each.commands : [each]))) {
      const options = command.options.map((option) => option.long);
      expect(options, command.name()).toEqual(expect.arrayContaining(['--data', '--json']));
    }
  });
});
