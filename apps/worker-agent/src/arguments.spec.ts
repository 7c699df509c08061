import { describe, expect, it } from 'vitest';
import { agentFile, WrongAgentError } from './arguments.js';

describe('the command line of a worker', () => {
  it('names the manifest of its bot', () => {
    expect(agentFile(['--agent', 'a/agent.yaml'])).toBe('a/agent.yaml');
    expect(agentFile(['--agent=a/agent.yaml'])).toBe('a/agent.yaml');
  });

  it.each([[[]], [['--agent']], [['a/agent.yaml']], [['--agnet', 'a/agent.yaml']], [['--agent=']]])(
    'that reads %j is refused with what to write instead',
    (args) => {
      expect(() => agentFile(args)).toThrow(
        expect.objectContaining({
          code: 'worker/missing-agent',
          next: 'Start it as: worker-agent --agent path/to/agent.yaml',
        }),
      );
    },
  );
});

describe('a manifest of another bot than the key', () => {
  it('is refused by both names', () => {
    expect(new WrongAgentError('sre-bot', 'review-bot').toPublic()).toMatchObject({
      code: 'worker/wrong-agent',
      message: 'The worker runs as sre-bot, but its manifest declares review-bot.',
    });
  });
});
