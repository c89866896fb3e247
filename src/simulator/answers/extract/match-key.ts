import { splitName } from '../classify.ts';
import type { SchemaField } from '../schema.ts';
import { stem, toConcepts } from '../words.ts';
import type { KeyValue } from './facts.ts';

/** Names forms use for the same box. They are narrower than the synonyms of everyday speech. */
const SAME_BOX: readonly (readonly [concept: string, words: RegExp])[] = [
  ['number', /\b(?:no|nr|num|number|id|ref|reference|code)\b\.?|#/g],
  ['subtotal', /\bsub-? ?total\b|\bnet amount\b/g],
  ['total', /\b(?:grand total|total due|amount due|total amount|amount payable|total|sum)\b/g],
  ['taxamount', /\b(?:vat|sales tax|tax)\b/g],
  ['buyer', /^(?:from|sender)$|\b(?:bill(?:ed)? to|customer|client|buyer|recipient)\b/g],
  ['seller', /\b(?:vendor|seller|supplier|merchant|store|shop)\b/g],
  ['due', /\b(?:payment due|due date|due by|pay by|payable by|due|deadline)\b/g],
  ['issued', /\b(?:invoice date|issue date|issued on|issued|dated)\b/g],
  ['phone', /\b(?:phone|telephone|tel|mobile)\b/g],
  ['email', /\be-?mail\b/g],
  ['position', /\b(?:job title|position|role)\b/g],
  ['employer', /\b(?:company|employer|organi[sz]ation)\b/g],
  ['reporter', /\b(?:reporter|reported by)\b/g],
  ['attendees', /\b(?:attendees|participants|present)\b/g],
];

const NAME = stem('name');

/** The words of a key or a field name, boxes brought to one name. */
export function keyConcepts(name: string): Set<string> {
  let plain = splitName(name).toLowerCase();
  const all = new Set<string>();
  for (const [concept, words] of SAME_BOX) {
    plain = plain.replace(words, () => {
      all.add(concept);
      return ' ';
    });
  }
  for (const concept of toConcepts(plain)) all.add(concept);
  // "customer name" is the customer; "name" alone is all there is to go by.
  if (all.size > 1) all.delete(NAME);
  return all;
}

const NEAR_ENOUGH = 0.5;
/** Sorts of things a box holds. Sharing only that, two boxes are still different ones. */
const SORTS: ReadonlySet<string> = new Set([
  ...['number', 'email', 'phone', 'total'],
  ...toConcepts('address date amount url price cost'),
]);

/** Nearness of two names: 1 for the same words, 0 for none in common. */
export function nearness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((concept) => b.has(concept)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/** The pairs whose key means the field, nearest first. */
export function matchPairs(field: SchemaField, pairs: readonly KeyValue[]): KeyValue[] {
  const wanted = keyConcepts(field.name);
  const described = keyConcepts(field.description);
  return pairs
    .map((pair) => {
      const key = keyConcepts(pair.key);
      // A description explains; it helps a name, but does not replace it.
      const score = nearness(wanted, key) + 0.4 * nearness(described, key);
      const isOther = apart(wanted, key, true) || apart(wanted, key, false);
      return { pair, score: isOther ? 0 : score };
    })
    .filter(({ score }) => score >= NEAR_ENOUGH)
    .sort((a, b) => b.score - a.score)
    .map(({ pair }) => pair);
}

/** Both name a sort, or both something that is none, and have none in common. */
function apart(a: ReadonlySet<string>, b: ReadonlySet<string>, isSort: boolean): boolean {
  const [some, others] = [a, b].map((set) => [...set].filter((one) => SORTS.has(one) === isSort));
  if (!some?.length || !others?.length) return false;
  return !some.some((concept) => b.has(concept));
}

/** The sentence that speaks most of the field; undefined when none does. */
export function sentenceAbout(
  field: SchemaField,
  sentences: readonly string[],
): string | undefined {
  const concepts = [...keyConcepts(field.name)];
  const telling = concepts.filter((concept) => !SORTS.has(concept));
  const named = telling.length > 0 ? telling : concepts;
  const wanted = new Set([...concepts, ...toConcepts(field.description)]);
  let best: { sentence: string; score: number } | undefined;
  for (const sentence of sentences) {
    const said = new Set([...keyConcepts(sentence), ...toConcepts(sentence)]);
    if (!named.some((concept) => said.has(concept))) continue;
    const score = [...wanted].filter((concept) => said.has(concept)).length;
    if (score > (best?.score ?? 0)) best = { sentence, score };
  }
  return best?.sentence;
}
