import type { Place } from './axis.ts';
import { type Citation, Citations, MAX_TEXT_CHARS } from './citations.ts';
import { episodeOf } from './findings/episode.ts';
import { compact, type Finding } from './findings/finding.ts';
import { foldCompanions } from './findings/folding.ts';
import { best, findingsOf } from './findings/ranking.ts';
import { Scene } from './findings/scene.ts';
import { isTrouble, type Subject, subjectsOf } from './findings/subject.ts';
import { shorten } from './lines.ts';
import type { Reading } from './reading.ts';
import { Narrator } from './sentence.ts';
import { SEVERITIES, type Severity } from './severity.ts';
import { summarise } from './summary.ts';
import { type TimelineRow, timelineOf } from './timeline.ts';

interface Range {
  readonly from: string;
  readonly to: string;
}

/** The tool's output, as its manifest declares it. */
export interface Report {
  readonly summary: string;
  /** Left out where no log has times. */
  readonly time_range?: Range;
  readonly lines: number;
  readonly parsed_lines: number;
  readonly records: number;
  readonly files: readonly { name: string; format: string; lines: number; time_range: Range | null }[];
  readonly severity_over_time: readonly TimelineRow[];
  readonly severity_totals: Readonly<Record<Severity, number>>;
  readonly templates: readonly {
    id: string;
    template: string;
    severity: Severity;
    count: number;
    first_seen: string;
    last_seen: string;
    example: Citation;
  }[];
  readonly findings: readonly {
    kind: string;
    template_id: string;
    since: string;
    detail: string;
    evidence: Citation[];
  }[];
  readonly evidence: readonly Citation[];
  /** What the trouble is called: messages and routes, for whoever looks for its cause in code. */
  readonly suspects: readonly string[];
}

/** How much of everything goes into an answer. */
interface Sizes {
  readonly templates: number;
  readonly findings: number;
  readonly evidence: number;
  readonly chars: number;
}

/** An answer that is too long is made shorter step by step; the last step always fits. */
const SIZES: readonly Sizes[] = [
  { templates: 30, findings: 12, evidence: 20, chars: MAX_TEXT_CHARS },
  { templates: 20, findings: 10, evidence: 14, chars: MAX_TEXT_CHARS },
  { templates: 12, findings: 8, evidence: 10, chars: 300 },
  { templates: 8, findings: 6, evidence: 8, chars: 160 },
  { templates: 4, findings: 3, evidence: 4, chars: 60 },
];
export const MAX_REPORT_BYTES = 47 * 1024;

interface Seen {
  readonly subject: Subject;
  readonly scene: Scene;
}

/** Turns the counts into findings and an answer; reads the cited lines again on the way. */
export async function reportOn(reading: Reading, question: string): Promise<Report> {
  const scenes = [reading.timed, reading.untimed]
    .filter(({ records }) => records > 0)
    .map((tally) => new Scene(reading, tally));
  const seen: Seen[] = [];
  const findings: Finding[] = [];
  for (const scene of scenes) {
    const subjects = subjectsOf(scene.tally);
    seen.push(...subjects.map((subject) => ({ subject, scene })));
    findings.push(...findingsOf(scene, subjects, question));
  }
  const ranked = best(foldCompanions(findings.sort((a, b) => b.score - a.score)));
  const [lead] = ranked;
  const around = seen.flatMap(({ subject, scene }) => (scene === lead?.scene ? [subject] : []));
  const episode = episodeOf(ranked, around);
  ranked.splice(1, 0, ...(episode?.before ?? []));
  const shown = mostRelevant(seen, ranked);
  const citations = new Citations(reading.files);
  citations.want(ranked.flatMap(({ places, sample = [] }) => [...places, ...sample]));
  citations.want(shown.map(({ subject }) => subject.track.first));
  await citations.load();
  const control = shown.flatMap(({ subject: { track } }) =>
    track.first === undefined ? [] : citations.cite(track.first).text,
  );
  const narrator = new Narrator(citations, control);
  const subjects = seen.map(({ subject }) => subject);
  const summary = summarise({ reading, scenes, subjects, findings: ranked, episode, narrator });
  return fit((sizes) => assemble({ reading, scenes, shown, ranked, citations, summary, narrator }, sizes));
}

/** Subjects of findings, then errors and warnings, then the rest, each by count; always some of the most frequent. */
function mostRelevant(seen: readonly Seen[], findings: readonly Finding[]): Seen[] {
  const found = new Set(findings.map(({ subject }) => subject));
  const byCount = seen.toSorted((a, b) => b.subject.count - a.subject.count);
  const frequent = new Set(byCount.slice(0, 5));
  const rank = (entry: Seen) => {
    if (found.has(entry.subject)) return 0;
    if (frequent.has(entry)) return 1;
    return entry.subject.severity === 'error' ? 2 : isTrouble(entry.subject) ? 3 : 4;
  };
  const chosen = byCount.toSorted((a, b) => rank(a) - rank(b)).slice(0, SIZES[0]?.templates);
  const weight = ({ subject }: Seen) => (subject.severity === 'error' ? 0 : isTrouble(subject) ? 1 : 2);
  return chosen.sort((a, b) => weight(a) - weight(b) || b.subject.count - a.subject.count);
}

interface Parts {
  readonly reading: Reading;
  readonly scenes: readonly Scene[];
  readonly shown: readonly Seen[];
  readonly ranked: readonly Finding[];
  readonly citations: Citations;
  readonly summary: string;
  readonly narrator: Narrator;
}

function assemble({ reading, scenes, shown, ranked, citations, summary, narrator }: Parts, sizes: Sizes): Report {
  const ids = new Map(shown.map(({ subject }, index) => [subject, `t${index + 1}`]));
  const findings = ranked.slice(0, sizes.findings);
  const cite = (place: Place) => citations.cite(place, sizes.chars);
  const main = scenes[0];
  return {
    summary: shorten(summary, 3000),
    ...(main?.isTimed ? { time_range: rangeOf(reading, main.tally.axis) } : {}),
    lines: sum(reading.files.map(({ lines }) => lines)),
    parsed_lines: sum(reading.files.map(({ parsedLines }) => parsedLines)),
    records: sum(scenes.map(({ tally }) => tally.records)),
    files: reading.files.map(({ name, format, lines, isTimed }, index) => {
      const range = isTimed ? reading.timed.files.get(index) : undefined;
      return { name, format, lines, time_range: range === undefined ? null : rangeOf(reading, range) };
    }),
    severity_over_time: main === undefined ? [] : timelineOf(main.tally, (value) => sayValue(reading, main, value)),
    severity_totals: totalsOf(scenes),
    templates: keepBest(shown, ranked, sizes.templates).flatMap(({ subject, scene }) => {
      const { first, lastAt, lastFile, lastLine } = subject.track;
      if (first === undefined) return [];
      return {
        id: ids.get(subject) ?? '',
        template: shorten(subject.text, Math.min(300, sizes.chars)),
        severity: subject.severity,
        count: subject.count,
        first_seen: scene.since(first),
        last_seen: scene.since({ file: lastFile, line: lastLine, at: lastAt }),
        example: cite(first),
      };
    }),
    findings: findings.map((finding) => {
      const { kind, subject, scene, since, places } = finding;
      return {
        kind,
        template_id: ids.get(subject) ?? '',
        since: scene.since(since),
        detail: shorten(narrator.tell(finding), sizes.chars * 2),
        evidence: places.slice(0, 4).map(cite),
      };
    }),
    evidence: compact(findings.length > 0 ? evenly(findings) : examples(shown))
      .slice(0, sizes.evidence)
      .map(cite),
    suspects: suspectsOf(findings, narrator).map((text) => shorten(text, Math.min(300, sizes.chars))),
  };
}

const suspectsOf = (findings: readonly Finding[], narrator: Narrator): string[] => {
  const telling = findings.filter(({ kind, subject }) => kind === 'just-before' || isTrouble(subject));
  return [...new Set(telling.map((finding) => narrator.nameOf(finding)))];
};

/** In the order shown, without those that nothing refers to when there is little room. */
function keepBest(shown: readonly Seen[], findings: readonly Finding[], room: number): Seen[] {
  const found = new Set(findings.map(({ subject }) => subject));
  const order = [
    ...shown.filter(({ subject }) => found.has(subject)),
    ...shown.filter(({ subject }) => !found.has(subject)),
  ];
  const kept = new Set(order.slice(0, room));
  return shown.filter((entry) => kept.has(entry));
}

/** First the first line of every finding, then the second ones: a reader who stops early has seen all of it. */
function evenly(findings: readonly Finding[]): Place[] {
  const [lead, ...rest] = findings;
  const places = [...(lead?.places ?? [])];
  for (let round = 0; round < 4; round++)
    for (const finding of rest) places.push(...finding.places.slice(round, round + 1));
  return places;
}

/** Where nothing stands out: the first line of each troublesome template or, without trouble, of the most frequent ones. */
function examples(shown: readonly Seen[]): (Place | undefined)[] {
  const trouble = shown.filter(({ subject }) => isTrouble(subject));
  return (trouble.length > 0 ? trouble : shown.slice(0, 3)).map(({ subject }) => subject.track.first);
}

function fit(assembleWith: (sizes: Sizes) => Report): Report {
  let report: Report | undefined;
  for (const sizes of SIZES) {
    report = assembleWith(sizes);
    if (Buffer.byteLength(JSON.stringify(report)) <= MAX_REPORT_BYTES) return report;
  }
  return report as Report;
}

function totalsOf(scenes: readonly Scene[]): Record<Severity, number> {
  const totals: Record<Severity, number> = { error: 0, warn: 0, info: 0, debug: 0, unknown: 0 };
  for (const { tally } of scenes) for (const severity of SEVERITIES) totals[severity] += tally.totals[severity];
  return totals;
}

const rangeOf = (reading: Reading, range: { readonly from: number; readonly to: number }): Range => ({
  from: reading.zones.iso(range.from),
  to: reading.zones.iso(range.to),
});

/** A time, or `line 4711` (with its file, where there are several) on an axis of lines. */
function sayValue(reading: Reading, scene: Scene, value: number): string {
  if (scene.isTimed) return reading.zones.iso(value);
  const untimed = reading.files.filter(({ isTimed }) => !isTimed);
  const file = untimed.findLast(({ lineOffset }) => lineOffset < value) ?? untimed[0];
  const line = Math.max(value - (file?.lineOffset ?? 0), 1);
  return untimed.length > 1 ? `${file?.name}:${line}` : `line ${line}`;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
