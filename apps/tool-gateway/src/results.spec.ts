import type { Executed } from '@voorman/executors';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { GatewaySession, manifest, output } from './testing/session.js';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('what a tool says', () => {
  it('is marked as coming from outside, and kept apart where it is too large for a record', async () => {
    session.tools.set('large', compileTool(manifest({ name: 'large', schema: { output: { text: 'string' } } })));
    const text = 'x'.repeat(100_000);
    await session.gateway(({ tool }) =>
      tool.manifest.name === 'large' ? output({ text }) : ({ ...output(), note: 'Cut.' } as Executed),
    );
    await session.request('c1');
    expect((await session.answers())[0]?.payload).toMatchObject({
      untrusted: true,
      note: 'Cut.',
      output: { done: true },
    });
    await session.request('c2', 'large', {});
    const large = (await session.answers(2))[1]?.payload;
    expect(large).toMatchObject({ output_ref: { media_type: 'application/json' }, untrusted: true });
    expect(large).not.toHaveProperty('output');
  });

  it('loses what must not be known, also where it says why it failed', async () => {
    const fault = { code: 'tool/failed', message: 'No user ada@example.org.', next: 'Ask.' };
    await session.gateway(session.doing({ kind: 'fault', fault, durationMs: 1, retryable: false }), {
      redact: async (given) => ({
        output: JSON.parse(JSON.stringify(given).replaceAll('ada@example.org', '[redacted:email]')),
        redacted: [],
      }),
    });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      payload: { fault: { message: 'No user [redacted:email].' } },
    });
  });
});
