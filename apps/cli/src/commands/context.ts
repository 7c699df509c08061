import { isToken } from '@voorman/envelope';
import { Command, InvalidArgumentError } from 'commander';
import { Terminal } from '../output/terminal.js';
import { type DataFolder, dataFolder } from '../stack/data-folder.js';

/** What every command is given besides its own options. */
export interface Context {
  readonly data: DataFolder;
  readonly terminal: Terminal;
}

/** The options that all commands have, as they were given. */
export interface CommonOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** What a command works with, from its options. */
export const contextOf = (options: CommonOptions): Context => ({
  data: dataFolder(options.data),
  terminal: new Terminal(options.json ?? false),
});

/** A command with the options that all of them have. Its result is the exit code; `undefined` is 0. */
export const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--data <dir>', 'data folder of the stack (default: VOORMAN_DATA, else .voorman in the clone)')
    .option('--json', 'print JSON on standard output and nothing else');

/** Adds the examples that `--help` ends with. */
export const examples = (target: Command, ...lines: readonly string[]): Command =>
  target.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);

/** Hands a command's work to whoever takes its exit code. */
export type Act = (work: () => Promise<number>) => Promise<void>;

/** Reads an option that becomes part of a subject. */
export function token(value: string): string {
  if (isToken(value)) return value;
  throw new InvalidArgumentError('Use 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.');
}

/** Reads a whole number between two bounds. */
export const wholeNumber =
  (from: number, to: number) =>
  (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };

/** Collects an option that may be repeated. */
export const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
