import type { OfferedLabel } from './answer-request.ts';
import { TOPICS } from './topics.ts';
import { buildIdf, toTerms } from './words.ts';
import type { Term } from './words.ts';

export interface Classification {
  readonly label: string;
  readonly confidence: number;
  /** One sentence naming the words that decided. */
  readonly reason: string;
  /** Every label the text speaks for, best first. */
  readonly all: readonly string[];
}

/** The topic of a text shows long before its end. */
const MAX_CHARS = 40_000;
const NAME_WEIGHT = 3;
const DESCRIPTION_WEIGHT = 1.2;
/** Everyday words around a label; where its description says what it means, they are only a hint. */
const TOPIC_WEIGHT = 1;
const HINT_WEIGHT = 0.4;
/** Two words of a description that stand together in the text as well: "gift card". */
const PHRASE_WEIGHT = 2;
/** Worth of another word for the same thing. */
const SYNONYM = 0.6;
/** The subject line of a letter, or the title of a text, is its sender's own summary. */
const SUBJECT_BONUS = 2.5;
/** The opening of a text, its subject line for instance, says most about it. */
const OPENING_WORDS = 15;
const OPENING_BONUS = 1.4;
/** A second label counts if it has at least this share of the best one's score. */
const ALSO = 0.5;

/** "not happy" speaks for the opposite of "happy". */
const NEGATED =
  /\b(?:not|never|no|isn't|wasn't|aren't|don't|didn't|won't|wouldn't|can't|hardly)(?: \w+)? (happy|good|great|satisfied|recommend|like|love|impressed|helpful|pleased|worth|work|working|urgent|hurry)\b/gi;
const OPPOSITE: Readonly<Record<string, string>> = {
  urgent: 'whenever',
  hurry: 'whenever',
  work: 'broken',
  working: 'broken',
};

const FALLBACK =
  /^(?:other|others|general|misc|miscellaneous|unknown|none|neutral|unclear|default|n\/?a)$/i;

/** "Order LF-2210453" says which order, not that the text is about ordering. */
const NUMBER = /^\d{4,}$/;
const REFERENCE_WEIGHT = 0.6;
/** Between a plain sum and the loudest alone: one loud word says more than many faint ones. */
const NORM = 1.25;

/** Sender, receiver and date say nothing of what it is about. */
const HEADER = /^(?:from|to|cc|date|sent)\s*:.*\n?/gim;
const SUBJECT = /^(?:subject|title|re)\s*:.*$/im;

interface Scored {
  readonly label: OfferedLabel;
  readonly score: number;
  readonly words: readonly string[];
}

/** The label the text is nearest to, by name, description and everyday words around them. */
export function classify(text: string, labels: readonly OfferedLabel[]): Classification {
  const read = readOnce(text.slice(0, MAX_CHARS));
  const profiles = labels.map((label) => ({ label, profile: buildProfile(label) }));
  const idf = buildIdf(profiles.map(({ profile }) => [...profile.weights.keys()]));
  const ranked = profiles
    .map(({ label, profile }) => score(label, read, weigher(profile, idf)))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (!best || best.score === 0) return fallBack(labels);
  const margin = 1 - (ranked[1]?.score ?? 0) / best.score;
  return {
    label: best.label.name,
    confidence: Math.round((0.45 + 0.5 * margin) * 100) / 100,
    reason: `The text speaks of ${listWords(best.words)}, which points to ${best.label.name}.`,
    all: ranked.filter((r) => r.score >= best.score * ALSO).map((r) => r.label.name),
  };
}

/** Each field of a schema with choices asks about the same text. */
let last: { text: string; read: Mention[] } | undefined;

function readOnce(text: string): Mention[] {
  if (last?.text !== text) last = { text, read: readText(text) };
  return last.read;
}

/** Reads what a text mentions, subject line loudest. */
function readText(text: string): Mention[] {
  const plain = text
    .replace(HEADER, '')
    .replace(NEGATED, (_, word: string) => OPPOSITE[word.toLowerCase()] ?? 'disappointed');
  const subject = SUBJECT.exec(plain)?.[0] ?? '';
  const body = toTerms(plain.replace(subject, ''));
  return [
    ...toMentions(toTerms(subject), () => SUBJECT_BONUS),
    ...toMentions(body, (at) => (at < OPENING_WORDS ? OPENING_BONUS : 1)),
  ];
}

interface Mention {
  readonly term: Term;
  /** It and the word before, as one. */
  readonly pair: string;
  readonly bonus: number;
}

function toMentions(terms: readonly Term[], bonusAt: (at: number) => number): Mention[] {
  return terms.map((term, at) => {
    const isReference = terms.slice(at + 1, at + 3).some(({ word }) => NUMBER.test(word));
    const bonus = bonusAt(at) * (isReference ? REFERENCE_WEIGHT : 1);
    return { term, pair: toPair(terms, at), bonus };
  });
}

function toPair(terms: readonly Term[], at: number): string {
  const before = terms[at - 1];
  return before ? `${before.concept} ${terms[at]?.concept ?? ''}` : '';
}

/** Concepts that speak for a label and how loudly, and the very words and phrases it is described with. */
interface Profile {
  readonly weights: ReadonlyMap<string, number>;
  readonly stems: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
}

function buildProfile({ name, description }: OfferedLabel): Profile {
  const named = toTerms(splitName(name));
  const clauses = description.split(/[,;.]| or | and /).map(toTerms);
  const weights = new Map<string, number>();
  const add = (concepts: readonly string[], weight: number): void => {
    for (const concept of concepts)
      weights.set(concept, Math.max(weights.get(concept) ?? 0, weight));
  };
  const said = [...named, ...clauses.flat()];
  const names = named.map(({ concept }) => concept);
  add(names, NAME_WEIGHT);
  add(
    said.map(({ concept }) => concept),
    DESCRIPTION_WEIGHT,
  );
  const around = TOPICS.filter((topic) => topic.names.some((concept) => names.includes(concept)));
  for (const { words } of around) add(words, description === '' ? TOPIC_WEIGHT : HINT_WEIGHT);
  return {
    weights,
    stems: new Set([...said.map(({ stem }) => stem), ...around.flatMap(({ words }) => words)]),
    pairs: new Set(clauses.flatMap((terms) => terms.map((_, at) => toPair(terms, at)))),
  };
}

type WeighMention = (mention: Mention) => number;

function weigher(
  { weights, stems, pairs }: Profile,
  idf: (concept: string) => number,
): WeighMention {
  return ({ term: { concept, stem }, pair, bonus }) => {
    const phrase = pair !== '' && pairs.has(pair) ? PHRASE_WEIGHT : 0;
    const word = (weights.get(concept) ?? 0) * (stems.has(stem) ? 1 : SYNONYM);
    return (word + phrase) * idf(concept) * bonus;
  };
}

/** `refundNotShowingUp`, `card_arrival` and `Top-up?` as words. */
export function splitName(name: string): string {
  return name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replace(/[_\-./]+/g, ' ');
}

function score(label: OfferedLabel, mentions: readonly Mention[], weigh: WeighMention): Scored {
  const seen = new Map<string, { word: string; weight: number }>();
  for (const mention of mentions) {
    const { word, concept } = mention.term;
    const weight = weigh(mention);
    if (weight === 0) continue;
    const before = seen.get(concept);
    // Every repetition says half as much as the one before.
    seen.set(concept, { word: before?.word ?? word, weight: (before?.weight ?? 0) / 2 + weight });
  }
  const hits = [...seen.values()].sort((a, b) => b.weight - a.weight);
  return {
    label,
    score: hits.reduce((sum, { weight }) => sum + weight ** NORM, 0) ** (1 / NORM),
    words: hits.slice(0, 3).map(({ word }) => word),
  };
}

function fallBack(labels: readonly OfferedLabel[]): Classification {
  const neutral = labels.find(({ name }) => FALLBACK.test(name)) ?? labels[0];
  const label = neutral?.name ?? '';
  return {
    label,
    confidence: 0.2,
    reason: 'No word of the text speaks for any of the labels.',
    all: label ? [label] : [],
  };
}

function listWords(words: readonly string[]): string {
  const quoted = words.map((word) => `“${word}”`);
  const last = quoted.pop() ?? '';
  return quoted.length > 0 ? `${quoted.join(', ')} and ${last}` : last;
}
