import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileTool, loadTool } from '@voorman/registry';
import { ROOT } from '@voorman/test-stack';
import { BENCH_REGISTRY } from './stack.js';
import { percentile, rounded } from './usage.js';

/** W6: what a call is made of, taken alone: the check of its arguments, and the tool called without a gateway. */
export interface CallPartsFigures {
  readonly validation: readonly { readonly tool: string; readonly p50_us: number; readonly p99_us: number }[];
  /** A round trip to the very program of W1, from this process. */
  readonly direct_call: { readonly p50_ms: number; readonly p99_ms: number };
}

/** The calls' own arguments, and those of the sample tool that takes most. */
const CHECKED: readonly { readonly file: string; readonly args: unknown }[] = [
  { file: join(BENCH_REGISTRY, 'tools', 'noop', 'tool.yaml'), args: { n: 1 } },
  {
    file: join(ROOT, 'deploy', 'registry', 'tools', 'analyze-logs', 'tool.yaml'),
    args: {
      question: 'Why are requests failing?',
      time_range: 'the last hour',
      files: Array.from({ length: 3 }, (_, n) => ({
        ref: `payloads_cli/${'a'.repeat(64)}`,
        digest: `sha256:${'0'.repeat(64)}`,
        bytes: 1_000,
        media_type: 'text/x-log',
        name: `access-${n}.log`,
      })),
    },
  },
];

export async function measureCallParts(times: number): Promise<CallPartsFigures> {
  const validation = [];
  for (const { file, args } of CHECKED) {
    const tool = compileTool(await loadTool(file));
    if (tool.checkArguments(args)) throw new Error(`the benchmark’s arguments for ${tool.manifest.name} are refused`);
    const took = Array.from({ length: times }, () => {
      const began = performance.now();
      tool.checkArguments(args);
      return (performance.now() - began) * 1_000;
    });
    validation.push({ tool: tool.manifest.name, ...percentiles(took, 'us') });
  }
  return { validation, direct_call: await measureDirectCall(Math.min(times, 2_000)) };
}

async function measureDirectCall(times: number): Promise<CallPartsFigures['direct_call']> {
  const folder = join(BENCH_REGISTRY, 'tools', 'noop');
  const program = spawn(process.execPath, ['main.mjs'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const took: number[] = [];
  for (let id = 1; id <= times; id += 1) {
    const began = performance.now();
    program.stdin.write(`${JSON.stringify({ id, arguments: { n: id } })}\n`);
    await answers.next();
    took.push(performance.now() - began);
  }
  program.stdin.end();
  program.kill();
  await once(program, 'close');
  return percentiles(took, 'ms');
}

/** The first tenth warms up. */
function percentiles<Unit extends 'us' | 'ms'>(took: readonly number[], unit: Unit) {
  const warm = took.slice(took.length / 10);
  const at = (share: number) => rounded(percentile(warm, share), unit === 'us' ? 1 : 3);
  return { [`p50_${unit}`]: at(0.5), [`p99_${unit}`]: at(0.99) } as Record<`p50_${Unit}` | `p99_${Unit}`, number>;
}
