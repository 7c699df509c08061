import { describe, expect, it } from 'vitest';
import { problemSentence, readCheckReport, readComplaint, readTestReport } from './opa-report.js';

describe('a report of the policy compiler', () => {
  it('becomes one sentence per error, with file and line', () => {
    const report = {
      errors: [
        { message: 'var z is unsafe', code: 'rego_unsafe_var_error', location: { file: 'tools.rego', row: 7, col: 2 } },
        { message: 'stat policy: no such file or directory' },
      ],
    };
    expect(readCheckReport(JSON.stringify(report))?.map(problemSentence)).toEqual([
      'tools.rego:7: var z is unsafe.',
      'stat policy: no such file or directory.',
    ]);
  });

  it('becomes the number of tests that passed and one sentence per test that did not', () => {
    const at = (row: number) => ({ location: { file: 'tools_test.rego', row, col: 1 }, package: 'p_test' });
    const report = [
      { ...at(1), name: 'todo_test_later', skip: true },
      { ...at(3), name: 'test_good' },
      { ...at(5), name: 'test_bad', fail: true },
      { ...at(7), name: 'test_broken', error: { code: 'eval_conflict_error' } },
    ];
    expect(readTestReport(JSON.stringify(report))).toEqual({
      passed: 1,
      failures: ['tools_test.rego:5: the test test_bad fails.', 'tools_test.rego:7: the test test_broken fails.'],
    });
  });

  it('is told from any other output', () => {
    for (const text of ['', 'panic: out of memory', '{}', 'null']) {
      expect(readCheckReport(text)).toBeUndefined();
      expect(readTestReport(text)).toBeUndefined();
    }
  });

  it('is replaced by the first line of what was printed, where there is none', () => {
    expect(readComplaint('error: entrypoint "p/x" does not refer to a rule\nmore\n')).toBe(
      'entrypoint "p/x" does not refer to a rule',
    );
    expect(readComplaint('1 error occurred: e.rego:2: rego_compile_error: conflict')).toBe(
      'e.rego:2: rego_compile_error: conflict',
    );
  });
});
