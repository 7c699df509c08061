import { LogFullError } from '@voorman/log';
import { describe, expect, it } from 'vitest';
import { EXIT, NotRunningError, ToldError } from '../errors.js';
import { spelled, told } from './fault.js';

describe('a fault that a command shows', () => {
  it('has a code, a sentence, what to do next, and an exit code', () => {
    expect(told(new NotRunningError('/data'))).toEqual({
      code: 'cli/not-running',
      message: 'No stack is running on /data.',
      next: 'Start it with: ./voorman up --detach',
      exitCode: EXIT.notRunning,
    });
    expect(new NotRunningError('/other', ' --data /other').next).toBe(
      'Start it with: ./voorman up --detach --data /other',
    );
    expect(told(new LogFullError())).toMatchObject({ code: 'log/full', exitCode: EXIT.fault });
  });

  it('that another process told is shown as that one would have', () => {
    const fault = { code: 'cli/name', message: 'm', next: 'n', exitCode: 5 };
    expect(told(new ToldError(fault))).toEqual(fault);
  });

  it('that nobody expected shows no stack trace', () => {
    const seen = told(new TypeError('x is not a function'));
    expect(seen).toMatchObject({ code: 'cli/unexpected', exitCode: EXIT.fault });
    expect(spelled(seen, false)).not.toMatch(/\n| at /);
  });

  it('is two sentences for people and one document for programs', () => {
    const fault = { code: 'a/b', message: 'It is full', next: 'Empty it.' };
    expect(spelled(fault, false)).toBe('It is full. Empty it.');
    expect(JSON.parse(spelled(fault, true))).toEqual({ error: fault });
  });
});
