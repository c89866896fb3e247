import type { SchemaField } from '../schema.ts';
import { toConcepts } from '../words.ts';
import type { FoundDate } from './dates.ts';
import type { Facts } from './facts.ts';
import { keyConcepts } from './key-concepts.ts';

/** A plain "date" is the first there is. */
const PLAIN_DATE =
  /^(?:date|day|invoice_?date|order_?date|issue_?date|issued|meeting_?date|sent|created|reported|submitted)/i;
/** A day by which something has to be done, in the field and in front of the date. */
const LIMIT_FIELD = /latest|last|due|deadline|(?:^|_)by$|until|expir/i;
const LIMIT =
  /\b(?:by|before|until|till|no later than|due(?: on)?|at the latest)\s+(?:\p{L}+,? )?$/iu;
const LIMIT_BONUS = 2;
const NAMED = 2;
/** What every date is tells no two apart. */
const ANY_DATE = new Set(toConcepts('date day yyyy mm dd'));
/** How much of a line in front of a date speaks of it, and how little behind. */
const BEFORE = 90;
const AFTER = 25;

export function isLimit({ name }: SchemaField): boolean {
  return LIMIT_FIELD.test(name);
}

/** The date whose surroundings speak most of the field. */
export function findDate(field: SchemaField, facts: Facts): FoundDate | undefined {
  const { dates } = facts;
  if (PLAIN_DATE.test(field.name)) return dates[0];
  const score = scorer(field, facts);
  const scores = dates.map(score);
  const best = scores.reduce((most, one) => Math.max(most, one), 0);
  return best > 0 ? dates[scores.indexOf(best)] : timed(field, dates);
}

function scorer(field: SchemaField, facts: Facts): (date: FoundDate) => number {
  const isTelling = (concept: string): boolean => !ANY_DATE.has(concept);
  const named = [...keyConcepts(field.name)].filter(isTelling);
  const described = toConcepts(field.description).filter(isTelling);
  return (date) => {
    const before = lineBefore(date, facts.text);
    const end = date.at + date.text.length;
    const [after = ''] = facts.text.slice(end, end + AFTER).split('\n', 1);
    const concepts = facts.conceptsOf(`${before} ${after}`);
    const count = (wanted: readonly string[]): number =>
      wanted.filter((concept) => concepts.has(concept)).length;
    const limit = isLimit(field) && LIMIT.test(before) ? LIMIT_BONUS : 0;
    const sure = NAMED * count(named) + limit;
    return sure > 0 ? sure + count(described) : 0;
  };
}

function lineBefore({ at }: FoundDate, text: string): string {
  const line = /[^\n]*$/.exec(text.slice(Math.max(0, at - BEFORE), at))?.[0] ?? '';
  return line.split(/(?<=[.!?])\s/).at(-1) ?? '';
}

/** What has a time of day is when it happens. */
function timed({ schema }: SchemaField, dates: readonly FoundDate[]): FoundDate | undefined {
  return schema['format'] === 'date-time' ? dates.find(({ time }) => time !== null) : undefined;
}
