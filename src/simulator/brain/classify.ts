import type { Label } from './ask.ts';
import { TOPICS } from './topics.ts';
import { buildIdf, toConcepts, toTerms } from './words.ts';
import type { Term } from './words.ts';

export interface Verdict {
  readonly label: string;
  readonly confidence: number;
  /** One sentence naming the words that decided. */
  readonly reason: string;
  /** Every label the text speaks for, best first. */
  readonly all: readonly string[];
}

/** What a text is about shows long before its end. */
const MAX_CHARS = 40_000;
const NAME_WEIGHT = 3;
const DESCRIPTION_WEIGHT = 1.2;
const TOPIC_WEIGHT = 1;
/** What a text opens with, its subject line for instance, says most about it. */
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

interface Scored {
  readonly label: Label;
  readonly score: number;
  readonly words: readonly string[];
}

/** The label the text is nearest to, by name, description and everyday words around them. */
export function classify(text: string, labels: readonly Label[]): Verdict {
  const terms = toTerms(
    text
      .slice(0, MAX_CHARS)
      .replace(NEGATED, (_, word: string) => OPPOSITE[word.toLowerCase()] ?? 'disappointed'),
  );
  const profiles = labels.map((label) => ({ label, weights: buildProfile(label) }));
  const idf = buildIdf(profiles.map(({ weights }) => [...weights.keys()]));
  const ranked = profiles
    .map(({ label, weights }) =>
      score(label, terms, (concept) => (weights.get(concept) ?? 0) * idf(concept)),
    )
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

/** Concepts that speak for a label, and how loudly. */
function buildProfile({ name, description }: Label): Map<string, number> {
  const named = toConcepts(splitName(name));
  const described = toConcepts(description);
  const weights = new Map<string, number>();
  const add = (concepts: readonly string[], weight: number): void => {
    for (const concept of concepts)
      weights.set(concept, Math.max(weights.get(concept) ?? 0, weight));
  };
  add(named, NAME_WEIGHT);
  add(described, DESCRIPTION_WEIGHT);
  const about = new Set(named);
  for (const { names, words } of TOPICS) {
    if (names.some((topic) => about.has(topic))) add(words, TOPIC_WEIGHT);
  }
  return weights;
}

/** `refundNotShowingUp`, `card_arrival` and `Top-up?` as words. */
export function splitName(name: string): string {
  return name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replace(/[_\-./]+/g, ' ');
}

function score(label: Label, terms: readonly Term[], weigh: (concept: string) => number): Scored {
  const seen = new Map<string, { word: string; weight: number }>();
  for (const [at, { word, concept }] of terms.entries()) {
    const weight = weigh(concept) * (at < OPENING_WORDS ? OPENING_BONUS : 1);
    if (weight === 0) continue;
    const before = seen.get(concept);
    // Every repetition says half as much as the one before.
    seen.set(concept, { word: before?.word ?? word, weight: (before?.weight ?? 0) / 2 + weight });
  }
  const hits = [...seen.values()].sort((a, b) => b.weight - a.weight);
  return {
    label,
    score: hits.reduce((sum, { weight }) => sum + weight, 0),
    words: hits.slice(0, 3).map(({ word }) => word),
  };
}

function fallBack(labels: readonly Label[]): Verdict {
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
