/** A failure that the person who asked can understand and act on: it becomes `{"error": {code, message}}` on stdout. */
export class ToolFailure extends Error {
  /** `verify-evidence/<kebab-case>`, never renamed. */
  readonly code: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolFailure';
    this.code = `verify-evidence/${reason}`;
  }
}
