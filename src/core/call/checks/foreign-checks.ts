import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { FieldError } from '../../../../schemas/wire/problem.ts';
import { problem } from '../../../errors/problem.ts';
import type { JsonSchema } from '../../tool/json-schema.ts';
import type { Job } from './messages.ts';
import { openPool, type Asker, type PoolLimits } from './pool.ts';
import type { Form } from './shape.ts';

export type { Asker };

/** Checks by schemas and patterns that are not ours. All of it happens in threads, under limits. */
export interface ForeignChecks {
  /**
   * Lists errors of a schema that a caller brought; empty when it can be used.
   * @param form `answer` by default: a model is held to it
   * @throws ProblemError checks_busy
   */
  review(schema: JsonSchema, asker: Asker, form?: Form): Promise<FieldError[]>;
  /**
   * Lists errors of a value, empty where it fits.
   * @param schema one that was reviewed
   * @throws ProblemError schema_too_costly, checks_busy
   */
  check(schema: JsonSchema, value: unknown, asker: Asker): Promise<FieldError[]>;
  /**
   * Lists errors of a pattern. @throws ProblemError checks_busy
   */
  reviewPattern(pattern: Pattern, asker: Asker): Promise<FieldError[]>;
  /** Whether a text matches. @throws ProblemError schema_too_costly, checks_busy */
  matches(pattern: Pattern, text: string, asker: Asker): Promise<boolean>;
  close(): Promise<void>;
}

export interface Pattern {
  /** ECMAScript, without lookahead and references to groups. */
  pattern: string;
  /** Any of i, m, s and u. */
  flags: string;
}

/** Bounds on what is sent to a thread. */
const MAX_SCHEMA_CHARS = 65_536;
const MAX_VALUE_CHARS = 4_194_304;

const LIMITS: PoolLimits = {
  threads: 2,
  workMs: 2_000,
  wallMs: 10_000,
  heapMb: 128,
  waitingOfOne: 256,
  waitingOfAll: 1_024,
};

/** Most reviews remembered, so that a schema that comes again waits for no thread. */
const KEPT_REVIEWS = 1_000;
/** A machine may have been too busy; another time it may not take too long. */
const TOO_COSTLY_FOR_MS = 60_000;

/** Starts no thread before the first schema comes. */
export function openForeignChecks(limits: Partial<PoolLimits> = {}): ForeignChecks {
  const pool = openPool({ ...LIMITS, ...limits });
  const reviews = new LRUCache<string, FieldError[]>({ max: KEPT_REVIEWS });
  const passed = new WeakMap<object, string>();

  const review = async (job: Job, asker: Asker): Promise<FieldError[]> => {
    const key = hash('sha256', JSON.stringify(job), 'base64');
    const known = reviews.get(key);
    if (known) return known;
    const ended = await pool.run(job, asker);
    if ('out' in ended) {
      const found = [tooCostly(ended.out)];
      reviews.set(key, found, { ttl: TOO_COSTLY_FOR_MS });
      return found;
    }
    const found = 'unusable' in ended ? ended.unusable : [];
    reviews.set(key, found);
    return found;
  };
  const judge = async (job: Job, asker: Asker): Promise<FieldError[]> => {
    const ended = await pool.run(job, asker);
    if ('out' in ended) throw problem('schema_too_costly', { detail: WHY_COSTLY[ended.out] });
    return 'unusable' in ended ? ended.unusable : ended.errors;
  };
  return {
    async review(schema, asker, form = 'answer') {
      const text = toText(schema, MAX_SCHEMA_CHARS);
      if ('objection' in text) return [invalidSchema(text.objection)];
      return review({ op: 'review', schema: text.json, form }, asker);
    },
    async check(schema, value, asker) {
      const told = toText(schema, MAX_SCHEMA_CHARS);
      if ('objection' in told) return [invalidSchema(told.objection)];
      // An answer is checked where it is read and again before it leaves: it is the same object.
      const isObject = typeof value === 'object' && value !== null;
      if (isObject && passed.get(value) === told.json) return [];
      const text = toText(value, MAX_VALUE_CHARS);
      if ('objection' in text) return [{ pointer: '', code: 'too_big', detail: text.objection }];
      const errors = await judge({ op: 'check', schema: told.json, value: text.json }, asker);
      if (isObject && errors.length === 0) passed.set(value, told.json);
      return errors;
    },
    reviewPattern: (pattern, asker) => review({ op: 'match', ...pattern, text: null }, asker),
    async matches(pattern, text, asker) {
      return (await judge({ op: 'match', ...pattern, text }, asker)).length === 0;
    },
    close: () => pool.close(),
  };
}

/** As JSON, so that its size is known. */
function toText(value: unknown, mostChars: number): { json: string } | { objection: string } {
  try {
    // A value that is no JSON, as the output of a function may be, is checked as nothing.
    const json = (JSON.stringify(value) as string | undefined) ?? 'null';
    if (json.length <= mostChars) return { json };
    return { objection: `It is longer than ${String(mostChars)} characters` };
  } catch {
    return { objection: 'It is nested deeper than can be read' };
  }
}

const invalidSchema = (detail: string): FieldError => ({
  pointer: '',
  code: 'invalid_schema',
  detail,
});

const ADVICE =
  'Use fewer anyOf, oneOf and allOf inside each other, fewer references to the same definition, and shorter patterns';
const WHY_COSTLY = {
  time: `It takes more time to check than one caller may take. ${ADVICE}.`,
  memory: `It takes more memory to check than one caller may take. ${ADVICE}.`,
} as const;

const tooCostly = (out: keyof typeof WHY_COSTLY): FieldError => ({
  pointer: '',
  code: 'schema_too_costly',
  detail: WHY_COSTLY[out],
});
