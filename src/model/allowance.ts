/** The money that all attempts of one call share, integer nano-dollars. */
export interface Allowance {
  readonly leftNanoUsd: number;
  /** Whether an attempt can be paid even if it turns out as dear as it may. */
  pays(worstNanoUsd: number): boolean;
  /** Deduct an attempt's cost, by the provider's word or by best evidence. */
  spend(costNanoUsd: number): void;
}

/** Attempts are bought one after the other, each only if its worst case fits what is left. */
export function openAllowance(totalNanoUsd: number): Allowance {
  let left = totalNanoUsd;
  return {
    get leftNanoUsd() {
      return left;
    },
    pays: (worstNanoUsd) => worstNanoUsd <= left,
    spend(costNanoUsd) {
      left -= costNanoUsd;
    },
  };
}
