import { windowOf } from './episode.ts';
import type { Finding } from './finding.ts';

/**
 * One event often prints several messages each time. Of findings of one kind and severity that begin together and are about
 * as frequent, the first (the highest ranked) stays and says how many go with it; their lines stay as evidence.
 */
export function foldCompanions(ranked: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of ranked) {
    const index = kept.findIndex((leader) => goesWith(finding, leader));
    const leader = kept[index];
    if (leader === undefined) kept.push(finding);
    else
      kept[index] = {
        ...leader,
        folded: (leader.folded ?? 0) + 1,
        places: [...leader.places, ...finding.places.slice(0, 1)],
      };
  }
  return kept;
}

function goesWith(finding: Finding, leader: Finding): boolean {
  if (finding.kind !== leader.kind || finding.scene !== leader.scene) return false;
  const isNear = Math.abs(finding.since.at - leader.since.at) <= windowOf(finding.scene.tally) / 6;
  // When a service goes silent, everything that it used to say stops.
  if (finding.kind === 'stopped') return isNear;
  if (finding.kind !== 'new' && finding.kind !== 'burst') return false;
  if (finding.subject.http !== undefined || finding.subject.count < 5) return false;
  const { severity, count, track } = finding.subject;
  const ratio = count / leader.subject.count;
  return (
    severity === leader.subject.severity &&
    track.files === leader.subject.track.files &&
    ratio > 0.75 &&
    ratio < 1.33 &&
    isNear
  );
}
