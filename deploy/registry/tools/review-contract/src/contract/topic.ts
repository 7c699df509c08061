import type { Paragraph, Topic } from './contract.ts';

interface Sign {
  readonly topic: Topic;
  /** In a title. */
  readonly title: RegExp;
  /** In the text: wording that hardly occurs in clauses about something else. */
  readonly text: RegExp;
}

const signs: readonly Sign[] = [
  { topic: 'definitions', title: /definition|interpretation|defined terms/i, text: /["”] (means|shall mean)\b/i },
  {
    topic: 'force majeure',
    title: /force majeure|beyond (its|our|the)? ?control|excus/i,
    text: /\bforce majeure\b|beyond (its|their|the|a party['’]s) reasonable control/i,
  },
  {
    topic: 'data protection',
    title: /data (protection|privacy|processing)|privacy|gdpr|personal data/i,
    text: /\bpersonal data\b|\bGDPR\b|General Data Protection Regulation|data protection (law|act|legislation)|personally identifiable/i,
  },
  {
    topic: 'confidentiality',
    title: /confidential|non-?disclosure|secrecy/i,
    text: /\bconfidential(ity)?\b|\bnon-disclosure\b|keep\b.{0,60}\bsecret/i,
  },
  {
    topic: 'intellectual property',
    title: /intellectual|ownership|licen[cs]e|copyright|proprietary|work product/i,
    text: /\bintellectual property\b|\bcopyrights?\b|\bpatents?\b|grants?\b.{0,80}\blicen[cs]e\b|assigns?\b.{0,60}\b(rights?|title)\b/i,
  },
  { topic: 'indemnity', title: /indemni|hold harmless/i, text: /\bindemnif(y|ies|ied|ication)\b|\bhold harmless\b/i },
  {
    topic: 'liability',
    title: /liabilit|limitation of (damages|remedies)|damages/i,
    text: /\b(total|aggregate|maximum|cumulative)\b.{0,40}\bliability\b|\bliab(le|ility)\b.{0,80}\b(limited|exceed|unlimited|excluded)\b|\bnot (be )?liable\b/i,
  },
  { topic: 'renewal', title: /renewal|extension/i, text: /\brenew(s|ed|al)?\b/i },
  {
    topic: 'termination',
    title: /terminat|cancellation|duration|\bterm\b|expiry/i,
    text: /\bterminat(e|ed|es|ion)\b/i,
  },
  {
    topic: 'service level',
    title: /service levels?|\bSLA\b|availability|uptime|support/i,
    text: /\b(uptime|availability)\b.{0,60}%|\bservice (level|credit)s?\b|response times?/i,
  },
  {
    topic: 'payment',
    title: /payment|fees?|price|pricing|charges|invoic|remuneration|compensation|rent\b/i,
    text: /\binvoices?\b|\bshall pay\b|\bpayable\b|\bfees?\b.{0,40}\b(per|monthly|annual)/i,
  },
  {
    topic: 'exclusivity',
    title: /exclusiv/i,
    text: /\bexclusively (from|to|for|with)\b|\b(shall|may|will) not\b.{0,60}\b(any other|another|third[- ]party) (supplier|provider|vendor|customer|client)\b|\bexclusive (supplier|provider|distributor|right)/i,
  },
  {
    topic: 'non-compete',
    title: /non-?compet|non-?solicit|restrictive covenant|restraint/i,
    text: /\bnot\b.{0,40}\bcompet(e|es|ing)\b|\bcompeting business\b|\bnot\b.{0,40}\bsolicit\b/i,
  },
  {
    topic: 'governing law',
    title: /governing law|applicable law|jurisdiction|disputes?|arbitration|venue/i,
    text: /\bgoverned by\b|\bjurisdiction\b|\barbitration\b|\bcourts of\b/i,
  },
  {
    topic: 'assignment',
    title: /assignment|transfer|subcontract/i,
    text: /\bassign\b.{0,60}\b(agreement|contract|rights or obligations)\b|\btransfer (this|the) (agreement|contract)\b/i,
  },
  {
    topic: 'warranty',
    title: /warrant|representation|guarantee/i,
    text: /\bwarrants?\b|\bwarrant(y|ies)\b|reasonable (skill|care)|["“]?\bas[- ]is\b/i,
  },
  { topic: 'insurance', title: /insurance/i, text: /\binsurance\b/i },
  { topic: 'notices', title: /notices?|communication/i, text: /\bnotices? (under|must|shall)\b/i },
  {
    topic: 'changes',
    title: /amendment|variation|modification|changes?|entire agreement/i,
    text: /\b(amend(ed|ment)s?|variations?|modif(y|ied|ications?)|changes?) (of|to) (this|the) (agreement|contract)\b|\bentire agreement\b/i,
  },
  {
    topic: 'services',
    title: /services?|scope|deliver|statement of work|obligations|supply|goods|products/i,
    text: /\bshall (provide|deliver|supply|perform)\b/i,
  },
];

/** The topic of a clause: by its title, or, where that tells nothing, the one that most of its sentences speak about. */
export function topicOf(title: string, paragraphs: readonly Paragraph[]): Topic {
  const byTitle = signs.find((sign) => sign.title.test(title));
  if (byTitle) return byTitle.topic;
  const sentences = paragraphs.flatMap((paragraph) => paragraph.sentences);
  const scores = signs.map((sign) => ({ sign, score: sentences.filter(({ text }) => sign.text.test(text)).length }));
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  // A rag-bag ("General") is about nothing in particular.
  return best.score > 0 && best.score * 2 >= sentences.length ? best.sign.topic : 'other';
}

/** Everything that a sentence speaks about, the most special topic first. */
export const topicsIn = (text: string): Topic[] =>
  signs.filter((sign) => sign.text.test(text)).map((sign) => sign.topic);

/** The topics that a question names. */
export const topicsAsked = (question: string): Topic[] =>
  signs
    .filter((sign) => sign.topic !== 'services' && (sign.title.test(question) || sign.text.test(question)))
    .map((sign) => sign.topic);
