import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type PolicyInput, policyInput, SidecarPolicyEngine, WasmPolicyEngine } from '@voorman/policy';
import { compileBundle, OpaCommand, type PolicySources } from '@voorman/policy/authoring';
import { OpaServer } from '@voorman/policy/testing';
import { percentile, rounded } from './usage.js';

/** Decisions under policies of several sizes, in process and over a socket. Microseconds. */
export interface PolicyFigures {
  readonly in_process: readonly {
    readonly rules: number;
    readonly data_bytes: number;
    readonly load_ms: number;
    readonly p50_us: number;
    readonly p99_us: number;
  }[];
  /** The same 50 rules in an OPA beside the process, and what a socket costs that only sends as many bytes back. */
  readonly sidecar: {
    readonly p50_us: number;
    readonly p99_us: number;
    readonly socket_p50_us: number;
    readonly socket_p99_us: number;
  };
}

const question: PolicyInput = policyInput({
  action: 'tool_execute',
  tenant: 'default',
  session: 'w5',
  task: 'task-1',
  agent: 'bot-0',
  user: 'user-7',
  tool: { name: 'noop', version: '1.0.0', type: 'process', effect: 'read' },
  arguments: { n: 1 },
});

export async function measurePolicy(decisions: number): Promise<PolicyFigures> {
  const compiler = await OpaCommand.locate();
  const build = async (rules: number, users: number) =>
    (await compileBundle(sourcesOf(rules, users), compiler, Date.now())).bytes;
  const inProcess: PolicyFigures['in_process'][number][] = [];
  for (const [rules, users] of [
    [1, 0],
    [50, 0],
    [500, 0],
    [50, 100_000],
  ] as const) {
    const bytes = await build(rules, users);
    const began = performance.now();
    const engine = await WasmPolicyEngine.load(bytes);
    const loadMs = performance.now() - began;
    if (!engine.decide(question).allow) throw new Error('the benchmark’s own question is refused');
    const took: number[] = [];
    for (let n = 0; n < decisions; n += 1) {
      const start = performance.now();
      engine.decide(question);
      took.push((performance.now() - start) * 1_000);
    }
    inProcess.push({
      rules,
      data_bytes: engine.bundle.data.length,
      load_ms: rounded(loadMs, 0),
      ...figuresOf(took.slice(decisions / 10)),
    });
  }
  return { in_process: inProcess, sidecar: await measureSidecar(await build(50, 0), Math.min(decisions, 5_000)) };
}

async function measureSidecar(bytes: Uint8Array, decisions: number): Promise<PolicyFigures['sidecar']> {
  const opa = await OpaServer.start();
  try {
    const engine = await SidecarPolicyEngine.load(bytes, { socket: opa.socket, timeoutMs: 5_000 });
    const took: number[] = [];
    for (let n = 0; n < decisions; n += 1) {
      const start = performance.now();
      const { allow } = await engine.decide(question);
      took.push((performance.now() - start) * 1_000);
      if (!allow) throw new Error('the benchmark’s own question is refused');
    }
    const bare = await measureSocket(decisions);
    const { p50_us, p99_us } = figuresOf(took.slice(decisions / 10));
    return { p50_us, p99_us, socket_p50_us: bare.p50_us, socket_p99_us: bare.p99_us };
  } finally {
    await opa.stop();
  }
}

/** Another thread sends back what it gets, over a unix domain socket. */
async function measureSocket(rounds: number): Promise<{ readonly p50_us: number; readonly p99_us: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'voorman-bench-'));
  const path = join(folder, 'echo.sock');
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     require('node:net').createServer((socket) => socket.pipe(socket)).listen(workerData, () => parentPort.postMessage('up'));`,
    { eval: true, workerData: path },
  );
  try {
    await once(worker, 'message');
    const socket = createConnection(path);
    await once(socket, 'connect');
    const bytes = Buffer.from(JSON.stringify({ input: question }));
    const took: number[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const start = performance.now();
      socket.write(bytes);
      for (let left = bytes.length; left > 0; ) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        left -= chunk.length;
      }
      took.push((performance.now() - start) * 1_000);
    }
    socket.destroy();
    return figuresOf(took.slice(rounds / 10));
  } finally {
    await worker.terminate();
    await rm(folder, { recursive: true });
  }
}

const figuresOf = (took: readonly number[]) => ({
  p50_us: rounded(percentile(took, 0.5), 1),
  p99_us: rounded(percentile(took, 0.99), 1),
});

/** So many rules of three comparisons each, of which one holds; so many users of about 100 bytes each. */
function sourcesOf(rules: number, users: number): PolicySources {
  const allow = Array.from(
    { length: rules },
    (_, index) =>
      `allow if {\n\tinput.action == "tool_execute"\n\tinput.agent == "bot-${index}"\n\tinput.tool_name == "noop"${users > 0 ? '\n\tdata.users[input.user].team == "team-7"' : ''}\n}\n`,
  );
  const people = Array.from(
    { length: users },
    (_, index): [string, { team: string; roles: string[]; note: string }] => [
      `user-${index}`,
      { team: `team-${index % 100}`, roles: ['reader', 'writer'], note: 'x'.repeat(40) },
    ],
  );
  return {
    files: [{ path: 'bench.rego', text: `package bench\n\ndefault allow := false\n\n${allow.join('\n')}` }],
    data: { users: Object.fromEntries(people) },
    entrypoints: [{ rule: 'bench/allow' }],
    registry: { agents: {}, tools: {} },
  };
}
