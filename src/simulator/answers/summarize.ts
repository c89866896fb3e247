import { countWords, splitSentences } from './sentences.ts';
import { toTerms } from './words.ts';

/** Sentences looked at closely: beyond that, the work would grow with their square. */
const MAX_CANDIDATES = 120;
const DEFAULT_SHARE = 0.25;
const DEFAULT_WORDS = { least: 30, most: 120 };
const HEADLINE_WORDS = 14;
/** The matter of a headline is near the top. */
const HEADLINE_CHARS = 20_000;
/** Longest text that is a line; its ends are looked for from each place. */
const LINE_CHARS = 1_000;
const MAX_BULLETS = 6;
const MENTIONED_ONCE = 0.35;
/** A sentence this much weaker than the best is filler, even if there is room for it. */
const WORTH_SAYING = 0.4;

interface RankedSentence {
  readonly text: string;
  readonly at: number;
  readonly words: number;
  readonly score: number;
  readonly concepts: ReadonlySet<string>;
}

/** The central sentences of a text, in their own order, within a number of words. */
export function summarize(text: string, maxWords: number | null): string[] {
  const sentences = splitSentences(text);
  const ranked = rankSentences(sentences);
  const budget = maxWords ?? defaultWords(text);
  const chosen = choose(ranked, budget);
  if (chosen.length > 0) return chosen.map((sentence) => sentence.text);
  const best = ranked[0]?.text ?? sentences[0] ?? text.trim();
  return best === '' ? [] : [cutWords(best, budget)];
}

function defaultWords(text: string): number {
  const share = Math.round(countWords(text) * DEFAULT_SHARE);
  return Math.min(DEFAULT_WORDS.most, Math.max(DEFAULT_WORDS.least, share));
}

/** Best first: near to what the whole text speaks of, early, and neither a scrap nor a monster. */
function rankSentences(sentences: readonly string[]): RankedSentence[] {
  const termsOf = sentences.map((sentence) => toTerms(sentence).map(({ concept }) => concept));
  const weight = buildCentroid(termsOf);
  return sentences
    .map((text, at) => {
      const concepts = new Set(termsOf[at]);
      const words = countWords(text);
      let sum = 0;
      for (const concept of concepts) sum += weight(concept);
      const centrality = sum / (8 + concepts.size);
      const early = 1 + 0.4 / (1 + at);
      return { text, at, words, concepts, score: centrality * early * fitness(text, words) };
    })
    .filter(({ words }) => words > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at);
}

/** The topic of a text is what many sentences mention; what one mentions is detail. */
function buildCentroid(sentences: readonly (readonly string[])[]): (concept: string) => number {
  const mentions = new Map<string, number>();
  for (const concepts of sentences) {
    for (const concept of new Set(concepts))
      mentions.set(concept, (mentions.get(concept) ?? 0) + 1);
  }
  return (concept) => {
    const count = mentions.get(concept) ?? 0;
    return count > 1 ? Math.log2(1 + count) : MENTIONED_ONCE;
  };
}

function fitness(text: string, words: number): number {
  const length = words < 5 ? 0.4 : words > 45 ? 0.7 : 1;
  const isGreeting =
    /^(?:hi|hello|dear|hey|regards|best|cheers|thanks|thank you|sincerely)\b/i.test(text);
  const isContact = /\S@\S|https?:\/\//.test(text);
  return length * (text.endsWith('?') ? 0.6 : 1) * (isGreeting ? 0.2 : 1) * (isContact ? 0.5 : 1);
}

/** Takes sentences while they fit and say something new. */
function choose(ranked: readonly RankedSentence[], budget: number): RankedSentence[] {
  const chosen: RankedSentence[] = [];
  let left = budget;
  for (const candidate of ranked.slice(0, MAX_CANDIDATES)) {
    if (candidate.score < (ranked[0]?.score ?? 0) * WORTH_SAYING) break;
    if (candidate.words > left) continue;
    if (chosen.some((other) => overlap(other.concepts, candidate.concepts) > 0.6)) continue;
    chosen.push(candidate);
    left -= candidate.words;
  }
  return chosen.sort((a, b) => a.at - b.at);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const concept of small) if (large.has(concept)) shared += 1;
  return small.size === 0 ? 0 : shared / small.size;
}

/** The summary in the shape asked for: prose, `- ` lines, or one line. */
export function shapeSummary(text: string, { style, maxWords }: SummaryShape): string {
  if (/headline|title|one.?line/i.test(style)) {
    return toHeadline(text, Math.min(maxWords ?? HEADLINE_WORDS, HEADLINE_WORDS));
  }
  const sentences = summarize(text, maxWords);
  return /bullet|list|points/i.test(style) ? toBullets(sentences) : sentences.join(' ');
}

interface SummaryShape {
  readonly style: string;
  readonly maxWords: number | null;
}

export function toBullets(sentences: readonly string[]): string {
  return sentences
    .slice(0, MAX_BULLETS)
    .map((sentence) => `- ${sentence}`)
    .join('\n');
}

/** The text's own title, if it has one; else the main clause of its most central sentence. */
export function toHeadline(whole: string, maxWords = HEADLINE_WORDS): string {
  const text = whole.slice(0, HEADLINE_CHARS);
  const title = findTitle(text);
  if (title && countWords(title) <= maxWords) return title;
  const best = rankSentences(splitSentences(text))[0]?.text ?? title ?? '';
  const plain = best
    .slice(0, LINE_CHARS)
    .replace(WHEN, '')
    .replace(/^The /, '')
    .replace(/[.!]+$/, '')
    .trim();
  const [clause = ''] = plain.split(CLAUSE_BORDER);
  const line = countWords(clause) >= 4 ? clause : plain;
  const short = line.split(/\s+/).slice(0, maxWords).join(' ').replace(DANGLING, '');
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/** Words a headline leaves out, where it may end, and what it may not end on. */
const WHEN =
  / (?:on (?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|this (?:week|morning)|last (?:week|month|year))\b,?/gi;
const CLAUSE_BORDER = /[;:—–]|,\s|\s(?:because|which|who|although|while|but|so that)\s/;
const DANGLING =
  /(?:[,;:–—-]|\s(?:the|a|an|of|to|in|on|at|for|and|or|with|by|from|that|old|new))+$/i;

function findTitle(text: string): string | null {
  const whole = text.trim();
  const first = /^(?:subject|title)\s*:.+$/im.exec(whole)?.[0] ?? whole.split('\n', 1)[0] ?? '';
  const title = first
    .trim()
    .replace(/^#+\s*|^(?:subject|title)\s*:\s*/i, '')
    .replace(/\s+[-–—]\s+(?:notes|minutes)$/i, '');
  if (first === whole || countWords(title) < 2) return null;
  return /[.!?:,;]$|^(?:hi|hello|dear|hey)\b/i.test(title) ? null : title;
}

function cutWords(text: string, maxWords: number): string {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length <= maxWords) return text.trim();
  return `${words
    .slice(0, maxWords)
    .join(' ')
    .replace(/[,;:–—-]+$/, '')}…`;
}

/** The words a text keeps coming back to, as they are written there. */
export function readKeywords(text: string, most: number): string[] {
  const found = new Map<string, { word: string; count: number }>();
  for (const { word, concept } of toTerms(text)) {
    if (word.length < 3 || /^\d+$/.test(word)) continue;
    const seen = found.get(concept) ?? { word, count: 0 };
    found.set(concept, { ...seen, count: seen.count + 1 });
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ word }) => word);
}
