import type { Field } from '../schema.ts';
import type { Facts } from './facts.ts';

const LEADS: readonly (readonly [field: RegExp, lead: RegExp])[] = [
  [/ship|deliver/i, /^(?:ship(?:ping)?|deliver(?:y|ed)?)\b.*(?:to|address)\b/i],
  [
    /bill|invoice|customer|client/i,
    /^(?:bill(?:ed|ing)?|invoiced?|sold|customer|client)\b(?:.*\b(?:to|address)\b|\s*:)/i,
  ],
  [/./, /^(?:.*\baddress|located at|location)\b/i],
];
/** A house number or a postal code: what tells an address from a name. */
const PLACE = /\d/;
const STREET_LINE =
  /^\d+[a-z]? \p{Lu}|(?:street|straße|strasse|st\.|road|rd\.|avenue|ave\.|lane|via|rue|platz)\b.*\d|\p{L}+stra(?:ße|sse) \d/iu;

/** The lines below "Ship to:" and the like as one line, without the name on top. */
export function findAddress({ name }: Field, { lines }: Facts): string | undefined {
  const lead = LEADS.find(([field]) => field.test(name))?.[1] ?? /$^/;
  const at = lines.findIndex((line) => {
    const [key = '', ...rest] = line.split(':');
    return rest.length > 0 && lead.test(line) && !PLACE.test(key);
  });
  if (at >= 0) return readAddress(lines.slice(at));
  return /ship|bill|deliver/i.test(name) ? undefined : lines.find((line) => STREET_LINE.test(line));
}

function readAddress([first = '', ...below]: readonly string[]): string | undefined {
  const stated = first.slice(first.indexOf(':') + 1).trim();
  const whole = PLACE.test(stated) ? [stated] : takeUntilBlank(below);
  const placed = PLACE.test(whole[0] ?? '') ? whole : whole.slice(1);
  return placed.some((line) => PLACE.test(line)) ? placed.join(', ') : undefined;
}

function takeUntilBlank(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => line === '' || /^[^:]{1,30}:/.test(line));
  return lines.slice(0, end < 0 ? lines.length : end);
}
