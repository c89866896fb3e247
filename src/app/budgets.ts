import type { Logger } from 'pino';
import { BudgetSettings, type Budget } from '../../schemas/wire/budget.ts';
import type { AdmitParts } from '../budget/admit.ts';
import { buildBudgets } from '../budget/budgets.ts';
import { buildLeaseManager } from '../budget/lease-manager.ts';
import { buildWaitingLines } from '../budget/waiting-line.ts';
import type { Budgets } from '../core/services/budgets.ts';
import { LOCAL } from '../core/call/principal.ts';
import type { Planner } from '../core/tool/define-tool.ts';
import type { Config } from '../config/read.ts';
import { modelsOf, type Model } from './providers.ts';
import type { Store } from '../stores/ports/store.ts';

interface BudgetDeps {
  config: Config;
  store: Store;
  log: Logger;
  isSimulated: Model['isSimulated'];
  now: () => number;
}

interface BudgetParts {
  service: Budgets;
  leaseManager: ReturnType<typeof buildLeaseManager>;
  admitParts: (planner: Planner) => AdmitParts;
}

/** Budgets with what keeps their holds alive. */
export function openBudgets({ config, store, log, isSimulated, now }: BudgetDeps): BudgetParts {
  const declared = new Map(Object.entries(config.budgets));
  const fallback = localBudget(config, isSimulated);
  const budgets = buildBudgets({ store: store.budgets, declared, fallback, now });
  const leaseManager = buildLeaseManager({
    leases: store.leases,
    leaseMs: config.hold_lease_ms,
    now,
    onError: (err) => {
      log.error({ err }, 'holds could not be renewed or swept; it is tried again');
    },
    onSwept: (holds) => {
      log.warn({ holds }, 'settled calls of processes that died');
    },
  });
  return {
    service: budgets,
    leaseManager,
    admitParts: (planner) => ({
      store: store.budgets,
      rulesFor: (bearer) => budgets.rulesFor(bearer),
      planner,
      leaseUntil: () => leaseManager.leaseUntil(),
      sweep: () => leaseManager.sweep(),
      lines: buildWaitingLines(),
      now,
    }),
  };
}

/** Daily limit of a laptop before somebody has thought about it, US dollars. */
const LOCAL_DAILY_USD = { real: 10, simulated: 1_000 };

function localBudget(config: Config, isSimulated: Model['isSimulated']): Budget | null {
  const { local_daily_usd: given, embedder } = config;
  if (given === null) return null;
  // An embedder over HTTP is paid for, whoever plays the models.
  const isFree = embedder !== 'http' && modelsOf(config).every(isSimulated);
  const limit = given ?? LOCAL_DAILY_USD[isFree ? 'simulated' : 'real'];
  return {
    name: 'local-daily',
    source: 'default',
    ...BudgetSettings.parse({
      scope: 'principal',
      of: LOCAL.id,
      unit: 'usd',
      window: 'day',
      limit,
    }),
  };
}
