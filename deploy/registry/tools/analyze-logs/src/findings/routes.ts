import { Track } from '../track.ts';
import { changeOf } from './change.ts';
import { compact, excessOf, type Finding, placesOf, sampleWithin } from './finding.ts';
import { grouped, percent, type Scene } from './scene.ts';
import type { Subject } from './subject.ts';

interface Route {
  readonly name: string;
  readonly requests: readonly Subject[];
  readonly failures: readonly Subject[];
}

/** Server failures (5xx) by route: how many of its requests, and since when. Routes that fail now and then are left out. */
export function failingRoutes(subjects: readonly Subject[], scene: Scene): Finding[] {
  const allFailures = countOf(subjects.filter(isServerFailure));
  return routesOf(subjects).flatMap((route) => findingFor(route, scene, allFailures) ?? []);
}

export const isServerFailure = ({ http }: Subject): boolean => http !== undefined && http.status >= 500;

function routesOf(subjects: readonly Subject[]): Route[] {
  const requests = subjects.filter(({ http }) => http !== undefined);
  const byRoute = Map.groupBy(requests, ({ http }) => `${http?.method} ${http?.route}`);
  return [...byRoute].map(([name, all]) => ({ name, requests: all, failures: all.filter(isServerFailure) }));
}

function findingFor(
  { name: route, requests, failures }: Route,
  scene: Scene,
  allFailures: number,
): Finding | undefined {
  const worst = failures.toSorted((a, b) => b.count - a.count)[0];
  if (worst === undefined) return undefined;
  const track = new Track(scene.tally.axis);
  for (const failure of failures) track.absorb(failure.track);
  const count = countOf(failures);
  const all = countOf(requests);
  const merged: Subject = { ...worst, count, track };
  const change = changeOf(merged, scene.coverage(track.files));
  const isMuch = count >= 3 && (count >= all * 0.02 || count >= allFailures * 0.3);
  if (track.first === undefined || (change === undefined && !isMuch)) return undefined;
  const statuses = failures.filter((failure) => failure.count >= count * 0.05).map(({ http }) => http?.status);
  const start = `${route} fails with ${joined(statuses.sort())}`;
  if (change === undefined || change.kind === 'stopped') {
    const detail = `${start} in ${share(count, all)} of its requests, spread over the log from ${scene.saySince(track.first)} on.`;
    const last = { file: track.lastFile, line: track.lastLine, at: track.lastAt };
    const score = 3 * 0.8 * Math.log2(1 + count);
    const places = compact([track.first, last]);
    return { kind: 'failing-route', scene, subject: worst, since: track.first, name: 'none', detail, places, score };
  }
  const fromSlot = scene.tally.axis.slotOf(change.since.at);
  const toSlot = change.burst?.to ?? Number.POSITIVE_INFINITY;
  const within = { failed: inSlots(failures, fromSlot, toSlot), all: inSlots(requests, fromSlot, toSlot) };
  const rest = { failed: count - within.failed, all: all - within.all };
  const when = change.isOngoing
    ? `since ${scene.saySince(change.since)}`
    : `from ${scene.saySince(change.since)} to ${scene.sayTimeOrEnd(toSlot, track)}`;
  const otherwise = rest.all > 0 ? `, ${rest.failed === 0 ? 'none' : share(rest.failed, rest.all)} otherwise` : '';
  const detail = `${start}: ${share(within.failed, within.all)} of its requests ${when}${otherwise}.`;
  const score = 3 * 1.3 * Math.log2(1 + excessOf(change, merged));
  const places = placesOf(change, merged);
  const sample = sampleWithin(worst, change, scene);
  return {
    kind: 'failing-route',
    scene,
    subject: worst,
    since: change.since,
    name: 'none',
    detail,
    places,
    sample,
    score,
  };
}

const share = (part: number, whole: number) => `${grouped(part)} of ${grouped(whole)} (${percent(part, whole)})`;

const countOf = (subjects: readonly Subject[]) => subjects.reduce((sum, { count }) => sum + count, 0);

function inSlots(subjects: readonly Subject[], from: number, to: number): number {
  let total = 0;
  for (const { track } of subjects) {
    const counts = track.histogram.counts();
    for (let slot = from; slot <= Math.min(to, counts.length - 1); slot++) total += counts[slot] ?? 0;
  }
  return total;
}

const joined = (parts: readonly unknown[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts[parts.length - 1]}`;
