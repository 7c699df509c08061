import type { DiffLine, Hunk } from './diff/diff.ts';
import type { ReviewedFile } from './reviewed-file.ts';

/** high: likely to break or to expose something; medium: worth a question before it is merged; low: good to know. */
export type Severity = 'high' | 'medium' | 'low';

/** A line of the diff file that shows what a finding says. */
export type Proof = Pick<DiffLine, 'at' | 'raw'>;

/** What a rule noticed. `fileLine` is the line in the changed file, `proof` shows it in the diff, the main line first. */
export interface Finding {
  readonly severity: Severity;
  readonly rule: string;
  readonly file: ReviewedFile;
  readonly fileLine: number;
  readonly message: string;
  readonly proof: readonly Proof[];
  /** Lines whose words tell what the finding is about; more than is shown as proof. */
  readonly about: readonly DiffLine[];
}

/** A rule looks at one changed file and says what it notices; nothing on a harmless change. */
export interface Rule {
  readonly name: string;
  check(file: ReviewedFile): Finding[];
}

/** Builds a finding whose lines are both its proof and what it is about. */
export const finding = (
  rule: string,
  severity: Severity,
  file: ReviewedFile,
  message: string,
  lines: readonly [DiffLine, ...DiffLine[]],
): Finding => ({ severity, rule, file, fileLine: lines[0].fileLine, message, proof: lines, about: lines });

/** The header of the hunk around a line: proof for a line that must not be repeated. */
export const headerOf = (hunk: Hunk): Proof => ({ at: hunk.at, raw: hunk.raw });
