import { describe, expect, it } from 'vitest';
import { toText } from './report.js';
import { percentile } from './usage.js';

describe('a percentile', () => {
  it('is the value below which the share lies', () => {
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentile([1, 2], 0.99)).toBe(2);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('the report', () => {
  it('sets every figure of W1 beside what raw appends do', () => {
    const row = { durability: 'on-disk', in_flight: 32, sessions: 9, calls_per_s: 500, p50_ms: 1, p99_ms: 2 } as const;
    const text = toText({
      machine: { cpus: 2, node: 'v1', nats: '2' },
      w1: [{ ...row, cpu_s_per_1000_calls: 1, cpu_s_per_1000_calls_by_process: {}, rss_mb: {} }],
      floor: [{ durability: 'on-disk', in_flight: 32, appends_per_s: 3_000, p50_ms: 1, p99_ms: 2 }],
      w2: [],
      w3: { records: 1, p50_ms: 1, max_ms: 1 },
      w4: { decisions: 1, p50_us: 1, p99_us: 1 },
      w5: { in_process: [], sidecar: { p50_us: 1, p99_us: 1, socket_p50_us: 1, socket_p99_us: 1 } },
      w6: { validation: [], direct_call: { p50_ms: 1, p99_ms: 1 } },
    });
    expect(text).toContain('50 %');
  });
});
