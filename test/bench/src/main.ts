import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Publisher } from '@voorman/test-stack';
import { measureCallParts } from './call-parts.js';
import { type CallsFigures, measureCalls } from './calls.js';
import { type ColdFoldFigures, measureColdFold } from './cold-fold.js';
import { measureDecision } from './decision.js';
import { type FirstRecordFigures, measureFirstRecord } from './first-record.js';
import { type FloorFigures, measureFloor } from './floor.js';
import { measurePolicy } from './policy.js';
import { toText } from './report.js';
import { PUBLISHER, startStack } from './stack.js';

const HELP = `Measures Voorman on this machine, beside raw JetStream on the same server in the same run.

  voorman bench [--seconds N] [--json]

  --seconds N   how long each figure of W1 and of the floor is measured; default 5 (the whole run: about 10 times that)
  --json        one JSON document on standard output

W1  sessions of ten tool calls, straight to a bot, with 1, 32 and 256 sessions in flight, on disk and relaxed
W2  from publishing a task to the bot's first record
W3  a session of 10,000 records, folded by someone who knows nothing of it
W4  a policy decision in process
W5  policy decisions with 1, 50 and 500 rules, with 10 MB of data, and over the socket of an OPA
W6  the check of a call's arguments, and the tool of W1 called without a gateway`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** Progress goes to standard error, so that standard output is the report alone. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(seconds: number, json: boolean): Promise<void> {
  const w1: CallsFigures[] = [];
  const floor: FloorFigures[] = [];
  const w2: FirstRecordFigures[] = [];
  let w3: ColdFoldFigures | undefined;
  let nats = '';
  for (const relaxed of [false, true]) {
    const durability = relaxed ? 'relaxed' : 'on-disk';
    say(`Starting a private stack, ${durability} …`);
    const stack = await startStack(relaxed);
    try {
      const publisher = await Publisher.connect(stack.server, PUBLISHER.name, PUBLISHER.tenant);
      nats = publisher.serverVersion;
      say('Warming up …');
      await measureCalls(stack, publisher, durability, 64, Math.min(seconds, 5));
      for (const inFlight of [1, 32, 256]) {
        say(`Measuring ${inFlight} in flight …`);
        floor.push(await measureFloor(stack, durability, inFlight, Math.max(1, seconds / 2)));
        w1.push(await measureCalls(stack, publisher, durability, inFlight, seconds));
      }
      say("Measuring the bot's first record …");
      w2.push(await measureFirstRecord(stack, publisher, durability, 200));
      if (!relaxed) {
        say('Measuring a cold fold …');
        w3 = await measureColdFold(stack, 10_000, 7);
      }
    } finally {
      await stack.stop();
    }
  }
  say('Measuring decisions …');
  const w4 = await measureDecision(40_000);
  const w5 = await measurePolicy(20_000);
  const w6 = await measureCallParts(20_000);
  if (!w3) throw new Error('nothing was folded');
  const report = { machine: { cpus: cpus().length, node: process.version, nats }, w1, floor, w2, w3, w4, w5, w6 };
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : toText(report)}\n`);
}

const seconds = Number(values.seconds);
if (values.help) process.stdout.write(`${HELP}\n`);
else if (!(seconds > 0 && seconds <= 600)) {
  say('--seconds takes a number from 1 to 600.');
  process.exitCode = 2;
} else await main(seconds, values.json);
