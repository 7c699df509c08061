import { Command, CommanderError } from 'commander';
import { UsageError } from '../errors.js';

/** Commander's own words, without its heading, and where to read how the command is used. What is no fault stays as it is. */
export function usageFault(fault: CommanderError, command: Command): Error {
  if (fault.exitCode === 0) return fault;
  const said = fault.code === 'commander.help' ? 'There is no command.' : fault.message.replace(/^error: /, '');
  const sentence = said.replaceAll('\n', ' ');
  return new UsageError(`${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}`, seeHelpOf(command), {
    cause: fault,
  });
}

/** `voorman help tools fuzz`, and a plain word where there is no such command. */
export const helpOn = (root: Command): Command =>
  new Command('help')
    .description('explain a command')
    .argument('[command...]', 'its name')
    .action((names: readonly string[]) => {
      let found = root;
      for (const name of names) {
        const inner = found.commands.find((command) => command.name() === name);
        if (inner === undefined) throw new UsageError(`There is no command ${names.join(' ')}.`, seeHelpOf(found));
        found = inner;
      }
      found.help();
    });

const seeHelpOf = (command: Command): string => `See ./${pathOf(command)} --help.`;

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
