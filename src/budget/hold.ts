import type { BudgetState } from '../../schemas/budget.ts';
import type { AttemptRecord, Call } from '../call/call.ts';
import type { Claim, Hold, Need, Purchase, Recount, Settlement, Standing } from '../call/hold.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { BudgetBook } from '../stores/ports.ts';
import { amountNeeded, amountUsed, mostOutput } from './amounts.ts';
import { toClaim } from './meters.ts';
import type { Metered } from './rule.ts';
import { tightestFirst, toStates } from './states.ts';

/** How a claim of all budgets at once was answered. */
export interface Answered {
  held: boolean;
  metered: readonly Metered[];
  claims: readonly Claim[];
  standings: readonly Standing[];
}

/** A hold as whoever admits the call sees it. */
export interface OpenHold extends Hold, Settlement {
  /** Reserve what a first attempt may take. Asked again, the new claims take the place of the old. */
  reserve(metered: readonly Metered[], need: Need): Promise<Answered>;
}

interface HoldParts {
  book: BudgetBook;
  call: Call;
  /** End of the lease, milliseconds since the epoch; renewed while the process lives. */
  leaseUntil: () => number;
  now: () => number;
  /** Whether an answer that outgrows this budget is cut. */
  cuts: (metered: Metered) => boolean;
  /** The problem of a call that does not fit. */
  refusal: (answered: Answered) => ProblemError;
}

/** The one hold of a call, from its first reservation to the settlement. */
export const openHold = (parts: HoldParts): OpenHold => new CallHold(parts);

class CallHold implements OpenHold {
  readonly #parts: HoldParts;
  /** Grows while the call runs: what is used follows from it. */
  readonly #attempts: readonly AttemptRecord[];
  #last: Answered = { held: false, metered: [], claims: [], standings: [] };
  /** Why the running attempt is to be cut. */
  #short = this.#last;
  #isClosed = false;
  #asking: Promise<unknown> = Promise.resolve();

  constructor(parts: HoldParts) {
    this.#parts = parts;
    this.#attempts = parts.call.meta.attempts;
  }

  reserve(metered: readonly Metered[], need: Need): Promise<Answered> {
    const claims = metered.map((each) =>
      toClaim(each, amountNeeded(each.rule, this.#attempts, need), 0),
    );
    return this.#ask({ metered, claims, lost: null });
  }

  async buy(purchase: Purchase): Promise<ProblemError | null> {
    try {
      const answered = await this.#raise(purchase);
      return answered.held ? null : this.#parts.refusal(answered);
    } catch (error) {
      return toProblem(error);
    }
  }

  async recount({ prompt, nanoUsdPerOutputToken, ...purchase }: Recount): Promise<number> {
    const answered = await this.#raise(purchase);
    if (answered.held) return Infinity;
    this.#short = answered;
    // All that is left is better than what was thought to be enough.
    const claims = asMuchAsIsLeft(answered, this.#last.claims);
    await this.#ask({ ...answered, claims, lost: purchase.lost });
    const tokens = this.#last.metered.map((each, index) => {
      if (!this.#parts.cuts(each)) return Infinity;
      const amount = this.#last.claims[index]?.amount ?? 0;
      const room = { prompt, nanoUsdPerOutputToken, amount };
      return mostOutput(each.rule, this.#attempts, room);
    });
    return Math.min(Infinity, ...tokens);
  }

  cut(): ProblemError {
    const { details } = this.#parts.refusal(this.#short);
    const detail = `The prompt was longer than it seemed, and no more is to be had. ${details.detail}`;
    return problem('budget_cut', { detail, ...(details.limits && { limits: details.limits }) });
  }

  async settle(): Promise<readonly Claim[]> {
    this.#isClosed = true;
    await this.#asking;
    const { metered, claims } = this.#last;
    return metered.map((each, index) =>
      toClaim(each, amountUsed(each.rule, this.#attempts), claims[index]?.charge ?? 0),
    );
  }

  toStates(standings: readonly Standing[]): BudgetState[] {
    return tightestFirst(toStates(this.#last.metered, standings));
  }

  #raise({ need, lost }: Purchase): Promise<Answered> {
    const { metered } = this.#last;
    const claims = metered.map((each) =>
      toClaim(
        each,
        amountNeeded(each.rule, this.#attempts, need),
        amountUsed(each.rule, [...this.#attempts, lost]),
      ),
    );
    return this.#ask({ metered, claims, lost });
  }

  #ask({ metered, claims, lost }: Question): Promise<Answered> {
    const { book, call, leaseUntil, now } = this.#parts;
    if (this.#isClosed) return Promise.reject(problem('cancelled', { detail: ENDED }));
    const epitaph = epitaphOf(call, { lost, now: now() });
    const asked = book.hold({ epitaph, claims, leaseUntil: leaseUntil() }).then((answer) => {
      const answered = { ...answer, metered, claims };
      if (answered.held) this.#last = answered;
      return answered;
    }, unwritten);
    // Whoever settles must not overtake it.
    this.#asking = asked.catch(() => undefined);
    return asked;
  }
}

const ENDED = 'The call has ended: nothing more is bought for it.';

interface Question extends Pick<Answered, 'metered' | 'claims'> {
  /** The attempt that is under way from here on. */
  lost: Purchase['lost'] | null;
}

/** What cannot be reserved must not be spent. */
function unwritten(cause: unknown): never {
  const detail = 'What the call may spend could not be reserved, so nothing was spent.';
  throw problem('ledger_unavailable', { detail, cause });
}

/** Claims raised to all that nobody else uses or holds. */
const asMuchAsIsLeft = (
  { claims, standings }: Answered,
  held: readonly Claim[],
): readonly Claim[] =>
  claims.map((claim, index) => {
    const standing = standings[index];
    const own = held[index]?.amount ?? 0;
    if (!standing) return claim;
    const left = claim.limit - standing.used - (standing.held - own);
    return { ...claim, amount: Math.max(own, Math.min(claim.amount, left)) };
  });

/** The ledger row of the call if the process died now: what is under way is lost, at its worst. */
function epitaphOf(
  call: Call,
  { lost, now }: { lost: Purchase['lost'] | null; now: number },
): Call {
  const { meta } = call;
  return {
    ...call,
    meta: {
      ...meta,
      attempts: lost === null ? meta.attempts : [...meta.attempts, lost],
      servedBy: 'none',
      finish: 'error',
      errorCode: 'process_lost',
      latencyMs: now - meta.startedAt,
    },
  };
}
