/** The time. Handlers ask it; deciders are told. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** Fresh identifiers. */
export interface Ids {
  /** A token that nobody used before. */
  next(): string;
}
