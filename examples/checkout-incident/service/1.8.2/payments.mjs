/** The card was refused: the customer's matter, not ours. */
export class CardDeclinedError extends Error {
  constructor() {
    super('card declined');
    this.status = 402;
  }
}

/** The payment provider did not answer in time. */
export class PaymentTimeoutError extends Error {
  constructor(timeoutMs) {
    super(`payment provider did not answer within ${timeoutMs} ms`);
    this.status = 504;
  }
}

/** Charges cards at the payment provider. */
export class Payments {
  constructor(url, { timeoutMs }) {
    this.url = url;
    this.timeoutMs = timeoutMs;
  }

  /** Resolves to the provider's reference. */
  async charge(order, cents) {
    const response = await fetch(this.url, {
      method: 'POST',
      body: JSON.stringify({ order, cents }),
      signal: AbortSignal.timeout(this.timeoutMs),
    }).catch((cause) => {
      if (cause.name === 'TimeoutError') throw new PaymentTimeoutError(this.timeoutMs);
      throw cause;
    });
    const answer = await response.json();
    if (response.status === 402) throw new CardDeclinedError();
    return answer.reference;
  }
}
