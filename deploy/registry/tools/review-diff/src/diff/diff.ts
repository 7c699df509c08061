/** One line of a hunk. `text` is the line of code itself, `raw` the exact line of the diff file with its first sign. */
export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
  readonly raw: string;
  /** 1-based line in the diff file. */
  readonly at: number;
  /** 1-based line in the changed file; of a removed line, where it stood counted in the new file. */
  readonly fileLine: number;
}

/** A run of neighbouring lines; `raw` is its exact `@@` line, found at line `at` of the diff file. */
export interface Hunk {
  readonly at: number;
  readonly raw: string;
  readonly lines: readonly DiffLine[];
}

/** What happened to a file as a whole. */
export type ChangeKind = 'added' | 'deleted' | 'modified' | 'renamed' | 'binary';

/** Everything that one diff says about one file. `source` names the diff file. */
export interface FileChange {
  readonly source: string;
  readonly path: string;
  readonly kind: ChangeKind;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly Hunk[];
}
