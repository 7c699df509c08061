/** What keeps a tool from being used. `code` is stable, the message is a plain sentence, `next` says what to do. */
export abstract class ToolError extends Error {
  abstract readonly code: `${string}/${string}`;
  abstract readonly next: string;
  /** What a command that ends for this reason returns to its shell. */
  abstract readonly exitCode: number;
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
  toPublic(): { code: string; message: string; next: string } {
    return { code: this.code, message: this.message, next: this.next };
  }
}

/** No source could provide the tool. */
export class ToolUnavailableError extends ToolError {
  readonly code = 'tool/unavailable';
  readonly exitCode = 69;
  readonly next: string;
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}

/** The user named a program that cannot be used; nothing else is tried in its place. */
export class ToolSettingError extends ToolError {
  readonly code = 'tool/setting';
  readonly exitCode = 78;
  readonly next: string;
  constructor(setting: string, path: string, fault: string, minimum: string) {
    super(`${setting} names ${path}, which ${fault}.`);
    this.next = `Let ${setting} name a program of version ${minimum} or newer, or leave it unset.`;
  }
}
