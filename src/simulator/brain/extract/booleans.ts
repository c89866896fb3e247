import { splitName } from '../classify.ts';
import type { Field } from '../schema.ts';
import { toWordStems } from '../words.ts';
import type { Facts } from './facts.ts';

const YES = /^(?:yes|true|y|x|✓|✔|paid|done|available|enabled|included|required)\b/i;
const NO = /^(?:no|false|n|none|not|unpaid|open|unavailable|disabled)\b/i;
/** What a name only adds around the thing it asks about: `is_urgent`, `refund_requested`. */
const AROUND =
  /^(?:is|has|have|was|were|are|can|should|needs?|requires?|wants?) | (?:requested|needed|wanted|mentioned)$/g;
const NEGATION = /\b(?:not|no|never|without)\b|n't\b/i;

export function toBoolean(value: string): boolean | undefined {
  if (YES.test(value)) return true;
  return NO.test(value) ? false : undefined;
}

/** True when the text mentions it, false when it denies it, unknown when it is silent. */
export function findBoolean({ name }: Field, { sentences }: Facts): boolean | undefined {
  const wanted = toWordStems(splitName(name).toLowerCase().replace(AROUND, ''));
  if (wanted.length === 0) return undefined;
  const about = sentences.find(({ stems }) => wanted.every((stem) => stems.has(stem)));
  return about && !NEGATION.test(about.text);
}
