import type { JsonObject } from '@voorman/envelope';
import type { Executed, ToolExecutor } from '@voorman/executors';
import { compileTool, type LoadedTool, ToolManifest } from '@voorman/registry';
import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.js';

const tool = compileTool(
  Object.assign(
    ToolManifest.parse({
      name: 'reverse',
      version: '1.0.0',
      type: 'function',
      handler: 'reverse',
      effect: 'read',
      schema: {
        input: {
          type: 'object',
          properties: {
            text: { type: 'string', maxLength: 500 },
            times: { type: 'integer', minimum: 0, maximum: 20 },
            mode: { enum: ['plain', 'loud'] },
          },
          required: ['text', 'times'],
          additionalProperties: false,
        },
        output: { text: 'string' },
      },
    }),
    { file: 'tool.yaml', folder: '.' },
  ) as LoadedTool,
);

const said = (output: JsonObject): Executed => ({ kind: 'output', output, durationMs: 1, retryable: false });
const refused: Executed = {
  kind: 'fault',
  fault: { code: 'tool/failed', message: 'No.', next: 'Give something else.' },
  durationMs: 1,
  retryable: false,
};
const ended: Executed = {
  kind: 'unknown',
  fault: { code: 'tool/ended', message: 'It ended with a signal.', next: 'Look.' },
  durationMs: 1,
  retryable: true,
};
const program = (act: (input: JsonObject) => Executed): ToolExecutor => ({
  meaning: async () => ({}),
  execute: async (execution) => act(execution.arguments),
});
/** Takes what its schema allows, refuses the rest in words. */
const careful = (input: JsonObject): Executed => (tool.checkArguments(input) ? refused : said({ text: 'x' }));

describe('fuzzing a tool', () => {
  it('finds nothing wrong with one that takes what its schema allows and refuses the rest', async () => {
    const report = await fuzz(tool, program(careful), { count: 400, seed: 1 });
    expect(report).toMatchObject({ tool: 'reverse', tried: 400, failures: [] });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(50);
  });

  it('shrinks what crashes a tool to the smallest input that does', async () => {
    const fragile = (input: JsonObject) => (Number(input.times) >= 7 ? ended : careful(input));
    const { failures } = await fuzz(tool, program(fragile), { count: 300, seed: 2 });
    expect(failures).toMatchObject([{ kind: 'crash', code: 'tool/ended', smallest: { times: 7 } }]);
  });

  it('reaches the bounds of a schema', async () => {
    const atTheEdge = (input: JsonObject) => (input.times === 20 ? ended : careful(input));
    const { failures } = await fuzz(tool, program(atTheEdge), { count: 300, seed: 3 });
    expect(failures.map((failure) => failure.kind)).toEqual(['crash']);
  });

  it('tells an output that breaks its own schema', async () => {
    const { failures } = await fuzz(
      tool,
      program((input) => (input.mode === 'loud' ? said({ text: 7 }) : careful(input))),
      { count: 300, seed: 4 },
    );
    expect(failures).toMatchObject([{ kind: 'bad-output', smallest: { mode: 'loud' } }]);
  });

  it('keeps kinds of failure apart and counts them', async () => {
    const both = (input: JsonObject): Executed => {
      if (input.extra !== undefined) return ended;
      return input.times === null ? { ...ended, fault: { ...ended.fault, code: 'tool/timeout' } } : careful(input);
    };
    const { failures } = await fuzz(tool, program(both), { count: 2_000, seed: 5 });
    expect(failures.map((failure) => failure.kind).sort()).toEqual(['crash', 'timeout']);
    for (const failure of failures) expect(failure.times).toBeGreaterThan(1);
  });

  it('gives the same inputs for the same seed, and others for another', async () => {
    const inputsOf = async (seed: number) => {
      const inputs: string[] = [];
      await fuzz(
        tool,
        program((input) => {
          inputs.push(JSON.stringify(input));
          return refused;
        }),
        { count: 50, seed, parallel: 1 },
      );
      return inputs;
    };
    expect(await inputsOf(6)).toEqual(await inputsOf(6));
    expect(await inputsOf(6)).not.toEqual(await inputsOf(7));
  });
});
