/** A failure that the user can understand: its sentence says what is wrong and what to do. Never retried. */
export class ToolFailure extends Error {
  readonly code: `review-contract/${string}`;

  constructor(code: `review-contract/${string}`, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }

  override get name(): string {
    return 'ToolFailure';
  }

  /** All that leaves the program. */
  toPublic(): { code: string; message: string } {
    return { code: this.code, message: this.message };
  }
}
