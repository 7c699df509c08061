import { describe, expect, it } from 'vitest';
import { type Report, sentence, sumOf, tallyOf } from './tally.ts';

const clean: Report = {
  success: true,
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] }],
};

describe('the tally of a test run', () => {
  it('adds up what the reports count', () => {
    const skipping = { ...clean, numPendingTests: 1, numTodoTests: 1 };
    expect(sentence(sumOf([tallyOf(clean), tallyOf(skipping)]))).toBe('4 passed, 0 failed, 2 skipped');
  });

  it('says nothing of skipped tests when there are none', () => {
    expect(sentence(tallyOf(clean))).toBe('2 passed, 0 failed');
  });

  it('counts a file that did not load as a failure', () => {
    const unloaded = { status: 'failed', assertionResults: [] };
    const report = { ...clean, success: false, testResults: [...clean.testResults, unloaded] };
    expect(tallyOf(report)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it('counts a failed test once, not once more for its file', () => {
    const file = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
    const report = { ...clean, success: false, numPassedTests: 1, numFailedTests: 1, testResults: [file] };
    expect(tallyOf(report).failed).toBe(1);
  });

  it('counts a fault between the tests, of which no test tells', () => {
    expect(tallyOf({ ...clean, success: false }).failed).toBe(1);
  });
});
