import type { Place } from '../axis.ts';
import type { Tally } from '../tally.ts';
import { dominantError, type Finding, findingFor } from './finding.ts';
import { failingRoutes, isServerFailure } from './routes.ts';
import type { Scene } from './scene.ts';
import { isTrouble, type Subject } from './subject.ts';

const MAX_FINDINGS = 12;
/** Below this it is noise, unless it is an error: one more info message than usual. */
const MIN_SCORE = 2.5;

/** What is worth telling about the subjects of one scene, most telling first. */
export function findingsOf(scene: Scene, subjects: readonly Subject[], question: string): Finding[] {
  const found = failingRoutes(subjects, scene);
  const single = subjects.filter((subject) => !isServerFailure(subject));
  const changes = single.flatMap((subject) => findingFor(subject, scene) ?? []);
  const errors = single.filter(({ severity }) => severity === 'error');
  const allErrors = errors.reduce((sum, { count }) => sum + count, 0);
  const dominant = errors.flatMap((subject) => dominantError(subject, scene, allErrors) ?? []);
  const asked = wordsOf(question);
  return oneForEach([...found, ...changes, ...dominant])
    .map((finding) => ({ ...finding, score: finding.score * relevance(finding, asked) }))
    .filter(({ score, subject }) => score >= MIN_SCORE || subject.severity === 'error')
    .sort((a, b) => b.score - a.score || a.since.at - b.since.at);
}

/** An error that goes on throughout is told as such, even if it bursts; anything else as what changes. */
function oneForEach(findings: readonly Finding[]): Finding[] {
  const bySubject = Map.groupBy(findings, ({ subject }) => subject);
  return [...bySubject.values()].flatMap((all) => {
    const throughout = all.find(({ kind }) => kind === 'dominant-error');
    const change = all.find((finding) => finding !== throughout);
    return (change === undefined || isMinor(change) ? throughout : change) ?? change ?? [];
  });
}

const isMinor = ({ kind, isMostOfIt }: Finding) => kind === 'stopped' || (kind === 'burst' && !isMostOfIt);

/** The best of all scenes. Trouble always has a place, so that bursts of ordinary messages cannot crowd it out. */
export function best(findings: readonly Finding[]): Finding[] {
  const ranked = findings.toSorted((a, b) => b.score - a.score);
  const ordinary = ranked.filter(({ subject }) => !isTrouble(subject)).slice(0, MAX_FINDINGS / 3);
  const kept = ranked.filter((finding) => isTrouble(finding.subject) || ordinary.includes(finding));
  return kept.slice(0, MAX_FINDINGS);
}

const COMMON_WORDS = new Set(
  'what when where which while with from this that have does were been there their about into since than then they will would could should happen happened happening wrong'.split(
    ' ',
  ),
);

/** The stems of what the question is about: "Why do logins fail?" asks for `login` and `fail`. */
const wordsOf = (question: string): string[] =>
  (question.toLowerCase().match(/[\p{L}\d_]{4,}/gu) ?? [])
    .filter((word) => !COMMON_WORDS.has(word))
    .map((word) => word.replace(/(?:ing|ed|s)$/, '').slice(0, 7));

function relevance({ kind, subject }: Finding, asked: readonly string[]): number {
  const text = `${subject.text} ${kind === 'failing-route' ? 'request requests fail failing' : ''}`.toLowerCase();
  const named = asked.filter((word) => text.includes(word)).length;
  return 1 + Math.min(named, 2) * 0.25;
}

const CHANGE_WORDS =
  /\b(?:deploy\w*|releas\w*|rollout|roll(?:ed|ing) (?:out|back)|upgrad\w*|version|migrat\w*|restart\w*|start(?:ed|ing|s)?|shut\w*|stopp\w*|config\w*|reload\w*|rotat\w*|expir\w*|certificate|failover|leader|scal(?:ed|ing)|evict\w*|oom|kill\w*|full|exhaust\w*|flush\w*|drain\w*|disabl\w*|enabl\w*)\b/i;

/**
 * Rare messages shortly before the trouble begins: a deployment, a reload, a full disk. No cause is claimed, but it is the
 * first thing that a person looks for.
 */
export function justBefore(lead: Finding, subjects: readonly Subject[]): Finding[] {
  const { scene, since } = lead;
  const window = windowOf(scene.tally);
  const candidates = subjects.flatMap((subject) => {
    if (subject.count > 3 || subject === lead.subject || subject.http !== undefined) return [];
    const place = lastBefore(subject, since.at);
    return place !== undefined && since.at - place.at <= window ? [{ subject, place }] : [];
  });
  return candidates
    .map(({ subject, place }) => ({ subject, place, isTelling: CHANGE_WORDS.test(subject.text) }))
    .filter(({ isTelling, subject }) => isTelling || isTrouble(subject))
    .sort((a, b) => Number(b.isTelling) - Number(a.isTelling) || b.place.at - a.place.at)
    .slice(0, 2)
    .map(({ subject, place }) => {
      const ahead = scene.sayLength(since.at - place.at);
      const detail = `stands ${ahead} before that, ${scene.sayWhen(place)}.`;
      return { kind: 'just-before', scene, subject, since: place, name: 'line', detail, places: [place], score: 0 };
    });
}

/** How near two moments must be to belong together: 3 % of the range, on a time axis at least ten seconds. */
export function windowOf({ axis }: Tally): number {
  return Math.max((axis.to - axis.from) * 0.03, Math.min(10_000, (axis.to - axis.from) * 0.1));
}

function lastBefore({ track }: Subject, at: number): Place | undefined {
  if (track.lastAt <= at) return { file: track.lastFile, line: track.lastLine, at: track.lastAt };
  return track.first !== undefined && track.first.at <= at ? track.first : undefined;
}
