import type { CallPartsFigures } from './call-parts.js';
import type { CallsFigures } from './calls.js';
import type { ColdFoldFigures } from './cold-fold.js';
import type { DecisionFigures } from './decision.js';
import type { FirstRecordFigures } from './first-record.js';
import type { FloorFigures } from './floor.js';
import type { PolicyFigures } from './policy.js';

/** Everything that one run measured. */
export interface BenchReport {
  readonly machine: { readonly cpus: number; readonly node: string; readonly nats: string };
  readonly w1: readonly CallsFigures[];
  readonly floor: readonly FloorFigures[];
  readonly w2: readonly FirstRecordFigures[];
  readonly w3: ColdFoldFigures;
  readonly w4: DecisionFigures;
  readonly w5: PolicyFigures;
  readonly w6: CallPartsFigures;
}

/** The report as a person reads it. */
export function toText(report: BenchReport): string {
  const lines = [`${report.machine.cpus} cores, Node ${report.machine.node}, nats-server ${report.machine.nats}`, ''];
  lines.push('W1  tool calls through bot, policy, validation and budget, beside the floor of raw appends');
  lines.push(
    table(
      ['durability', 'in flight', 'calls/s', 'p50 ms', 'p99 ms', 'cpu s/1000', 'raw appends/s', 'records/s ÷ raw'],
      report.w1.map((row) => {
        const floor = report.floor.find(
          (each) => each.durability === row.durability && each.in_flight === row.in_flight,
        );
        const raw = floor?.appends_per_s ?? 0;
        return [
          row.durability,
          row.in_flight,
          row.calls_per_s,
          row.p50_ms,
          row.p99_ms,
          row.cpu_s_per_1000_calls,
          raw,
          raw === 0 ? '' : `${Math.round(((row.calls_per_s * 3) / raw) * 100)} %`,
        ];
      }),
    ),
  );
  lines.push('', 'memory at the end of W1, MB');
  for (const row of report.w1.filter((each) => each.in_flight === 256)) {
    lines.push(
      `  ${row.durability}: ${Object.entries(row.rss_mb)
        .map(([name, mb]) => `${name} ${mb}`)
        .join(', ')}`,
    );
  }
  for (const row of report.w2) {
    lines.push(
      `W2  task published to the bot's first record, ${row.durability}: p50 ${row.p50_ms} ms, p99 ${row.p99_ms} ms`,
    );
  }
  lines.push(`W3  ${report.w3.records} records of a session folded cold: p50 ${report.w3.p50_ms} ms`);
  lines.push(`W4  a policy decision in process: p50 ${report.w4.p50_us} µs, p99 ${report.w4.p99_us} µs`);
  lines.push('W5  policy decisions by size, in process');
  lines.push(
    table(
      ['rules', 'data MB', 'load ms', 'p50 µs', 'p99 µs'],
      report.w5.in_process.map((row) => [
        row.rules,
        (row.data_bytes / 1e6).toFixed(1),
        row.load_ms,
        row.p50_us,
        row.p99_us,
      ]),
    ),
  );
  const { sidecar } = report.w5;
  lines.push(
    `    over an OPA's socket, 50 rules: p50 ${sidecar.p50_us} µs, p99 ${sidecar.p99_us} µs; the bare socket: p50 ${sidecar.socket_p50_us} µs, p99 ${sidecar.socket_p99_us} µs`,
  );
  for (const { tool, p50_us, p99_us } of report.w6.validation) {
    lines.push(`W6  the check of the arguments of ${tool}: p50 ${p50_us} µs, p99 ${p99_us} µs`);
  }
  const { direct_call: direct } = report.w6;
  const through = report.w1.find((row) => row.in_flight === 1)?.p50_ms;
  const beside = through === undefined ? '' : `; through bot, log and gateway (W1, 1 in flight): p50 ${through} ms`;
  lines.push(`W6  the tool of W1 called directly: p50 ${direct.p50_ms} ms, p99 ${direct.p99_ms} ms${beside}`);
  return lines.join('\n');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`).join('\n');
}
