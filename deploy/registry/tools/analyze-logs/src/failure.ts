/**
 * A failure that the person who asked can understand and act on: it becomes `{"error": {code, message}}` on stdout.
 * The message says in plain words what is wrong and what to do.
 */
export class ToolFailure extends Error {
  /** `analyze-logs/<kebab-case>`, never renamed. */
  readonly code: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolFailure';
    this.code = `analyze-logs/${reason}`;
  }
}
