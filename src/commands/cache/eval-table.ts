import type { ReplayedHit } from '../../cache/eval/replay.ts';
import type { TierReport } from '../../cache/eval/report.ts';
import { classTable, finePercent, whole, type Class } from './tables.ts';
import { toTable, type Column } from '../shared/table.ts';

/** A replayed stream, in the words of a report. */
interface Evaluated {
  questions: number;
  tiers: readonly TierReport[];
  hits: readonly ReplayedHit[];
  judged: { inline: number; checks: number };
  states: readonly Class[];
  perQuestionMs: number;
}

const EVAL_COLUMNS: readonly Column<TierReport>[] = [
  { title: 'tier', cell: ({ tier }) => tier },
  { title: 'hits', cell: ({ hits }) => whole(hits), isAmount: true },
  { title: 'of all', cell: ({ hitRate }) => finePercent(hitRate), isAmount: true },
  { title: 'second half', cell: ({ secondHalf }) => finePercent(secondHalf), isAmount: true },
  { title: 'other label', cell: ({ wrong }) => whole(wrong), isAmount: true },
  { title: 'share', cell: ({ wrongShare }) => finePercent(wrongShare), isAmount: true },
  {
    title: '95 % interval',
    cell: ({ low, high }) => `${finePercent(low)} to ${finePercent(high)}`,
    isAmount: true,
  },
];

const HIT_COLUMNS: readonly Column<ReplayedHit>[] = [
  { title: 'tier', cell: ({ tier }) => tier },
  { title: 'asked', cell: ({ asked }) => `${asked.text} [${asked.label}]` },
  { title: 'served the answer of', cell: ({ kept }) => `${kept.text} [${kept.label}]` },
];

/** More would only scroll by: `--list` writes them to a file. */
const MOST_SHOWN = 50;

/** Hits and false hits by tier, and the pairs whose labels differ, for a terminal. */
export function evalText({
  questions,
  tiers,
  hits,
  judged,
  states,
  perQuestionMs,
}: Evaluated): string {
  const shown = hits.slice(0, MOST_SHOWN);
  const parts = [
    `${whole(questions)} questions as a stream, ${perQuestionMs.toFixed(2)} ms each`,
    toTable(EVAL_COLUMNS, tiers),
    `The judge was asked ${whole(judged.inline)} times, and ${whole(judged.checks)} times for evidence.`,
    ...(states.length === 0 ? [] : [classTable(states)]),
    shown.length === 0
      ? 'No hit has another label.'
      : `Hits with another label (${whole(shown.length)} of ${whole(hits.length)}):\n${toTable(HIT_COLUMNS, shown)}`,
  ];
  return parts.join('\n\n');
}
