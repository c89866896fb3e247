import { readNumber } from '../numbers.ts';

/** "2 x Blue mug", "Blue mug x2": a line of an order, with or without a bullet. */
export const QUANTITY = /^(\d+)\s*(?:x|×|pcs?\.?)\s+|\s(?:x|×)\s?(\d+)\b/i;
/** "24 of the folding chairs", "6 tables". */
const COUNTED = /^(\d+) (?:(?:units |pieces )?of (?:the |your )?)?(?!x\b)(?=\p{L})/u;
const PRICE =
  /(?:@|at|à|for|[-–—:])?\s*\(?(?:\p{Sc}\s?\d[\d.,]*|\d(?:[\d.,]*\d)?\s?(?:\p{Sc}|EUR|USD|GBP))(?:\s*(?:each|per \w+|ea\.?))?\)?/giu;
const BARE_PRICE = /\s[-−]?\d[\d,]*\.\d\d$/;
const NUMBERED =
  /\b(?:product|item|article|art|part|model|order|catalogue|sku)\.? ?(?:number|num|no\.?|nr\.?|code|#)?:? ?((?=[\w-]*\d)[\w-]+)/i;
const CODE = /\b[A-Z]{1,5}-?\d[\w-]*\b/;
const AFTER_NAME = /,|\.(?:\s|$)|\(|\s(?:in|at|@)\s/;
const VARIANT =
  /\bthe ([^.,;]{2,25}) ones?\b|\b(?:colou?r|size|variant):? ([\p{L}\d]+)|\sin (?!the\b)([\p{L} ]{3,25})(?=[.,;(]|$)/u;

export function quantityOf(line: string): number {
  const found = QUANTITY.exec(line) ?? COUNTED.exec(line);
  return Number(found?.[1] ?? found?.[2] ?? 1);
}

export function priceOf(name: string, line: string): number | undefined {
  const prices = line.match(PRICE) ?? BARE_PRICE.exec(line) ?? [];
  const wanted = /total|amount/i.test(name) ? prices.at(-1) : prices[0];
  return wanted === undefined ? undefined : readNumber(wanted.replace(/^[^\d\p{Sc}]+/u, ''));
}

export function codeOf(line: string): string | undefined {
  return NUMBERED.exec(line)?.[1] ?? CODE.exec(line)?.[0];
}

export function variantOf(line: string): string | undefined {
  const found = VARIANT.exec(line.replace(PRICE, ''));
  return found?.slice(1).find(Boolean);
}

/** The name of the thing: the line without amounts, and of an order no more than its first phrase. */
export function goodsOf(line: string): string {
  const bare = plainOf(line.replace(BARE_PRICE, '').replace(COUNTED, ''));
  const code = codeOf(line);
  if (code === undefined && !COUNTED.test(line)) return bare;
  const [phrase = ''] = bare.replace(code ?? '', ',').split(AFTER_NAME);
  return phrase.trim() || bare;
}

/** The line without its amounts. */
export function plainOf(line: string): string {
  const bare = line.replace(QUANTITY, ' ').replace(PRICE, ' ').replace(/\s+/g, ' ');
  return bare.replace(/^[\s,–—-]+|[\s,:–—-]+$/g, '');
}
