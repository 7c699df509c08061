import { join } from 'node:path';
import { policyInput, WasmPolicyEngine } from '@voorman/policy';
import { buildBundle } from '@voorman/policy-service/handlers';
import { ROOT, registryFolders } from '@voorman/test-stack';
import { BENCH_REGISTRY, BOT } from './stack.js';
import { percentile, rounded } from './usage.js';

/** W4: one policy decision in process, by the bundle that the stack runs with. */
export interface DecisionFigures {
  readonly decisions: number;
  readonly p50_us: number;
  readonly p99_us: number;
}

export async function measureDecision(decisions: number): Promise<DecisionFigures> {
  const registryDir = registryFolders(BENCH_REGISTRY);
  const bytes = await buildBundle({ policiesDir: join(ROOT, 'deploy', 'registry', 'policies'), registryDir });
  const engine = await WasmPolicyEngine.load(bytes);
  const input = policyInput({
    action: 'tool_execute',
    tenant: 'default',
    session: 'w4',
    task: 'task-1',
    agent: BOT,
    tool: { name: 'noop', version: '1.0.0', type: 'process', effect: 'read' },
    arguments: { n: 1 },
  });
  if (!engine.decide(input).allow) throw new Error('the benchmark’s own call is refused');
  const latencies: number[] = [];
  for (let n = 0; n < decisions; n += 1) {
    const began = performance.now();
    engine.decide(input);
    latencies.push((performance.now() - began) * 1_000);
  }
  // The first tenth warms the engine up.
  const warm = latencies.slice(decisions / 10);
  return { decisions, p50_us: rounded(percentile(warm, 0.5), 1), p99_us: rounded(percentile(warm, 0.99), 1) };
}
