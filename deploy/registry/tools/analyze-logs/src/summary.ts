import { type Finding, quote } from './findings/finding.ts';
import { windowOf } from './findings/ranking.ts';
import { counted, grouped, percent, type Scene } from './findings/scene.ts';
import type { Subject } from './findings/subject.ts';
import { isTrouble } from './findings/subject.ts';
import type { Reading } from './reading.ts';

export interface Told {
  readonly reading: Reading;
  readonly scenes: readonly Scene[];
  readonly subjects: readonly Subject[];
  /** Most telling first. */
  readonly findings: readonly Finding[];
  /** The sentence of a finding, with the place that proves it if one is given. */
  readonly tell: (finding: Finding, cite?: string) => string;
}

/** A few plain sentences: what stands out and since when, what goes with it, then what was read. */
export function summarise({ reading, scenes, subjects, findings, tell }: Told): string {
  const lead = findings.find(({ kind }) => kind !== 'just-before');
  const cited = (finding: Finding) => tell(finding, finding.scene.cite(finding.since));
  const sentences = lead === undefined ? [quietly(subjects)] : [cited(lead), ...aroundLead(lead, findings, cited)];
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

/** What begins together with the lead, in which order, and what stood right before. */
function aroundLead(lead: Finding, findings: readonly Finding[], cited: (finding: Finding) => string): string[] {
  const sentences: string[] = [];
  const window = windowOf(lead.scene.tally);
  const together = findings.filter(
    (finding) =>
      finding !== lead &&
      finding.scene === lead.scene &&
      isTrouble(finding.subject) &&
      isOnset(finding) &&
      isOnset(lead) &&
      Math.abs(finding.since.at - lead.since.at) <= window,
  );
  const first = together.toSorted((a, b) => a.since.at - b.since.at)[0];
  if (first !== undefined && first.since.at < lead.since.at) {
    sentences.push(`It begins with this: ${cited(first)}`);
  }
  const strongest = together.find((finding) => finding !== first || first.since.at >= lead.since.at);
  if (strongest !== undefined) sentences.push(`At about the same time: ${cited(strongest)}`);
  const more = together.length - sentences.length;
  if (more > 0)
    sentences.push(`${more === 1 ? 'One more problem begins' : `${more} more problems begin`} around then.`);
  sentences.push(...findings.filter(({ kind }) => kind === 'just-before').map(cited));
  if (sentences.length === 0) {
    const next = findings.find((finding) => finding !== lead && isTrouble(finding.subject));
    if (next !== undefined) sentences.push(`Next: ${cited(next)}`);
  }
  return sentences;
}

const isOnset = ({ kind }: Finding) => kind === 'new' || kind === 'burst' || kind === 'failing-route';

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
