import type { JsonObject } from '@voorman/envelope';
import type { Broken, Sort } from './broken.js';

/** One kind of failure: how often, and the smallest input that shows it. */
export interface Failure extends Broken {
  readonly times: number;
  readonly sort: Sort;
  /** Which of the inputs showed it first, from 0. */
  readonly index: number;
  readonly smallest: JsonObject;
  /** False where the same input did not fail again: its service fails now and then, or was busy. */
  readonly repeats: boolean;
}

/** What came of all inputs together. */
export interface FuzzReport {
  readonly tool: string;
  readonly version: string;
  readonly seed: number;
  readonly tried: number;
  readonly accepted: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly failures: readonly Failure[];
  /** Refusals in words, the most frequent code first: where all are alike, perhaps nothing was tried at all. */
  readonly refusals: readonly { readonly code: string; readonly message: string; readonly times: number }[];
}
