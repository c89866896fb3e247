import { FAULTS } from '../../src/simulator/faults/catalogue.ts';
import { DEADLINE_MS, FRONTS } from './faulty-server.ts';
import type { Outcome } from './matrix.ts';
import type { Outage } from './outage.ts';

const SCOPES = [
  ['once', 'one request'],
  ['first', 'first model'],
  ['all', 'all models'],
  ['bare', 'all models, tool without fallback'],
] as const;

/** One cell: how it ended over all fronts, and the longest it took. */
function cell(outcomes: readonly Outcome[]): string {
  const ends = [...new Set(outcomes.map(({ got }) => got))].join(' / ');
  const ms = Math.max(...outcomes.map((outcome) => outcome.ms));
  const wrong = outcomes.some((outcome) => outcome.wrong.length > 0) ? ' **wrong**' : '';
  return `${ends} ${(ms / 1000).toFixed(1)} s${wrong}`;
}

/** The table for people: a fault a row, a scope a column. */
export function toMarkdown(outcomes: readonly Outcome[], outages: readonly Outage[]): string {
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0).length;
  const rows = FAULTS.map(({ name }) => {
    const cells = SCOPES.map(([scope]) =>
      cell(outcomes.filter((each) => each.fault === name && each.scope === scope)),
    );
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    `${String(FAULTS.length)} faults x 4 scopes x ${String(Object.keys(FRONTS).length)} fronts (${Object.keys(FRONTS).join(', ')}): ${String(outcomes.length)} calls with a deadline of ${String(DEADLINE_MS / 1000)} s, ${String(wrong)} of them not as they should be. Each cell: how all fronts ended, and the slowest of them.`,
    '',
    `| fault | ${SCOPES.map(([, title]) => title).join(' | ')} |`,
    `| --- |${SCOPES.map(() => ' --- |').join('')}`,
    ...rows,
    '',
    ...outages.map(
      (outage) => `- ${outage.what}: ${outage.says}.${outage.wrong.length > 0 ? ' **wrong**' : ''}`,
    ),
  ].join('\n');
}
