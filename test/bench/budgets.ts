/** `tsx test/bench/budgets.ts`: what admitting a call and settling it costs, on one hot budget. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { admitAndSettle, admitAndSettleAtRate, RATE, type PairsMeasured } from './budgets-load.ts';
import { startChild } from './child.ts';

const WARM_UP_MS = 1_000;
const MEASURE_MS = 3_000;
/** Until every process has started; its warm-up begins as soon as it has. */
const START_MS = 3_000;

export interface BudgetsMeasured {
  /** At the rate that one process must be able to do. */
  paced: PairsMeasured;
  oneProcess: { loops: number; measured: PairsMeasured }[];
  /** One entry per process. */
  processes: { loops: number; measured: PairsMeasured[] };
}

export async function measureBudgets(): Promise<BudgetsMeasured> {
  return {
    paced: await paced(),
    oneProcess: [
      { loops: 1, measured: await oneProcess(1) },
      { loops: 4, measured: await oneProcess(4) },
      { loops: 16, measured: await oneProcess(16) },
      { loops: 64, measured: await oneProcess(64) },
    ],
    processes: { loops: 4, measured: await processes(4, 4) },
  };
}

const oneProcess = (loops: number): Promise<PairsMeasured> =>
  withFile(async (path) => {
    const store = openSqlite(path);
    await admitAndSettle(store, { loops, name: 'warm', until: Date.now() + WARM_UP_MS });
    const measured = await admitAndSettle(store, {
      loops,
      name: 'measured',
      until: Date.now() + MEASURE_MS,
    });
    await store.close();
    return measured;
  });

const paced = (): Promise<PairsMeasured> =>
  withFile(async (path) => {
    const store = openSqlite(path);
    await admitAndSettle(store, { loops: 4, name: 'warm', until: Date.now() + WARM_UP_MS });
    const until = Date.now() + MEASURE_MS;
    const measured = await admitAndSettleAtRate(store, { perSecond: RATE, name: 'paced', until });
    await store.close();
    return measured;
  });

const processes = (count: number, loops: number): Promise<PairsMeasured[]> =>
  withFile((path) => {
    const from = Date.now() + START_MS + WARM_UP_MS;
    const until = from + MEASURE_MS;
    return Promise.all(
      Array.from({ length: count }, async () => {
        const args = [path, loops, from, until].map(String);
        const child = await startChild<PairsMeasured>('budgets-worker.ts', ...args);
        await child.stop();
        return child.said;
      }),
    );
  });

async function withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-budgets-'));
  try {
    return await work(join(folder, 't.db'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { budgetTable } = await import('./budgets-report.ts');
  process.stdout.write(`${budgetTable(await measureBudgets())}\n`);
}
