import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@voorman/test-stack';
import { stringify } from 'yaml';

const tool = (name: string, endpoint: string, effect: 'once' | 'repeatable') => ({
  name,
  version: '1.0.0',
  type: 'api',
  endpoint,
  private_addresses: ['127.0.0.1'],
  method: 'POST',
  effect,
  schema: { input: { n: 'integer' }, output: { done: 'boolean' } },
  budget: { max_calls_per_session: 20, cost_per_call_usd: 0 },
  timeout_ms: 5_000,
});

/** A bot of two tools: three calls that may be repeated, and one in between that must happen once at most. */
const bot = (name: string) => ({
  name,
  version: '1.0.0',
  description: 'Writes to a witness.',
  domain: 'test',
  capabilities: [{ name: `${name}-work`, description: 'Four calls in a row.' }],
  tools: ['note', 'pay'],
  policy_profile: 'operator',
  brain: {
    type: 'scripted',
    skills: {
      [`${name}-work`]: {
        steps: [
          { id: 'first', tool: 'note', args: { n: 1 } },
          { id: 'pay', tool: 'pay', args: { n: 2 }, depends_on: ['first'] },
          { id: 'left', tool: 'note', args: { n: 3 }, depends_on: ['pay'] },
          { id: 'right', tool: 'note', args: { n: 4 }, depends_on: ['pay'] },
        ],
        output: { answer: 'All noted.' },
      },
    },
  },
});

/** A registry of its own, whose tools call the witness; returns the folder, and the manifest of each bot. */
export async function writeRegistry(
  folder: string,
  witness: string,
  bots: readonly string[],
): Promise<Map<string, string>> {
  await mkdir(join(folder, 'tools'), { recursive: true });
  await mkdir(join(folder, 'agents'), { recursive: true });
  for (const each of [tool('note', `${witness}/note`, 'repeatable'), tool('pay', `${witness}/pay`, 'once')]) {
    await mkdir(join(folder, 'tools', each.name));
    await writeFile(join(folder, 'tools', each.name, 'tool.yaml'), stringify(each));
  }
  const manifests = new Map<string, string>();
  for (const name of bots) {
    const file = join(folder, 'agents', `${name}.yaml`);
    await writeFile(file, stringify(bot(name)));
    manifests.set(name, file);
  }
  return manifests;
}

/**
 * The product's policy, but with operators that may do what must not happen twice: the shipped profiles allow that to
 * nobody. Its own tests stay behind, as they hold exactly that.
 */
export async function writePolicies(folder: string): Promise<string> {
  const shipped = join(ROOT, 'deploy', 'registry', 'policies');
  await cp(shipped, folder, { recursive: true, filter: (file) => !file.endsWith('_test.rego') });
  const file = join(folder, 'profiles.rego');
  const profiles = await readFile(file, 'utf8');
  const widened = profiles.replace('"effects": {"read", "repeatable"}', '"effects": {"read", "repeatable", "once"}');
  if (widened === profiles) throw new Error('The profile operator is not where it was.');
  await writeFile(file, widened);
  return folder;
}
