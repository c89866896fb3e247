import type { CacheMeasured } from './cache.ts';
import { ms, table } from './table.ts';
import type { Target } from './target.ts';

const sizeOf = ({ entries, scopes }: CacheMeasured['searches'][number]): string =>
  `${entries.toLocaleString('en')} in ${scopes === 1 ? 'one scope' : `${String(scopes)} scopes`}`;

export const cacheTable = ({ canonical, searches }: CacheMeasured): string =>
  table([
    ['finding a kept answer, ms', 'p50', 'p99', 'loop p99', 'bytes per entry', 'kept/s'],
    ['by canonical key, 5,000 in one scope', ms(canonical.p50), ms(canonical.p99), '', '', ''],
    ...searches.map((search) => [
      `by nearness, ${sizeOf(search)}`,
      ms(search.times.p50),
      ms(search.times.p99),
      ms(search.loopP99),
      search.bytesPerEntry.toFixed(0),
      search.keptPerSecond.toFixed(0),
    ]),
  ]);

const atMost = (name: string, wanted: number, measured: number): Target => ({
  name,
  wanted,
  measured,
  unit: ' ms',
  atLeast: false,
});

export function cacheTargets({ canonical, searches }: CacheMeasured): Target[] {
  const [one, hundred] = searches;
  if (!one || !hundred) throw new Error('nothing was measured');
  return [
    atMost('canonical key: p99', 1, canonical.p99),
    atMost(`nearness, ${sizeOf(one)}: p99`, 5, one.times.p99),
    atMost(`nearness, ${sizeOf(hundred)}: p99`, 2, hundred.times.p99),
    atMost(`nearness, ${sizeOf(one)}: delay of the event loop, p99`, 5, one.loopP99),
  ];
}
