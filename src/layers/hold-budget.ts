import { admit, type AdmitParts } from '../budget/admit.ts';
import type { Layer } from '../core/call/call.ts';

/**
 * Reserves what the call may spend before anything is spent; what it did spend is settled with its
 * ledger row, in one transaction, by `record-call`.
 */
export const buildHoldBudget = (parts: AdmitParts): Layer =>
  async function holdBudget(call, next) {
    const { tool, plan } = call;
    if (tool?.kind !== 'llm' || !plan) return next(call);
    const admitted = await admit(parts, { call, tool, plan });
    return next({ ...call, ...admitted });
  };
