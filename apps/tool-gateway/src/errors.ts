import { VoormanError } from '@voorman/envelope';

/** Two attempts of one call met, and the later one has not ended: the request is not acknowledged but comes again. */
export class CallUnsettledError extends VoormanError {
  readonly code = 'call/unsettled';
  readonly next = 'Nothing needs to be done: the gateway looks at the call again by itself.';
  override readonly retryable = true;

  constructor(readonly tool: string) {
    super(`A call of ${tool} is still under way elsewhere.`);
  }
}
