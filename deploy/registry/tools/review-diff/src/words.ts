/** Words that stand in nearly every log and every change: sharing them says nothing. */
const everyday = new Set(
  `the and for with from this that was were are has have had not but its into out when then than while within after before
  over under all any one two new old get set put post delete patch head error errors err warn warning info debug trace fatal
  level msg message time date http https html json text type name value data code status line file path true false null none
  undefined return const let var function func def class import export async await try catch finally throw raise except else
  request response req res call called calls failed fail fails failure exception could cannot did does didn unable route method
  host server service client user agent version mozilla localhost const string number object array list map key args self
  public private static final void int long bool boolean why what which how who where some more most many our their your
  duration millis seconds second minute minutes hour hours again still only used use using mjs cjs src lib main index test spec
  pid upstream nov dec jan feb mar apr may jun jul aug sep oct please show tell happen happened happening`.split(/\s+/),
);

const synonyms: Readonly<Record<string, string>> = {
  db: 'database',
  conn: 'connection',
  connect: 'connection',
  auth: 'authentication',
  cfg: 'config',
  configuration: 'config',
  msgs: 'message',
  pg: 'postgres',
  postgresql: 'postgres',
  tmout: 'timeout',
  pymt: 'payment',
  pay: 'payment',
  paid: 'payment',
};

/**
 * The telling words of a text or of code, each in one form: `releaseConnection` and `connections` share `connection`.
 * Names are taken apart (`camelCase`, `snake_case`, `dotted.name`); everyday words and bare numbers are left out.
 */
export function tellingWords(text: string): Set<string> {
  const parts = text
    .replace(/timed[ -]out|time[ -]out/gi, 'timeout')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
  const words = new Set<string>();
  for (const part of parts) {
    const word = stem(part);
    if (word.length < 2 || /^\d|^[\da-f]{8,}$/.test(word)) continue;
    if (everyday.has(part) || everyday.has(word)) continue;
    if (word.length > 2 || part in synonyms) words.add(word);
  }
  return words;
}

/** Folds plural and verb endings; crude on purpose, as both sides of a comparison are folded alike. */
function stem(part: string): string {
  const known = synonyms[part];
  if (known) return known;
  let word = part;
  if (word.length > 4)
    word = word
      .replace(/ies$/, 'y')
      .replace(/(ss|sh|ch|x)es$/, '$1')
      .replace(/([^s])s$/, '$1');
  if (word.length > 6) word = word.replace(/ing$/, '').replace(/ed$/, '');
  return synonyms[word] ?? word;
}
