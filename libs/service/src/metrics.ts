import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What every service counts, for Prometheus. */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly handled = new Counter({
    name: 'voorman_records_handled_total',
    help: 'Waking records by type and result.',
    labelNames: ['type', 'result'],
    registers: [this.registry],
  });
  readonly seconds = new Histogram({
    name: 'voorman_record_seconds',
    help: 'Time from taking a waking record to acknowledging it.',
    labelNames: ['type'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [this.registry],
  });
  #held: () => number = () => 0;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const held = (): number => this.#held();
    new Gauge({
      name: 'voorman_records_held',
      help: 'Records taken and not yet acknowledged.',
      registers: [this.registry],
      collect() {
        this.set(held());
      },
    });
  }

  /** Who is asked, whenever metrics are read, how many records are held. */
  countHeld(held: () => number): void {
    this.#held = held;
  }
}
