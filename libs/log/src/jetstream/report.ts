/** What the adapter notices and a service writes into its own log. None of it needs an answer. */
export type LogEvent =
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'reconnected'; readonly url: string }
  /** The server refused a subject to this user: a wrong configuration. */
  | { readonly kind: 'refused'; readonly subject: string }
  /** A stored message that is no record: left out of every read, see `Records`. */
  | { readonly kind: 'unreadable'; readonly position: number; readonly subject: string; readonly reason: string }
  /** A record was set aside; `record-quarantined` in the log tells the same. */
  | { readonly kind: 'quarantined'; readonly position: number; readonly subject: string; readonly reason: string }
  /** A handler failed; the record comes again. */
  | { readonly kind: 'handing-back'; readonly position: number; readonly deliveries: number; readonly fault: unknown }
  /** A consumer ended a pull early: it is gone, or has no leader at the moment. It is asked again. */
  | { readonly kind: 'following-again'; readonly consumer: string; readonly reason: string };

/** Hears each event; must not throw. */
export type LogReport = (event: LogEvent) => void;
