import { splitName } from '../classify.ts';
import type { SchemaField } from '../schema.ts';
import { toConcepts, toWordStems } from '../words.ts';
import type { Facts } from './facts.ts';

const YES = /^(?:yes|true|y|x|✓|✔|paid|done|available|enabled|included|required)\b/i;
const NO = /^(?:no|false|n|none|not|unpaid|open|unavailable|disabled)\b/i;
/** What a name only adds around the thing it asks about: `is_urgent`, `refund_requested`. */
const AROUND =
  /^(?:is|has|have|was|were|are|can|should|needs?|requires?|wants?) | (?:requested|needed|wanted|mentioned|allowed|required)$/g;
const NEGATION = /\b(?:not|no|never|without|cannot)\b|n't\b/i;
/** So many words in common with what the schema explains are no accident. */
const ENOUGH_SHARED = 2;

export function toBoolean(value: string): boolean | undefined {
  if (YES.test(value)) return true;
  return NO.test(value) ? false : undefined;
}

/** True when the text mentions it, false when it denies it, unknown when it is silent. */
export function findBoolean(field: SchemaField, { sentences }: Facts): boolean | undefined {
  const wanted = toWordStems(splitName(field.name).toLowerCase().replace(AROUND, ''));
  if (wanted.length === 0) return undefined;
  const about = sentences.find(({ stems }) => wanted.every((stem) => stems.has(stem)));
  const clause = about?.text ?? clauseAbout(field, sentences);
  return clause === undefined ? undefined : !NEGATION.test(clause);
}

/** The clause that shares most with the description, if it shares enough. */
function clauseAbout(
  { name, parent, description }: SchemaField,
  sentences: Facts['sentences'],
): string | undefined {
  const wanted = [...new Set(toConcepts(`${splitName(name)} ${parent} ${description}`))];
  const clauses = sentences.flatMap(({ text }) => text.split(/[,;:]\s/));
  const shared = clauses.map((clause) => {
    const concepts = new Set(toConcepts(clause));
    return wanted.filter((concept) => concepts.has(concept)).length;
  });
  const best = Math.max(...shared);
  return best >= ENOUGH_SHARED ? clauses[shared.indexOf(best)] : undefined;
}
