import type { SchemaField } from '../schema.ts';
import type { Facts } from './facts.ts';
import { FULL_NAME } from './letter.ts';

const LEADS: readonly (readonly [field: RegExp, lead: RegExp])[] = [
  [/ship|deliver/i, /^(?:please )?(?:ship(?:ping)?|deliver(?:y|ed)?)\b.*(?:to|address)\b/i],
  [
    /bill|invoice|customer|client/i,
    /^(?:bill(?:ed|ing)?|invoiced?|sold|customer|client)\b(?:.*\b(?:to|address)\b|\s*:)/i,
  ],
  [/./, /^(?:.*\baddress|located at|location)\b/i],
];
/** A house number or a postal code: what tells an address from a name. */
const PLACE = /\d/;
const ROAD = 'street|road|avenue|lane|drive|square|via|rue|platz';
const STREET_LINE = new RegExp(
  `^\\d+[a-z]? \\p{Lu}|(?:${ROAD}|straße|strasse|st\\.|rd\\.|ave\\.)\\b.*\\d|\\p{L}+stra(?:ße|sse) \\d`,
  'iu',
);
/** "…in the hall, 3 Quay Road, Whitby." */
const INLINE = new RegExp(
  `\\b\\d+[a-z]? (?:\\p{Lu}[\\p{L}'’]+ ){1,3}(?:Street|Road|Avenue|Lane|Drive|Square|Row)(?:, [\\p{Lu}\\d][\\p{L}\\d ]+)*`,
  'u',
);

/** The lines below "Ship to:" and the like as one line, without the name on top. */
export function findAddress({ name }: SchemaField, { lines, text }: Facts): string | undefined {
  const lead = LEADS.find(([field]) => field.test(name))?.[1] ?? /$^/;
  const at = lines.findIndex((line) => {
    const [key = '', ...rest] = line.split(':');
    return rest.length > 0 && lead.test(line) && !PLACE.test(key);
  });
  if (at >= 0) return readAddress(lines.slice(at));
  if (/ship|bill|deliver/i.test(name)) return undefined;
  return lines.find((line) => STREET_LINE.test(line)) ?? INLINE.exec(text)?.[0];
}

function readAddress([first = '', ...below]: readonly string[]): string | undefined {
  const stated = first.slice(first.indexOf(':') + 1).trim();
  const whole = PLACE.test(stated) ? [stated] : takeUntilBlank(below);
  const placed = FULL_NAME.test(whole[0] ?? '') ? whole.slice(1) : whole;
  return placed.some((line) => PLACE.test(line)) ? placed.join(', ') : undefined;
}

function takeUntilBlank(lines: readonly string[]): string[] {
  const block = lines[0] === '' ? lines.slice(1) : lines;
  const end = block.findIndex((line) => line === '' || /^[^:]{1,30}:/.test(line));
  return block.slice(0, end < 0 ? block.length : end);
}
