import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../errors.js';
import { program } from '../program.js';

/** What a command line throws. */
const faultOf = (...args: readonly string[]): Promise<unknown> =>
  program(async () => undefined)
    .parseAsync(args, { from: 'user' })
    .then(
      () => undefined,
      (fault: unknown) => fault,
    );

describe('a command line that does not fit', () => {
  it.each([
    [['run'], 'voorman run'],
    [['scale', 'some-bot', '0'], 'voorman scale'],
    [['policy', 'explain', 'x'], 'voorman policy explain'],
    [['tools', 'frob'], 'voorman tools'],
    [['rnu'], 'voorman'],
  ])('%j names the help that explains it', async (args, path) => {
    const fault = await faultOf(...args);
    expect(fault).toBeInstanceOf(UsageError);
    expect(fault).toMatchObject({ next: `See ./${path} --help.` });
  });

  it('asks for help on a command that is not there, and is told so', async () => {
    expect(await faultOf('help', 'nope')).toMatchObject({
      message: 'There is no command nope.',
      next: 'See ./voorman --help.',
    });
    expect(await faultOf('help', 'tools', 'nope')).toMatchObject({ next: 'See ./voorman tools --help.' });
  });

  it('is not what asks for help on a command that is there', async () => {
    const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await faultOf('help', 'tools', 'fuzz')).toMatchObject({ exitCode: 0 });
    expect(printed.mock.calls.join('')).toContain('Usage: voorman tools fuzz');
    printed.mockRestore();
  });
});
