import { parseArgs } from 'node:util';
import { VoormanError } from '@voorman/envelope';

/** The command line lacks the bot. */
export class MissingAgentError extends VoormanError {
  readonly code = 'worker/missing-agent';
  readonly next = 'Start it as: worker-agent --agent path/to/agent.yaml';

  constructor(options?: ErrorOptions) {
    super('The worker was not told which bot to be.', options);
  }
}

/** The manifest belongs to another bot than the NATS user. */
export class WrongAgentError extends VoormanError {
  readonly code = 'worker/wrong-agent';
  readonly next = 'Give the worker the manifest and the key of the same bot.';

  constructor(name: string, manifest: string) {
    super(`The worker runs as ${name}, but its manifest declares ${manifest}.`);
  }
}

/** The file after `--agent`. @throws {MissingAgentError} */
export function agentFile(args: readonly string[]): string {
  try {
    const { agent } = parseArgs({ args: [...args], options: { agent: { type: 'string' } } }).values;
    if (agent) return agent;
  } catch (cause) {
    throw new MissingAgentError({ cause });
  }
  throw new MissingAgentError();
}
