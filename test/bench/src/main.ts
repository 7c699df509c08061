import { parseArgs } from 'node:util';
import { Publisher } from '@voorman/test-stack';
import { measureCalls } from './calls.js';
import { PUBLISHER, startStack } from './stack.js';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, json: { type: 'boolean' } } });
const seconds = Number(values.seconds ?? 5);
for (const relaxed of [false, true]) {
  const stack = await startStack(relaxed);
  try {
    const publisher = await Publisher.connect(stack.server, PUBLISHER.name, PUBLISHER.tenant);
    for (const inFlight of [1, 32, 256]) {
      console.log(
        JSON.stringify(await measureCalls(stack, publisher, relaxed ? 'relaxed' : 'on-disk', inFlight, seconds)),
      );
    }
  } finally {
    await stack.stop();
  }
}
