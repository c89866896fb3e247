import { splitName } from '../classify.ts';
import type { SchemaField } from '../schema.ts';
import type { Facts } from './facts.ts';

const ID = String.raw`([A-Z\d][A-Z\d/_-]{0,30}\d[A-Z\d/_-]{0,30}(?: \d{3,})*)`;
const ID_VALUE = /[\p{L}\d][\p{L}\d/_-]*\d[\p{L}\d/_-]*/u;
const GROUPED = /^\d{3,}(?: \d{3,})+$/;
/** "VAT no. GB 555 0142 87": the country, and digits in whatever groups. */
const VAT =
  /\b(?:VAT|tax|USt|TVA|IVA|BTW)\b[^\n\d]{0,24}?\b((?:[A-Z]{2} ?)?[A-Z]?\d(?:[ .-]?\d){6,11}(?:B\d\d)?)\b/i;
const SORT = /^(?:number|no|nr|id|code|ref)$/i;

export function toId(value: string): string | undefined {
  return GROUPED.exec(value)?.[0] ?? ID_VALUE.exec(value)?.[0];
}

export function toVatNumber(value: string): string | undefined {
  return VAT.exec(`VAT ${value}`)?.[1];
}

export function findVatNumber(_: SchemaField, { text }: Facts): string | undefined {
  return VAT.exec(text)?.[1];
}

/** "order #A-17", "invoice number is 2026/003", "the quote of last week (Q-77)". */
export function findId({ name }: SchemaField, { text }: Facts): string | undefined {
  const words = splitName(name)
    .split(/\s+/)
    .filter((word) => /^\p{L}+$/u.test(word) && !SORT.test(word));
  const phrases = words.length > 1 ? [words.join(' '), ...words] : words;
  const between = String.raw`(?:\s*(?:\b(?:number|no|nr|id|code|ref|reference|is|was|with)\b\.?|[#:(])){0,4}\s*`;
  for (const gap of [between, String.raw`[^.\n\d]{0,30}?\(`]) {
    for (const phrase of phrases) {
      const found = new RegExp(String.raw`\b${phrase}\b${gap}${ID}`, 'i').exec(text)?.[1];
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
