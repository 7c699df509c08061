import { beforeAll, describe, expect, it } from 'vitest';
import { someSources } from '../testing/sources.js';
import { compileBundle } from './bundle-build.js';
import { OpaCommand } from './opa-command.js';

let compiler: OpaCommand;
beforeAll(async () => {
  compiler = await OpaCommand.locate();
});

const build = (rule: string, data = {}) =>
  compileBundle({ ...someSources({ 'p.rego': rule, 'p_test.rego': 'package p_test\n' }), data }, compiler, 0);

describe('building a bundle', () => {
  it('asks it about the registry that it was built for', async () => {
    const { bundle } = await build('package p\n\ndecision := {"allow": true}\n');
    expect(bundle.manifest.entrypoints).toEqual(['p/decision']);
  });

  it('refuses one that contradicts itself about a bot and its tool', async () => {
    const rule = `package p

decision := {"allow": allow} if {
	some allow in [true, false]
	input.agent == "bot"
	input.tool_name == "search"
} else := false
`;
    await expect(build(rule)).rejects.toMatchObject({
      code: 'policy/rejected',
      problems: [expect.stringContaining('It cannot decide whether bot may execute search:')],
    });
  });

  it('refuses one that takes too long, or too much memory, over its data', async () => {
    const rule = `package p

default decision := false

decision if {
	input.action == "task_delegate"
	count([1 | some a in data.many; some b in data.many; a + b == 1]) > 0
}
`;
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    await expect(build(rule, { many })).rejects.toMatchObject({
      // Which of the two comes first is a question of the machine's speed.
      problems: [
        expect.stringMatching(
          /^It cannot decide whether bot may be asked for find: (it takes longer than 250 ms|opa_malloc: failed)\.$/,
        ),
      ],
    });
  });
});
