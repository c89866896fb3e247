import { admit, type AdmitParts } from '../budget/admit.ts';
import type { Layer } from '../core/call/call.ts';

/**
 * Reserves what the call may spend before anything is spent; what it did spend is settled with its
 * ledger row, in one transaction, by `record-call`.
 */
export const buildHoldBudget = (parts: AdmitParts): Layer =>
  async function holdBudget(call, next) {
    const { chosen, plan } = call;
    if (!chosen || !plan) return next(call);
    const admitted = await admit(parts, { call, tool: chosen.tool, plan });
    return next({ ...call, ...admitted });
  };
