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
