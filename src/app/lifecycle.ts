import { loadDictionary } from '../cache/canonical/dictionary.ts';
import type { Core } from '../core/services/core.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import type { OpenKeys } from '../identity/keys.ts';
import type { LoopWatchdog } from '../observe/watchdog.ts';
import type { Store } from '../stores/ports/store.ts';
import type { openBudgets } from './budgets.ts';
import type { buildParts } from './parts.ts';
import type { PromptParts } from './prompts.ts';
import type { Model } from './providers.ts';
import { warnOfRows } from './store.ts';
import type { keepSums } from './sums.ts';

/** Starting, saying what is well, and ending. */
export interface AppLifecycle extends Pick<Core, 'ready' | 'warnings'> {
  /** Load and start what the first call would wait for. */
  warm(): Promise<void>;
  /** Address of the simulator, started if it was not; null if a real provider is asked. */
  simulatorUrl(): Promise<string | null>;
  /** Ends what the app started: the simulator and the store. */
  close(): Promise<void>;
}

/** All that lives as long as an app does. */
export interface Living {
  prompts: PromptParts;
  keys: OpenKeys;
  budgets: ReturnType<typeof openBudgets>;
  parts: ReturnType<typeof buildParts>;
  model: Model;
  store: Store;
  watchdog: LoopWatchdog | undefined;
  sums: ReturnType<typeof keepSums>;
  now: () => number;
  checks: SchemaChecks;
  /** Questions are read, so the words they are read by are wanted. */
  isCached: boolean;
}

export const lifecycleOf = ({
  prompts,
  keys,
  budgets,
  parts,
  model,
  store,
  watchdog,
  sums,
  now,
  checks,
  isCached,
}: Living): AppLifecycle => ({
  ready: async () => ({ store: await store.health(), event_loop: watchdog?.trouble() ?? null }),
  warnings: () => warnOfRows(store.setAside, now),
  async warm() {
    if (isCached) loadDictionary();
    await Promise.all([keys.check(), prompts.get(), parts.learnt(), model.warm()]);
  },
  simulatorUrl: () => model.simulatorUrl(),
  async close() {
    await prompts.close();
    await parts.closeCache();
    budgets.leaseManager.stop();
    sums.stop();
    await model.close();
    await checks.foreign.close();
    await store.close();
    await watchdog?.stop();
  },
});
