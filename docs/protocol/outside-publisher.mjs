// node outside-publisher.mjs access.json "Why are requests failing?"     (npm install @nats-io/transport-node)
import { readFileSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';

const [file, text] = process.argv.slice(2);
if (text === undefined) {
  console.error('Usage: node outside-publisher.mjs access.json "your goal"');
  process.exit(2);
}
const access = JSON.parse(readFileSync(file, 'utf8')); // voorman access NAME --json > access.json
const { url, user, password, inbox_prefix, publish, api_prefix, stream, durable } = access;
const nats = await connect({ servers: url, user, pass: password, inboxPrefix: inbox_prefix });
const [, , source_agent] = publish.split('.'); // inbox.<tenant>.<publisher>
const task_id = `goal-${Date.now()}`;
const goal = { task_id, source_agent, target_agent: 'orchestrator', payload: { goal: text } };
const envelope = { ...goal, correlation_id: `session-${task_id}`, ttl_seconds: 120 };
await nats.request(`${publish}.orchestrator`, JSON.stringify(envelope)); // the reply says that it is stored

for (let ended = false; !ended; ) {
  const next = `${api_prefix}.CONSUMER.MSG.NEXT.${stream}.${durable}`;
  const taken = await nats.request(next, '{"batch":1,"expires":5000000000}', { noMux: true, timeout: 6_000 });
  if (taken.headers?.code) continue; // a status such as 408: nothing came within the five seconds
  const record = taken.json();
  if (record.task_id === task_id) console.log(record.type, record.payload);
  ended = record.task_id === task_id;
  await nats.request(taken.reply, '+ACK'); // now it does not come again
}
await nats.close();
