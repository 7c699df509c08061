import { z } from 'zod';

const Location = z.object({ file: z.string(), row: z.int() }).optional();

const CheckReport = z.object({ errors: z.array(z.object({ message: z.string(), location: Location })) });

const TestReport = z.array(
  z.object({
    name: z.string(),
    location: Location,
    fail: z.boolean().optional(),
    skip: z.boolean().optional(),
    error: z.unknown().optional(),
  }),
);

/** What `opa test` found. */
export interface TestResult {
  readonly passed: number;
  /** One sentence for each test that did not pass. */
  readonly failures: readonly string[];
}

/** The sentences in a report of `opa check --format json`; undefined where the text is no such report. */
export function readCheckReport(text: string): string[] | undefined {
  const report = CheckReport.safeParse(parseJson(text));
  return report.data?.errors.map((error) => `${place(error.location)}${error.message}.`);
}

/** The result in a report of `opa test --format json`; undefined where the text is no such report. */
export function readTestReport(text: string): TestResult | undefined {
  const report = TestReport.safeParse(parseJson(text));
  if (!report.success) return undefined;
  const bad = report.data.filter((test) => test.fail === true || test.error !== undefined);
  return {
    passed: report.data.filter((test) => test.skip !== true).length - bad.length,
    failures: bad.map((test) => `${place(test.location)}the test ${test.name} fails.`),
  };
}

/** The sentence in what `opa` prints where it has no report: its first line, without the word `error`. */
export const readComplaint = (text: string): string =>
  (text.trim().split('\n')[0] ?? '')
    .replace(/^error: /, '')
    .replace(/^\d+ errors? occurred[^:]*: ?/, '')
    .slice(0, 500);

const place = (location: z.infer<typeof Location>): string =>
  location === undefined ? '' : `${location.file}:${location.row}: `;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not a report: the caller quotes the text instead
  }
}
