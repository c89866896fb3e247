import type { Facts } from './facts.ts';

const NAME = String.raw`\p{Lu}[\p{L}'’.-]+(?: (?:de|van|von|der|da|bin|al|la|le))*(?: \p{Lu}[\p{L}'’.-]*){0,3}`;
const ONE_NAME = new RegExp(`^(?:(?:Mr|Mrs|Ms|Dr|Prof)\\.? )?(${NAME})`, 'u');
const FULL_NAME =
  /^\p{Lu}[\p{L}'’-]+(?: (?:[\p{Lu}]\.|de|van|von|der|da|bin|al|la|le|\p{Lu}[\p{L}'’-]+)){1,3}$/u;

const CLOSING =
  /^(?:(?:best|kind|warm|many|with)\s+)*(?:regards|wishes|sincerely|thanks|thank you|cheers|best|yours(?: \w+)?|greetings|love)\b[^\p{L}]*$/iu;
const GREETING = new RegExp(
  `^(?:dear|hi|hello|hey|good (?:morning|afternoon|evening))\\s+(?:(?:mr|mrs|ms|dr)\\.?\\s+)?(${NAME})`,
  'iu',
);
const INTRODUCTION = new RegExp(`\\b(?:[Mm]y name is|[Tt]his is|I am|I'm)\\s+(${NAME})`, 'u');
const SENDER = /sender|from|author|signed|writer|employee|candidate|applicant/i;
const RECIPIENT = /recipient|^to$|addressee|receiver/i;
const CUSTOMER = /customer|client|buyer|bill|guest/i;
const SELLER = /vendor|seller|supplier|merchant|store|shop|company/i;
const COMPANY =
  /(?:\p{Lu}[\p{L}\d&'’.-]*\s+){1,4}(?:GmbH(?: & Co\. KG)?|AG|UG|Inc|Ltd|LLC|Corp|Co|SA|SAS|BV|Pty|PLC|Limited|Company|Group|Studio|Consulting)\b\.?/u;

/** A name out of a value such as `Anna Schmidt <anna@example.com>`. */
export function readPerson(value: string): string | undefined {
  const bare = value.replace(/<[^>]*>|\([^)]*\)|[\w.+-]+@\S+/g, '').trim();
  return ONE_NAME.exec(bare)?.[1]?.replace(/[.,]$/, '');
}

type Find = (facts: Facts) => string | undefined;

/** Where to look for whom, the surest place first. */
const PLACES: readonly (readonly [field: RegExp, places: readonly Find[]])[] = [
  [RECIPIENT, [findGreeted]],
  [SENDER, [findSigner, findIntroduced, findTitleName]],
  [CUSTOMER, [findGreeted, findSigner, findIntroduced, findTitleName]],
  // Whoever has to do something is named beside it, not in the letterhead.
  [/attendee|owner|assignee/i, []],
  [/./, [findTitleName, findSigner, findIntroduced, findGreeted]],
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

function findIntroduced({ text }: Facts): string | undefined {
  return INTRODUCTION.exec(text)?.[1];
}

function findGreeted({ lines }: Facts): string | undefined {
  for (const line of lines) {
    const name = GREETING.exec(line)?.[1];
    if (name && /^\p{Lu}/u.test(name) && !/^(?:team|sir|all|there|everyone)/i.test(name))
      return name;
  }
  return undefined;
}

function findSigner({ lines }: Facts): string | undefined {
  const closing = lines.findLastIndex((line) => CLOSING.test(line));
  if (closing < 0) return undefined;
  const below = lines.slice(closing + 1).find((line) => line !== '');
  return below === undefined ? undefined : readPerson(below);
}

/** A CV begins with the name of its owner. */
function findTitleName({ lines }: Facts): string | undefined {
  const first = lines.find((line) => line !== '')?.replace(/^#+\s*/, '') ?? '';
  const isDocument =
    /\b(?:invoice|order|receipt|meeting|minutes|notes|summary|report|agenda|resume)\b/i;
  return FULL_NAME.test(first) && !isDocument.test(first) && !COMPANY.test(first)
    ? first
    : undefined;
}

/** The company a field speaks of: with its legal form, or what stands at the head of the letter. */
export function findCompany(fieldName: string, facts: Facts): string | undefined {
  const legal = COMPANY.exec(facts.text)?.[0].trim();
  if (legal) return legal.replace(/(?<!Co|Inc|Ltd|Corp)\.$/, '');
  const head = facts.lines.find((line) => line !== '')?.replace(/^#+\s*/, '') ?? '';
  const isHead =
    /^\p{Lu}/u.test(head) && head.length < 50 && !/[:.?!,]|\d|^(?:dear|hi|hello|hey)\b/i.test(head);
  if (!isHead || !SELLER.test(fieldName)) return undefined;
  const name = head.replace(/\s*[-–|]?\s*(?:invoice|receipt|order confirmation)\b.*$/i, '').trim();
  return name || signingCompany(facts);
}

/** The line below a signature is who the writer works for. */
function signingCompany({ lines }: Facts): string | undefined {
  const closing = lines.findLastIndex((line) => CLOSING.test(line));
  return closing < 0 ? undefined : lines.slice(closing + 1).filter(Boolean)[1];
}
