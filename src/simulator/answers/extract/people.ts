import { readCompany } from './companies.ts';
import type { Facts } from './facts.ts';
import {
  findContact,
  findGreeted,
  findIntroduced,
  findSender,
  findSigner,
  FULL_NAME,
} from './letter.ts';

const SENDER = /sender|from|author|signed|writer|employee|candidate|applicant/i;
const RECIPIENT = /recipient|^to$|addressee|receiver/i;
const CUSTOMER = /customer|client|buyer|bill|guest/i;

type Find = (facts: Facts) => string | undefined;

const WRITER: readonly Find[] = [findSigner, findIntroduced, findSender, findTitleName];

/** Where to look for whom, the surest place first. */
const PLACES: readonly (readonly [field: RegExp, places: readonly Find[]])[] = [
  [RECIPIENT, [findGreeted]],
  [SENDER, WRITER],
  [CUSTOMER, [findServed, ...WRITER, findGreeted]],
  [/contact/i, [findContact, findSigner, findSender]],
  // Whoever has to do something is named beside it, not in the letterhead.
  [/attendee|owner|assignee/i, []],
  [/./, [findTitleName, findSigner, findIntroduced, findSender, findGreeted]],
];

/** The person a field of that name speaks of, from where letters and CVs put names. */
export function findPerson(fieldName: string, facts: Facts): string | undefined {
  const places = PLACES.find(([field]) => field.test(fieldName))?.[1] ?? [];
  for (const find of places) {
    const name = find(facts);
    if (name !== undefined) return name;
  }
  return undefined;
}

const GOODS = '(?:\\w+ )?(?:orders?|account|purchase|booking|parcel|subscription|reservation)\\b';
const THEIRS = new RegExp(`\\byour ${GOODS}`, 'i');
const OWN = new RegExp(`\\b(?:my|our) ${GOODS}|\\bwe would like to\\b`, 'i');

/** A shop writes of "your order" to its customer; a customer writes of "my order" to a shop. */
function findServed(facts: Facts): string | undefined {
  return THEIRS.test(facts.text) && !OWN.test(facts.text) ? findGreeted(facts) : undefined;
}

/** A CV begins with the name of its owner. */
function findTitleName({ lines }: Facts): string | undefined {
  const first = lines.find((line) => line !== '')?.replace(/^#+\s*/, '') ?? '';
  const isDocument =
    /\b(?:invoice|order|receipt|meeting|minutes|notes|summary|report|agenda|resume)\b/i;
  return FULL_NAME.test(first) && !isDocument.test(first) && !readCompany(first)
    ? first
    : undefined;
}
