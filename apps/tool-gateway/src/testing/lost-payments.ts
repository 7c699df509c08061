import { type Recorded, taskBoundary } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { readAll } from '@voorman/log';
import { compileTool } from '@voorman/registry';
import { type Deed, GatewaySession, manifest, never, output } from './session.js';

const lost: Executed = {
  kind: 'unknown',
  fault: { code: 'tool/connection-lost', message: 'Lost.', next: 'Look.' },
  durationMs: 1,
  retryable: true,
};

/** What the probe answers of a payment that was made. */
export const happened = output({ happened: true });

/** A session whose tool `pay` always loses its connection, so that its calls are in doubt, and a tool that knows of them. */
export class LostPayments {
  readonly session = new GatewaySession();
  /** What the probe was asked, oldest first. */
  readonly asked: Execution[] = [];

  constructor() {
    this.knowing();
  }

  /** Registers `pay` and its probe anew. @param more of the probing tool's manifest. @param probe of `pay`'s. */
  knowing(more: Record<string, unknown> = {}, probe: Record<string, unknown> = {}): void {
    const { tools } = this.session;
    const args = { key: '{{ call.key }}', query: '{{ call.arguments.query }}' };
    const named = { tool: 'payment_known', arguments: args, ...probe };
    tools.set('pay', compileTool(manifest({ name: 'pay', effect: 'once', probe: named })));
    const schema = { input: { key: 'string', query: 'string' }, output: { happened: 'boolean' } };
    tools.set('payment_known', compileTool(manifest({ name: 'payment_known', schema, ...more })));
  }

  /** Payments are lost; the probe gets these answers one after another, the last one for ever. */
  answering(...answers: readonly (Executed | Deed)[]): Deed {
    return (execution) => {
      if (execution.tool.manifest.name === 'pay') return lost;
      const next = answers[Math.min(this.asked.length, answers.length - 1)] ?? never;
      this.asked.push(execution);
      return typeof next === 'function' ? next(execution) : next;
    };
  }

  /** By way of another gateway: a process takes the records of one task in a row. */
  async settledByPerson(happened: boolean): Promise<void> {
    await this.session.settle('c1', happened);
    const { log } = this.session.connection();
    const words = await readAll(log, taskBoundary('default', 's1', 't1'));
    const word = words.find((record) => record.type === 'settlement-requested');
    if (word?.type !== 'settlement-requested') throw new Error('Nobody said a word.');
    await this.session.handler(never).settlementRequested(word);
  }

  /** What gateways recorded after the doubt. */
  async afterDoubt(): Promise<Recorded[]> {
    const all = await this.session.written();
    return all.slice(all.findIndex(({ type }) => type === 'tool-in-doubt') + 1);
  }

  async typesAfterDoubt(): Promise<string[]> {
    return (await this.afterDoubt()).map(({ type }) => type);
  }
}
