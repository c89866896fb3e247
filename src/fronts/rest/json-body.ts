import type { FastifyInstance } from 'fastify';
import { problem, type ProblemError } from '../../errors/problem.ts';

/** Nobody's data is deeper; parsers, validators and whatever walks a value recurse by it. */
export const MAX_JSON_LEVELS = 256;

export interface JsonLimits {
  /** Most values of a body: members, items, lists and objects. */
  values: number;
  levels: number;
}

type Excess = keyof JsonLimits;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];

/**
 * Whether JSON has more values or levels than the limits allow, told in one pass and without parsing:
 * a few megabytes of brackets take a parser ten times as long as the same amount of text.
 */
export function jsonExcess(text: string, { values, levels }: JsonLimits): Excess | null {
  let found = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
    } else if (OPENING.includes(unit)) {
      found += 1;
      depth += 1;
      if (depth > levels) return 'levels';
    } else if (CLOSING.includes(unit)) {
      depth -= 1;
    } else if (unit === COMMA) {
      found += 1;
    }
    if (found > values) return 'values';
  }
  return null;
}

/** Place of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (let unit = text.charCodeAt(at); at < text.length && unit !== QUOTE;) {
    at += unit === BACKSLASH ? 2 : 1;
    unit = text.charCodeAt(at);
  }
  return at;
}

/** Bodies of JSON on every route, as Fastify reads them, but for those that would hold the event loop. */
export function readJsonBodies(server: FastifyInstance, maxValues: number): void {
  const limits: JsonLimits = { values: maxValues, levels: MAX_JSON_LEVELS };
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      const excess = jsonExcess(body, limits);
      // Its type promises a promise as well; it calls back.
      if (excess === null) void parse(request, body, done);
      else done(tooMuch(excess, limits[excess]));
    },
  );
}

const tooMuch = (unit: Excess, limit: number): ProblemError =>
  problem('payload_too_large', {
    detail:
      unit === 'values'
        ? `The body has more than ${String(limit)} values.`
        : `The body is nested deeper than ${String(limit)} levels.`,
    limits: [{ budget: 'request body', unit, limit, used: limit, remaining: 0, resets_at: null }],
  });
