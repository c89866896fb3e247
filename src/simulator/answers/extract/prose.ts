import { splitName } from '../classify.ts';
import type { SchemaField } from '../schema.ts';
import { shapeSummary, toHeadline } from '../summarize.ts';
import { readCompany } from './companies.ts';
import type { Facts } from './facts.ts';
import { findPerson } from './people.ts';
import { findWishes } from './said.ts';

type Find = (facts: Facts, name: string) => string | undefined;

const TERMS =
  /(?:within|in) \d+ days[^.,;\n]*|\b(?:on )?(?:the |our )?(?:\w+ )?\d+[- ]days?[- ]terms|\bnet \d+(?: days)?|\b(?:payment )?in advance|\bcash on delivery/i;
const PAID_WITH = /\b(?:paid|pay|payment) (?:by|with|via) ([^.,;\n]+)/i;

const FIELDS: readonly (readonly [field: RegExp, find: Find])[] = [
  [/^(?:job_?title|title|position|role|current_)/i, findJob],
  [/instructions?$|wishes|special_?requests?/i, (facts, name) => findWishes(name, facts)],
  [/payment_?terms|terms_?of_?payment/i, ({ text }) => TERMS.exec(text)?.[0]],
  [/payment_?method|paid_?(?:by|with)/i, ({ text }) => PAID_WITH.exec(text)?.[1]],
  [/^(?:location|city|residence)/i, findPlace],
  [
    /^(?:summary|abstract|description|overview|gist)/i,
    ({ text }) => shapeSummary(text, { style: '', maxWords: 60 }),
  ],
  [/^(?:title|subject|headline|topic)/i, ({ text }) => toHeadline(text)],
];

/** Fields that are answered in words: what the text says after "is", or what it is about. */
export function findProse({ name, schema }: SchemaField, facts: Facts): string | undefined {
  if (schema['format'] !== undefined || !JSON.stringify(schema['type'] ?? '').includes('string')) {
    return undefined;
  }
  const stated = findStated(name, facts);
  if (stated !== undefined) return stated;
  for (const [field, find] of FIELDS) {
    const found = field.test(name) ? find(facts, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function findStated(name: string, { text }: Facts): string | undefined {
  const words = splitName(name)
    .trim()
    .replace(/[^\p{L}\p{N} ]/gu, '')
    .replace(/\s+/g, '\\s+');
  const is = new RegExp(
    `\\b${words}(?:\\s+(?:is|are|was|were|will be)|:)\\s+([^.\\n,;]{2,80})`,
    'iu',
  );
  return is.exec(text)?.[1]?.trim();
}

/** The line under the name on a CV is what its owner does. */
function findJob(facts: Facts): string | undefined {
  const lines = facts.lines.filter(Boolean);
  const name = findPerson('candidate', facts);
  const below = lines[1] ?? '';
  const isJob =
    name !== undefined &&
    lines[0]?.includes(name) === true &&
    /^\p{Lu}[^\d@:.]{2,50}$/u.test(below);
  return isJob ? below : undefined;
}

/** "Berlin, Germany" on a line of its own. */
function findPlace({ lines }: Facts, name: string): string | undefined {
  const places = lines.map((line) => {
    const company = readCompany(line);
    return company === undefined ? line : line.replace(`${company}, `, '');
  });
  const place = places.find((line) => /^\p{Lu}[\p{L} .-]+, \p{Lu}[\p{L} .-]+$/u.test(line));
  return /city/i.test(name) ? place?.split(',')[0] : place;
}
