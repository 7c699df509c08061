import { describe, expect, it } from 'vitest';
import { main } from './main.js';

/** Runs the command and keeps what it prints. */
async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await main(args, (line) => lines.push(line));
  return { code, lines };
}

describe('the simulate command', () => {
  it('tells what it played and that every promise was kept', async () => {
    const { code, lines } = await run('--seed', '3');
    expect(code).toBe(0);
    // Progress may stand before it, where the machine is slow.
    expect(lines.at(-2)).toMatch(/^1 seeds: \d+ records, \d+ deaths, [\d.]+ virtual hours in [\d.]+ s\.$/);
    expect(lines.at(-1)).toBe('Every promise was kept.');
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const { code, lines } = await run('--seeds', '2', '--seed', '7', '--json');
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ first: 7, seeds: 2, failures: [] });
  });

  it('names the first seed that broke a promise, and how to play it again', async () => {
    const { code, lines } = await run('--seeds', '3', '--break', 'think-at-random');
    expect(code).toBe(1);
    expect(lines.find((line) => line.startsWith('  promise 8: '))).toBeDefined();
    expect(lines.at(-1)).toMatch(/^Play it again: --seed \d+$/);
  });

  it.for([
    [['--seeds', 'many'], /whole numbers/],
    [['--seeds', '0'], /whole numbers/],
    [['--seed', '-1'], /./],
    [['--break', 'the-bank'], /--break takes one of: acknowledge-first/],
    [['--loud'], /--loud/],
  ] as const)('refuses %j in plain words', async ([args, sentence]) => {
    const { code, lines } = await run(...args);
    expect(code).toBe(2);
    expect(lines.join('\n')).toMatch(sentence);
  });

  it('explains itself', async () => {
    const { code, lines } = await run('--help');
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('--seeds N');
  });
});
