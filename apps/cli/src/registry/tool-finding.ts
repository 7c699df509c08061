/** Something that a check found; the names are promised. */
export interface Finding {
  /** An error makes the check fail; a warning is for a person to look at; a note only tells. */
  readonly level: 'error' | 'warning' | 'note';
  /** The tool, or the file where there is none that could be read. */
  readonly tool: string;
  readonly check: 'schema' | 'name' | 'version' | 'reference' | 'description' | 'policy';
  readonly message: string;
}

/** Findings about one tool under one heading. */
export const findingsOf = (tool: string, check: Finding['check']) => ({
  error: (message: string): Finding => ({ level: 'error', tool, check, message }),
  warning: (message: string): Finding => ({ level: 'warning', tool, check, message }),
  note: (message: string): Finding => ({ level: 'note', tool, check, message }),
});
