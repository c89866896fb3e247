import type { Facts } from './facts.ts';
import { readSignature } from './letter.ts';

const SELLER = /vendor|seller|supplier|merchant|store|shop/i;
const LEGAL = String.raw`GmbH(?: & Co\. KG)?|AG|UG|KG|Inc|INC|L[Tt][Dd]|LLC|LLP|Corp|Co|SA|SAS|S\.?r\.?l|AB|A\/S|Oy|B\.?V|N\.?V|Pty|PLC|plc|Limited|Company|Group|Studio|Consulting`;
const COMPANY = new RegExp(
  `(?<![\\p{L}\\d])(?:\\p{Lu}[\\p{L}\\d&'’.-]{0,30},? (?:(?:&|and|of|de) )?){1,5}(?:${LEGAL})(?![\\p{L}\\d])\\.?`,
  'u',
);

/** The company that a value names, with its legal form. */
export function readCompany(value: string): string | undefined {
  return COMPANY.exec(value)?.[0].replace(/(?<!Co|Inc|Ltd|Corp|\.\p{Lu})\.$/u, '');
}

/** The company a field speaks of: who signs, whoever has a legal form, or the head of the letter. */
export function findCompany(fieldName: string, facts: Facts): string | undefined {
  const signature = readSignature(facts);
  const isSeller = SELLER.test(fieldName);
  const signed = isSeller ? undefined : readCompany(signature.join('\n'));
  const head = isSeller || /company/i.test(fieldName) ? findHead(facts) : undefined;
  return signed ?? readCompany(facts.text) ?? head ?? toCompanyLine(signature[1]);
}

/** What is printed on top of a bill. */
function findHead({ lines }: Facts): string | undefined {
  const head = lines.find((line) => line !== '')?.replace(/^#+\s*/, '') ?? '';
  const isName = /^\p{Lu}[^:.?!,\d]{1,48}$/u.test(head) && !/^(?:dear|hi|hello|hey)\b/i.test(head);
  const name = head.replace(/\s*[-–|]?\s*(?:invoice|receipt|order confirmation)\b.*$/i, '').trim();
  return isName && name !== '' ? name : undefined;
}

/** The line below a signature is who the writer works for, unless it is a number or an address. */
function toCompanyLine(line: string | undefined): string | undefined {
  return line && /^\p{Lu}[^\d@:]+$/u.test(line) ? line : undefined;
}
