import { splitName } from '../classify.ts';
import { stem, toConcepts } from '../words.ts';

/** Names forms use for the same box. They are narrower than the synonyms of everyday speech. */
const SAME_BOX: readonly (readonly [concept: string, words: RegExp])[] = [
  ['number', /\b(?:no|nr|num|number|#|id|ref|reference|code)\b\.?/g],
  ['subtotal', /\bsub-? ?total\b|\bnet amount\b/g],
  [
    'total',
    /\b(?:grand total|total due|amount due|total amount|balance due|amount payable|total|sum)\b/g,
  ],
  ['taxamount', /\b(?:vat|sales tax|tax|gst|mwst)\b/g],
  [
    'buyer',
    /\b(?:bill(?:ed)? to|billing name|invoice to|sold to|customer|client|buyer|recipient|purchaser)\b/g,
  ],
  ['seller', /\b(?:vendor|seller|supplier|merchant|issued by|issuer|from|store|shop)\b/g],
  ['due', /\b(?:payment due|due date|due by|due on|pay by|due|deadline|payable by)\b/g],
  ['issued', /\b(?:invoice date|date of issue|issue date|issued on|issued|dated)\b/g],
  ['qty', /\b(?:qty|quantity|pcs|pieces|count|units|amount of items)\b/g],
  ['unitprice', /\b(?:unit price|unit cost|price per unit|price each|rate|each)\b/g],
  ['phone', /\b(?:phone|telephone|tel|mobile|cell)\b/g],
  ['email', /\be-?mail\b/g],
  ['position', /\b(?:job title|position|role|current title)\b/g],
  ['employer', /\b(?:company|employer|organi[sz]ation)\b/g],
  ['reporter', /\b(?:reporter|reported by|submitted by)\b/g],
  ['absent', /\b(?:absent|absentees|apologies|regrets|excused)\b/g],
  ['meeting', /\b(?:meeting|sync|stand-?up)\b/g],
  ['todo', /\b(?:action items?|actions?|to-?dos?|to do|next steps?|tasks?|follow-?ups?)\b/g],
  ['attendees', /\b(?:attendees|participants|present|attending)\b/g],
  ['address', /\b(?:address)\b/g],
];

const NAME = stem('name');

/** The words of a key or a field name, boxes brought to one name. */
export function keyConcepts(name: string): Set<string> {
  let plain = splitName(name).toLowerCase();
  const concepts: string[] = [];
  for (const [concept, words] of SAME_BOX) {
    plain = plain.replace(words, () => {
      concepts.push(concept);
      return ' ';
    });
  }
  const all = new Set([...concepts, ...toConcepts(plain)]);
  // "customer name" is the customer; "name" alone is all there is to go by.
  if (all.size > 1) all.delete(NAME);
  return all;
}
