import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A tool that says everything that it can see, everywhere where it can say something. */
const LEAKY_PROGRAM = `import { readFileSync } from 'node:fs';
// It finds its plants beside itself: what comes back is then nobody's argument.
const plant = JSON.parse(readFileSync(new URL('plant.json', import.meta.url), 'utf8'));
const { files, goal, how } = JSON.parse(readFileSync(0, 'utf8'));
console.error('stderr says ' + plant.stderr);
const quoted = files.map(({ path }) => readFileSync(path, 'utf8'));
if (how === 'fail') {
  console.log(JSON.stringify({ error: { code: 'leaky/failed', message: 'It failed with ' + plant.fault } }));
  process.exit(1);
}
console.log(JSON.stringify({
  text: ['The result is ready.', goal, ...quoted].join(' | '),
  nested: { [plant.key]: [plant.result], password: plant.word },
}));`;

/** What the program puts where. */
export interface Plant {
  readonly stderr: string;
  readonly fault: string;
  readonly key: string;
  readonly result: string;
  readonly word: string;
}

/** A registry of tools that leak, and a bot that calls them. @param portal address of a service that repeats its headers. */
export async function writeLeakingRegistry(folder: string, portal: string, plant: Plant): Promise<void> {
  const leaky = join(folder, 'tools', 'leaky');
  await mkdir(leaky, { recursive: true });
  await mkdir(join(folder, 'tools', 'portal'), { recursive: true });
  await mkdir(join(folder, 'agents'), { recursive: true });
  await writeFile(join(leaky, 'leaky.mjs'), LEAKY_PROGRAM);
  await writeFile(join(leaky, 'plant.json'), JSON.stringify(plant));
  const shared = { version: '1.0.0', effect: 'read', budget: { max_calls_per_session: 20 }, timeout_ms: 20_000 };
  const input = { files: 'attachment[]', goal: 'string', how: 'string' };
  await write(join(leaky, 'tool.yaml'), {
    ...{ name: 'leaky', type: 'process', command: ['node', 'leaky.mjs'] },
    schema: { input, output: { text: 'string' } },
    ...shared,
  });
  await write(join(folder, 'tools', 'portal', 'tool.yaml'), {
    ...{ name: 'portal', type: 'api', method: 'GET', endpoint: portal, private_addresses: ['127.0.0.1'] },
    request: { headers: { 'X-Portal-Key': '{{ secrets.key }}' } },
    secrets: { key: { file: 'portal-key' } },
    schema: { input: {}, output: { seen: 'string' } },
    ...shared,
  });
  await write(join(folder, 'agents', 'leaky-bot.yaml'), leakyBot);
}

const step = (id: string, tool: string, args: object, after?: string) => ({
  ...{ id, tool, args },
  ...(after === undefined ? {} : { depends_on: [after] }),
});
const args = (how: string) => ({ files: '{{ task.attachments }}', goal: '{{ task.goal }}', how });

const leakyBot = {
  name: 'leaky-bot',
  version: '1.0.0',
  description: 'Leaks whatever it is given.',
  domain: 'test',
  capabilities: [
    { name: 'leak', description: 'Leaks.', keywords: ['leak'], attachments: { kinds: ['log'], required: true } },
    { name: 'stumble', description: 'Fails.', keywords: ['stumble'], attachments: { kinds: ['log'], required: true } },
  ],
  tools: ['leaky', 'portal'],
  policy_profile: 'researcher',
  brain: {
    type: 'scripted',
    skills: {
      leak: {
        steps: [step('say', 'leaky', args('say')), step('ask', 'portal', {}, 'say')],
        output: { answer: 'Said {{ steps.say.text }} and {{ steps.ask.seen }}.' },
      },
      stumble: { steps: [step('fall', 'leaky', args('fail'))], output: { answer: '{{ steps.fall.text }}' } },
    },
  },
};

const write = (file: string, manifest: object): Promise<void> => writeFile(file, stringify(manifest));
