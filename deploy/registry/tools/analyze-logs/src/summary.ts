import type { Episode } from './findings/episode.ts';
import { type Finding, quote } from './findings/finding.ts';
import { counted, grouped, percent, type Scene } from './findings/scene.ts';
import type { Subject } from './findings/subject.ts';
import { isTrouble } from './findings/subject.ts';
import type { Reading } from './reading.ts';
import type { Narrator } from './sentence.ts';

export interface Told {
  readonly reading: Reading;
  readonly scenes: readonly Scene[];
  readonly subjects: readonly Subject[];
  /** Most telling first. */
  readonly findings: readonly Finding[];
  readonly episode: Episode | undefined;
  readonly narrator: Narrator;
}

/** A few plain sentences: what stands out and since when, what goes with it, then what was read. */
export function summarise({ reading, scenes, subjects, findings, episode, narrator }: Told): string {
  const cited = (finding: Finding) => narrator.tell(finding, finding.scene.cite(finding.since));
  const sentences = episode === undefined ? [quietly(subjects)] : tellEpisode(episode, findings, cited);
  sentences.push(requestsSentence(subjects), ...scenes.map((scene) => volumeSentence(reading, scene)));
  if (reading.outside > 0)
    sentences.push(
      `${counted(reading.outside, 'record')} outside the time range ${reading.outside === 1 ? 'was' : 'were'} left out.`,
    );
  sentences.push(...reading.zones.remarks());
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function quietly(subjects: readonly Subject[]): string {
  const [top] = subjects.filter(isTrouble).toSorted((a, b) => b.count - a.count);
  if (top === undefined) return 'Nothing in these logs tells of a failure, and nothing is new or unusually frequent.';
  return `Nothing is new or unusually frequent. The most frequent trouble is ${quote(top)}, ${counted(top.count, 'time')}.`;
}

/** The lead, what begins together with it and in which order, and what stood right before. */
function tellEpisode(episode: Episode, findings: readonly Finding[], cited: (finding: Finding) => string): string[] {
  const { lead, together, first, before } = episode;
  const sentences = [cited(lead)];
  if (first !== lead) sentences.push(`It begins with this: ${cited(first)}`);
  sentences.push(...before.map(cited));
  const [strongest, ...more] = together.filter((finding) => finding !== first);
  if (strongest !== undefined) sentences.push(`At about the same time: ${cited(strongest)}`);
  if (more.length === 1) sentences.push('One more problem begins around then.');
  if (more.length > 1) sentences.push(`${more.length} more problems begin around then.`);
  const next = findings.find((finding) => finding !== lead && isTrouble(finding.subject));
  if (sentences.length === 1 && next !== undefined) sentences.push(`Next: ${cited(next)}`);
  return sentences;
}

function requestsSentence(subjects: readonly Subject[]): string {
  const requests = subjects.filter(({ http }) => http !== undefined);
  const all = requests.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return '';
  const failed = (from: number, to: number) =>
    requests.reduce(
      (sum, { http, count }) => sum + (http !== undefined && http.status >= from && http.status < to ? count : 0),
      0,
    );
  const server = failed(500, 600);
  const client = failed(400, 500);
  return `Of ${counted(all, 'request')}, ${grouped(server)} (${percent(server, all)}) failed with 5xx and ${grouped(client)} (${percent(client, all)}) with 4xx.`;
}

function volumeSentence(reading: Reading, scene: Scene): string {
  const { tally, isTimed } = scene;
  const files = reading.files.filter((file) => file.isTimed === isTimed);
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const names =
    files.length > 3 ? `${files.length} files` : files.map(({ name, format }) => `${name} (${format})`).join(', ');
  const { zones } = reading;
  const { from, to } = tally.axis;
  const range = isTimed ? `, ${zones.spoken(from, false)} to ${zones.spoken(to, zones.isSameDay(from, to))}` : '';
  const { error, warn } = tally.totals;
  return `Read ${counted(lines, 'line')} of ${names}${range}: ${counted(error, 'error')}, ${counted(warn, 'warning')}.`;
}
