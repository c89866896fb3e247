import { LRUCache } from 'lru-cache';
import { readPassages } from './passages.ts';
import type { HandbookPassage } from './passages.ts';
import { splitSentences } from './sentences.ts';
import { buildIdf, toConcepts, toTerms } from './words.ts';

export interface ExtractedAnswer {
  readonly found: boolean;
  /** Words of the text, verbatim; or the plain statement that it has no answer. */
  readonly text: string;
  readonly source: HandbookPassage | null;
  readonly confidence: number;
}

/** Said of a text without the answer. */
export const NOT_ANSWERED = 'The text does not answer this question.';

/** A heading names what its entry is about, so a word there counts for more. */
const IN_HEADING = 2.2;
const IN_CATEGORY = 0.4;
/** The weighted share of a question that a passage must cover to be its answer. */
const ENOUGH_COVERAGE = 0.42;
/** A name nobody mentions ("Mongolia") is a strong sign that the text is about something else. */
const UNKNOWN_NAME = 1.8;
/** Worth of a synonym beside the asker's own word. */
const SYNONYM = 0.6;
const WHOLE_ENTRY_CHARS = 600;
const QUOTED_SENTENCES = 3;

interface Scored {
  readonly passage: HandbookPassage;
  readonly score: number;
  readonly coverage: number;
}

/** Quotes the passage of the knowledge that answers the question, if one does. */
export function answerQuestion(question: string, knowledge: string): ExtractedAnswer {
  const document = readDocument(knowledge);
  const stemOf = new Map(toTerms(question).map(({ concept, stem }) => [concept, stem]));
  const asked = [...stemOf.keys()];
  const ranked = rank(stemOf, question, document);
  const [best, next] = ranked;
  if (!best || asked.length === 0 || best.coverage < ENOUGH_COVERAGE) {
    return {
      found: false,
      text:
        document.read.length > 0
          ? NOT_ANSWERED
          : 'There is no text here that could answer this question.',
      source: null,
      confidence: toConfidence(1 - (best?.coverage ?? 0), 1),
    };
  }
  const margin = 1 - (next?.score ?? 0) / best.score;
  return {
    found: true,
    text: quote(best.passage, asked),
    source: best.passage,
    confidence: toConfidence(best.coverage, margin),
  };
}

function toConfidence(coverage: number, margin: number): number {
  return Math.round(Math.min(0.99, 0.25 + 0.5 * coverage + 0.3 * margin) * 100) / 100;
}

interface Document {
  readonly read: readonly Concepts[];
  readonly idf: ReturnType<typeof buildIdf>;
  readonly known: ReadonlySet<string>;
}

/** The same handbook is asked about again and again, and to read it is most of the work. */
const recent = new LRUCache<string, Document>({
  maxSize: 1_000_000,
  sizeCalculation: ({ read }, text) => text.length + read.length + 1,
});

function readDocument(text: string): Document {
  const known = recent.get(text);
  if (known) return known;
  const read = readPassages(text).map(readConcepts);
  const terms = read.map(({ heading, body }) => [...heading, ...body]);
  const document = { read, idf: buildIdf(terms), known: new Set(terms.flat()) };
  recent.set(text, document);
  return document;
}

function rank(
  asked: ReadonlyMap<string, string>,
  question: string,
  { read, idf, known }: Document,
): Scored[] {
  const names = readNames(question);
  const weighed = [...asked].map(([concept, stem]) => {
    const isUnknownName = names.has(concept) && !known.has(concept);
    return { concept, stem, weight: idf(concept) * (isUnknownName ? UNKNOWN_NAME : 1) };
  });
  return read.map((concepts) => scorePassage(weighed, concepts)).sort((a, b) => b.score - a.score);
}

interface Concepts {
  readonly passage: HandbookPassage;
  readonly heading: ReadonlySet<string>;
  readonly category: ReadonlySet<string>;
  readonly body: readonly string[];
  /** The very words, by their stems. */
  readonly inHeading: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

function readConcepts(passage: HandbookPassage): Concepts {
  const heading = toTerms(passage.heading);
  const body = toTerms(passage.body);
  return {
    passage,
    heading: new Set(heading.map(({ concept }) => concept)),
    category: new Set(toConcepts(`${passage.category} ${passage.title}`)),
    body: body.map(({ concept }) => concept),
    inHeading: new Set(heading.map(({ stem }) => stem)),
    words: new Set(body.map(({ stem }) => stem)),
  };
}

function scorePassage(asked: readonly Weighed[], concepts: Concepts): Scored {
  const { passage, heading, category, body } = concepts;
  const mentions = countEach(body);
  // A heading about this and nothing else beats one that also speaks of gift cards.
  const shared = asked.filter(({ concept }) => heading.has(concept)).length;
  const inHeading = IN_HEADING * (0.5 + (2 * shared) / (asked.length + heading.size || 1));
  let score = 0;
  let covered = 0;
  let whole = 0;
  for (const { concept, stem, weight } of asked) {
    const top = worth(heading.has(concept), concepts.inHeading.has(stem)) * inHeading;
    const below = worth(true, concepts.words.has(stem));
    const count = mentions.get(concept) ?? 0;
    const isThere = heading.has(concept) || count > 0;
    const aside = category.has(concept) ? IN_CATEGORY : 0;
    score += weight * (top + damp(count, body.length) * below + aside);
    covered += weight * (isThere ? 1 : aside);
    whole += weight;
  }
  return { passage, score, coverage: whole > 0 ? covered / whole : 0 };
}

function worth(isMeant: boolean, isSaid: boolean): number {
  if (!isMeant) return 0;
  return isSaid ? 1 : SYNONYM;
}

interface Weighed {
  readonly concept: string;
  readonly stem: string;
  readonly weight: number;
}

function countEach(concepts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const concept of concepts) counts.set(concept, (counts.get(concept) ?? 0) + 1);
  return counts;
}

/** More mentions help, but less and less, and long passages get no prize for their length. */
function damp(mentions: number, length: number): number {
  return (mentions * 2) / (mentions + 1 + length / 150);
}

/** Words with a capital that do not begin a sentence. */
function readNames(question: string): Set<string> {
  const capital = [...question.matchAll(/(?<=[\p{Ll}\p{N},;:]\s)\p{Lu}[\p{L}'-]+/gu)];
  return new Set(capital.flatMap(([word]) => toConcepts(word)));
}

/** A short entry whole; of a longer one or of free text the sentences nearest to the question. */
function quote({ body, heading, title }: HandbookPassage, asked: readonly string[]): string {
  const sentences = splitSentences(body);
  const isEntry = heading !== '' && title === heading;
  const isShort = sentences.length <= QUOTED_SENTENCES || body.length <= WHOLE_ENTRY_CHARS;
  if (isEntry && isShort) return body;
  const hits = sentences.map((sentence) => {
    const concepts = new Set(toConcepts(sentence));
    return asked.filter((concept) => concepts.has(concept)).length;
  });
  const best = hits.indexOf(Math.max(...hits));
  let end = best + 1;
  while (end < best + QUOTED_SENTENCES && goesOn(sentences[end], hits[end])) end += 1;
  return sentences.slice(best, end).join(' ');
}

/** The next sentence belongs to the answer if it leans on the one before, or is about the same. */
function goesOn(sentence: string | undefined, hits: number | undefined): boolean {
  if (sentence === undefined) return false;
  return (
    (hits ?? 0) > 0 ||
    /^(?:it|they|this|these|that|he|she|then|but|however|also|after|otherwise)\b/i.test(sentence)
  );
}
