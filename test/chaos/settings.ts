/** One budget that everybody shares, small enough that it is spent before the load is over. */
export const BUDGET = 'everybody';
export const LIMIT_USD = 0.2;
export const LEASE_MS = 3_000;
export const CONCURRENCY = 200;

/** Settings of each worker, as a tollgate.yaml would have them. */
export const settingsWith = (overrun: 'cut' | 'finish') => ({
  budgets: {
    [BUDGET]: {
      scope: 'all',
      unit: 'usd',
      window: 'month',
      limit: LIMIT_USD,
      misfit: 'refuse',
      overrun,
    },
  },
  local_daily_usd: null,
  hold_lease_ms: LEASE_MS,
  // 1,200 calls on a small machine are slow, which is no reason to leave the model alone.
  breaker: { consecutive: 100_000, minimum: 100_000 },
  time_limits: { connect_ms: 30_000, first_token_ms: 30_000, idle_ms: 30_000, total_ms: 60_000 },
  model_concurrency: CONCURRENCY,
});
