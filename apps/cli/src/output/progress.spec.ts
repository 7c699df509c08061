import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { progress } from './progress.js';

const started = (payload: object): Recorded =>
  ({ type: 'tool-started', payload: { tool: 'order_status', attempt: 1, ...payload } }) as unknown as Recorded;

describe('the progress of a goal', () => {
  it('tells a first attempt from another one, and from a tool that stands in', () => {
    expect([
      progress(started({})),
      progress(started({ attempt: 2 })),
      progress(started({ tool: 'order_copy', attempt: 3, fallback_for: 'order_status' })),
    ]).toEqual([
      'tool-gateway: runs order_status',
      'tool-gateway: runs order_status again (attempt 2)',
      'tool-gateway: runs order_copy in place of order_status',
    ]);
  });
});
