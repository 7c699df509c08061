import { z } from 'zod';

const Location = z.object({ file: z.string(), row: z.int() }).optional();

const CheckProblem = z.object({ message: z.string(), code: z.string().optional(), location: Location });
/** One thing that `opa check` complains of. */
export type CheckProblem = z.infer<typeof CheckProblem>;

const CheckReport = z.object({ errors: z.array(CheckProblem) });

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

/** The problems in a report of `opa check --format json`; undefined where the text is no such report. */
export const readCheckReport = (text: string): CheckProblem[] | undefined =>
  CheckReport.safeParse(parseJson(text)).data?.errors;

/** A problem as a sentence, with file and line. */
export const problemSentence = ({ location, message }: CheckProblem): string => `${place(location)}${message}.`;

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
