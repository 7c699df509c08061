import type { Place } from '../axis.ts';
import { shorten } from '../lines.ts';
import { type Burst, findBurst } from './burst.ts';
import { type Change, changeOf } from './change.ts';
import { grouped, percent, type Scene, times } from './scene.ts';
import type { Subject } from './subject.ts';

export type FindingKind =
  | 'failing-route'
  | 'new'
  | 'burst'
  | 'dominant-error'
  | 'stopped'
  | 'rare-error'
  | 'just-before';

/** One thing that a person who looks into the log wants to know, with the places that prove it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly scene: Scene;
  /** The template that it is about. */
  readonly subject: Subject;
  readonly since: Place;
  /** What the sentence about it begins with: its template, the very line (for what occurs once or twice), or nothing. */
  readonly name: 'template' | 'line' | 'none';
  /** The rest of the sentence. */
  readonly detail: string;
  readonly places: readonly Place[];
  /** More records of the same stretch, to look for what they have in common. */
  readonly sample?: readonly Place[];
  /** For a burst: true if most of the records lie within. */
  readonly isMostOfIt?: boolean;
  /** How many findings about the same moment and about as many records are folded into this one. */
  readonly folded?: number;
  /** The more, the earlier it is told. */
  readonly score: number;
}

const SEVERITY_WEIGHT = { error: 3, warn: 1.5, info: 0.4, debug: 0.3, unknown: 0.5 } as const;
const KIND_WEIGHT = { new: 1.3, burst: 1, stopped: 0.7, 'rare-error': 0.5, 'dominant-error': 0.8 } as const;

const weightOf = (subject: Subject): number =>
  subject.isFailing ? Math.max(SEVERITY_WEIGHT[subject.severity], 1.5) : SEVERITY_WEIGHT[subject.severity];

/** What is worth saying about one template; undefined if it goes on as ever. */
export function findingFor(subject: Subject, scene: Scene): Finding | undefined {
  const coverage = scene.coverage(subject.track.files);
  const change = changeOf(subject, coverage);
  if (change !== undefined) {
    const weight = change.kind === 'stopped' ? 1 : weightOf(subject);
    const score = weight * KIND_WEIGHT[change.kind] * Math.log2(1 + excessOf(change, subject));
    const detail = describe(change, subject, scene, coverage.from, coverage.to);
    const places = placesOf(change, subject);
    const isMostOfIt = change.kind === 'burst' && change.burst.count > subject.count / 2;
    const name = nameFor(subject);
    const sample = sampleWithin(subject, change, scene);
    return { kind: change.kind, scene, subject, since: change.since, name, detail, places, sample, isMostOfIt, score };
  }
  const { first, cause } = subject.track;
  if (first === undefined || subject.severity !== 'error' || subject.count > 2) return undefined;
  const detail = `occurs only ${times(subject.count)}, first ${scene.sayWhen(first)}.`;
  const score = weightOf(subject) * KIND_WEIGHT['rare-error'];
  return {
    kind: 'rare-error',
    scene,
    subject,
    since: first,
    name: 'line',
    detail,
    places: compact([first, cause]),
    score,
  };
}

/** The error that makes up much of all errors, though it goes on evenly. */
export function dominantError(subject: Subject, scene: Scene, allErrors: number): Finding | undefined {
  const { first, cause, lastAt, lastFile, lastLine, histogram } = subject.track;
  if (first === undefined || subject.count < 3 || subject.count < allErrors * 0.15) return undefined;
  const coverage = scene.coverage(subject.track.files);
  const burst = findBurst(histogram.counts(), coverage.fromSlot, coverage.toSlot);
  const densest = burst === undefined ? undefined : histogram.firstIn(burst.from, burst.to);
  const last = { file: lastFile, line: lastLine, at: lastAt };
  const detail =
    `makes up ${percent(subject.count, allErrors)} of all errors (${grouped(subject.count)} of ${grouped(allErrors)}), ` +
    `from ${scene.saySince(first)} to ${scene.saySince(last)}` +
    (burst === undefined || densest === undefined
      ? '.'
      : `; densest from ${scene.saySince(densest)}: ${grouped(burst.count)} within ${lengthOf(burst, densest, scene, coverage.to)}.`);
  const score = weightOf(subject) * KIND_WEIGHT['dominant-error'] * Math.log2(1 + subject.count);
  const places = compact([first, cause, densest, last]);
  const sample = subject.track.sample.places;
  return { kind: 'dominant-error', scene, subject, since: first, name: 'template', detail, places, sample, score };
}

/** Records since the change, as far as it lasts. */
export function sampleWithin({ track }: Subject, change: Change, scene: Scene): Place[] {
  if (change.kind === 'stopped') return [];
  const end = change.burst === undefined ? Number.POSITIVE_INFINITY : scene.tally.axis.startOf(change.burst.to + 1);
  return track.sample.places.filter(({ at }) => at >= change.since.at && at < end);
}

/** How many records more than without the change. */
export function excessOf(change: Change, subject: Subject): number {
  switch (change.kind) {
    case 'new':
      return subject.count;
    case 'burst':
      return Math.max(change.burst.count - change.burst.expected, 0);
    case 'stopped':
      return subject.count;
  }
}

export const quote = ({ text }: Pick<Subject, 'text'>): string => {
  const short = shorten(text, 160);
  return `"${short}${short.length < text.length ? '…' : ''}"`;
};

function describe(change: Change, subject: Subject, scene: Scene, from: number, to: number): string {
  const since = scene.sayWhen(change.since);
  switch (change.kind) {
    case 'new': {
      const before = scene.sayLength(change.since.at - from);
      if (subject.count === 1) return `occurs for the first and only time ${since}, after ${before} without it.`;
      return `is new: first ${since}, after ${before} without it, then ${times(subject.count)} in all${until(change.isOngoing, subject, scene)}.`;
    }
    case 'burst': {
      const { count, ratio } = change.burst;
      const length = lengthOf(change.burst, change.since, scene, to);
      const span = change.isOngoing ? ', up to the end of the log' : ` within ${length}`;
      const rest =
        count === subject.count ? 'never otherwise' : `${Math.round(ratio)} times the rate of the rest of the log`;
      return `bursts from ${scene.saySince(change.since)}: ${times(count)}${span}, ${rest}.`;
    }
    case 'stopped': {
      const gap = scene.sayLength(to - change.since.at);
      return `stops: ${times(subject.count)} until ${scene.saySince(change.since)}, then no more while the log goes on for ${gap}.`;
    }
  }
}

function lengthOf(burst: Burst, since: Place, scene: Scene, to: number): string {
  return scene.sayLength(Math.min(scene.tally.axis.startOf(burst.to + 1), to) - since.at);
}

const nameFor = ({ count }: Subject) => (count <= 2 ? 'line' : 'template');

function until(isOngoing: boolean, { track }: Subject, scene: Scene): string {
  if (isOngoing) return ', up to the end of the log';
  return `, the last ${scene.sayWhen({ file: track.lastFile, line: track.lastLine, at: track.lastAt })}`;
}

/** The lines that prove it: where it begins, what caused it, where it is at its worst. */
export function placesOf(change: Change, { track }: Subject): Place[] {
  const cause = change.since.line === track.first?.line ? track.cause : undefined;
  if (change.kind === 'stopped') return compact([change.since]);
  const peak =
    change.burst === undefined ? undefined : peakOf(track.histogram.counts(), change.burst.from, change.burst.to);
  const worst = peak === undefined ? undefined : track.histogram.firstIn(peak, peak);
  const last = { file: track.lastFile, line: track.lastLine, at: track.lastAt };
  return compact([change.since, cause, worst, change.kind === 'new' ? last : undefined]);
}

function peakOf(counts: Uint32Array, from: number, to: number): number {
  let peak = from;
  for (let slot = from; slot <= to; slot++) if ((counts[slot] ?? 0) > (counts[peak] ?? 0)) peak = slot;
  return peak;
}

/** Without gaps and without telling a line twice. */
export function compact(places: readonly (Place | undefined)[]): Place[] {
  const seen = new Map<string, Place>();
  for (const place of places) if (place !== undefined) seen.set(`${place.file}:${place.line}`, place);
  return [...seen.values()];
}
