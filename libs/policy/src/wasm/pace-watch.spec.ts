import { describe, expect, it } from 'vitest';
import { policyInput } from '../policy-input.js';
import { PaceWatch, SLOW_US, WATCHED_LENGTH } from './pace-watch.js';

const about = (tool_name: string) =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent: 'bot', tool_name });

describe('who keeps the time of an evaluation', () => {
  it('is somebody, until a question of its kind was answered quickly', () => {
    const watch = new PaceWatch();
    expect(watch.needsLimit(about('search'), 200)).toBe(true);
    watch.took(about('search'), 10);
    expect(watch.needsLimit(about('search'), 200)).toBe(false);
    expect(watch.needsLimit(about('database_query'), 200)).toBe(true);
  });

  it('is always somebody for a large question', () => {
    const watch = new PaceWatch();
    watch.took(about('search'), 10);
    expect(watch.needsLimit(about('search'), WATCHED_LENGTH + 1)).toBe(true);
  });

  it('is somebody again after a slow answer, until enough quick ones followed', () => {
    const watch = new PaceWatch();
    watch.took(about('search'), 10);
    watch.took(about('search'), SLOW_US + 1);
    for (let round = 0; round < 8; round += 1) {
      expect(watch.needsLimit(about('search'), 200)).toBe(true);
      watch.took(about('search'), 10);
    }
    expect(watch.needsLimit(about('search'), 200)).toBe(false);
  });

  it('remembers only so many kinds, and watches the others', () => {
    const watch = new PaceWatch();
    for (let index = 0; index < 11_000; index += 1) watch.took(about(`tool-${index}`), 10);
    expect(watch.needsLimit(about('tool-1'), 200)).toBe(false);
    expect(watch.needsLimit(about('tool-10999'), 200)).toBe(true);
  });
});
