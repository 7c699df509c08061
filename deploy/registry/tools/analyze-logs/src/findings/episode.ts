import type { Place } from '../axis.ts';
import type { Tally } from '../tally.ts';
import type { Finding } from './finding.ts';
import { isTrouble, type Subject } from './subject.ts';

/** What happens around the most telling finding. */
export interface Episode {
  readonly lead: Finding;
  /** Trouble that begins about when the lead does, most telling first. */
  readonly together: readonly Finding[];
  /** The earliest of all these. */
  readonly first: Finding;
  /** Rare records shortly before the first: a deployment, a reload, a full disk. */
  readonly before: readonly Finding[];
}

/** @param ranked most telling first. @param subjects of the lead's scene. */
export function episodeOf(ranked: readonly Finding[], subjects: readonly Subject[]): Episode | undefined {
  const [lead, ...others] = ranked;
  if (lead === undefined) return undefined;
  const window = windowOf(lead.scene.tally);
  const isNear = (finding: Finding) =>
    finding.scene === lead.scene && isOnset(finding) && Math.abs(finding.since.at - lead.since.at) <= window;
  const together = isOnset(lead) ? others.filter((finding) => isTrouble(finding.subject) && isNear(finding)) : [];
  const [first = lead] = [lead, ...together].sort((a, b) => a.since.at - b.since.at);
  const told = new Set(ranked.map(({ subject }) => subject));
  const before =
    isOnset(lead) && isTrouble(lead.subject)
      ? justBefore(
          first,
          subjects.filter((subject) => !told.has(subject)),
        )
      : [];
  return { lead, together, first, before };
}

const isOnset = ({ kind }: Finding) => kind === 'new' || kind === 'burst' || kind === 'failing-route';

/** How near two moments must be to belong together: 3 % of the range; in a short log 10 % of it, at most 30 seconds. */
export function windowOf({ axis }: Tally): number {
  return Math.max((axis.to - axis.from) * 0.03, Math.min(30_000, (axis.to - axis.from) * 0.1));
}

const CHANGE_WORDS =
  /\b(?:deploy\w*|releas\w*|rollout|roll(?:ed|ing) (?:out|back)|upgrad\w*|version|migrat\w*|restart\w*|start(?:ed|ing|s)?|listening|booted|shut\w*|stopp\w*|terminat\w*|SIG[A-Z]{3,4}|config\w*|reload\w*|rotat\w*|expir\w*|certificate|failover|leader|scal(?:ed|ing)|evict\w*|oom|kill\w*|full|exhaust\w*|flush\w*|drain\w*|disabl\w*|enabl\w*)\b/i;

/** No cause is claimed, but this is the first thing that a person looks for. */
function justBefore({ scene, since }: Finding, subjects: readonly Subject[]): Finding[] {
  const window = windowOf(scene.tally);
  const candidates = subjects.flatMap((subject) => {
    if (subject.count > 3 || subject.http !== undefined) return [];
    const place = lastBefore(subject, since.at);
    const isTelling = CHANGE_WORDS.test(subject.text);
    const isNear = place !== undefined && since.at - place.at <= window && isAbove(place, since);
    return isNear && (isTelling || isTrouble(subject)) ? [{ subject, place, isTelling }] : [];
  });
  return candidates
    .sort((a, b) => Number(b.isTelling) - Number(a.isTelling) || b.place.at - a.place.at)
    .slice(0, 2)
    .map(({ subject, place }) => {
      const ahead = since.at === place.at ? 'right' : scene.sayLength(since.at - place.at);
      const detail = `stands ${ahead} before that, ${scene.sayWhen(place)}.`;
      return { kind: 'just-before', scene, subject, since: place, name: 'line', detail, places: [place], score: 0 };
    });
}

/** Of records of the same moment, only those above count as before. */
const isAbove = (place: Place, since: Place) =>
  place.at < since.at || (place.file === since.file && place.line < since.line);

function lastBefore({ track }: Subject, at: number): Place | undefined {
  if (track.lastAt <= at) return { file: track.lastFile, line: track.lastLine, at: track.lastAt };
  return track.first !== undefined && track.first.at <= at ? track.first : undefined;
}
