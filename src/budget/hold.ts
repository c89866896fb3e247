import type { BudgetState } from '../../schemas/wire/budget.ts';
import type { AttemptRecord, Call } from '../core/call/call.ts';
import type { Claim, Hold, Purchase, Recount, Settlement, Standing } from '../core/call/hold.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { BudgetStore } from '../stores/ports/store.ts';
import { amountUsed } from './amounts.ts';
import type { Answered } from './answered.ts';
import { asMuchAsIsLeft, isEnough, leastClaims, mostWritten, shortened, surely } from './claims.ts';
import { epitaphOf } from './epitaph.ts';
import type { Needs } from './fit.ts';
import { toClaim } from './meters.ts';
import type { Metered } from './rule.ts';
import { tightestFirst, toStates } from './states.ts';

/** A hold as whoever admits the call sees it. */
export interface OpenHold extends Hold, Settlement {
  /** Reserve what a first attempt may take. Asked again, the new claims take the place of the old. */
  reserve(metered: readonly Metered[], needs: Needs): Promise<Answered>;
}

interface HoldParts {
  store: BudgetStore;
  call: Call;
  /** End of the lease, milliseconds since the epoch; renewed while the process lives. */
  leaseUntil: () => number;
  now: () => number;
  /** The problem of a call that does not fit. */
  refusal: (answered: Answered) => ProblemError;
}

/** The one hold of a call, from its first reservation to the settlement. */
export const openHold = (parts: HoldParts): OpenHold => new CallHold(parts);

/** Others take room between a look at the meters and the claim that follows from it. */
const TRIES = 3;

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

  reserve(metered: readonly Metered[], needs: Needs): Promise<Answered> {
    return this.#take(metered, { ...needs, lost: null });
  }

  async buy(purchase: Purchase): Promise<ProblemError | null> {
    try {
      const answered = await this.#take(this.#last.metered, purchase);
      return answered.held ? null : this.#parts.refusal(answered);
    } catch (error) {
      return toProblem(error);
    }
  }

  async recount(counted: Recount): Promise<number> {
    const { metered } = this.#last;
    try {
      const claims = surely(metered, this.#attempts, counted);
      let answered = await this.#ask({ metered, claims, lost: counted.lost });
      for (let tries = 0; tries < TRIES && !answered.held; tries += 1) {
        this.#short = answered;
        // All that is left is better than what was thought to be enough.
        answered = await this.#cutBack(asMuchAsIsLeft(answered, this.#last.claims), counted);
      }
      if (answered === this.#last && answered.claims === claims) return Infinity;
      // Claims held already cannot be refused.
      if (!answered.held) await this.#cutBack(this.#last.claims, counted);
    } catch {
      // The store does not answer, or the call has ended: what is held is all there is.
    }
    const most = this.#mostWritten(this.#last.claims, counted);
    // The provider keeps to the output limit by itself.
    return most < counted.need.outputTokens ? most : Infinity;
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
      toClaim(each, {
        amount: amountUsed(each.rule, this.#attempts),
        charge: claims[index]?.charge ?? 0,
        mayPass: 0,
      }),
    );
  }

  toStates(standings: readonly Standing[]): BudgetState[] {
    return tightestFirst(toStates(this.#last.metered, standings));
  }

  /**
   * All that the attempt can take; where budgets let answers finish, all that is left of them if that
   * is likely to be enough.
   */
  async #take(metered: readonly Metered[], needs: HoldNeeds): Promise<Answered> {
    const { lost } = needs;
    const claims = surely(metered, this.#attempts, needs);
    let answered = await this.#ask({ metered, claims, lost });
    const least = leastClaims(metered, this.#attempts, needs);
    for (let tries = 0; tries < TRIES && !answered.held; tries += 1) {
      const { claims: held } = this.#last;
      const enough = asMuchAsIsLeft({ ...answered, claims }, held);
      if (!isEnough(enough, least, { ...answered, held })) break;
      answered = await this.#ask({ metered, claims: enough, lost });
    }
    return answered.held ? answered : { ...answered, claims: least };
  }

  /** The running attempt with no more than these claims: its answer only gets as long as they pay for. */
  #cutBack(claims: readonly Claim[], counted: Recount): Promise<Answered> {
    const { metered } = this.#last;
    const lost = shortened(counted, this.#mostWritten(claims, counted));
    const charged = claims.map((claim, at) => {
      const rule = metered[at]?.rule;
      return rule ? { ...claim, charge: amountUsed(rule, [...this.#attempts, lost]) } : claim;
    });
    return this.#ask({ metered, claims: charged, lost });
  }

  #mostWritten(claims: readonly Claim[], counted: Recount): number {
    return mostWritten(this.#last.metered, claims, { attempts: this.#attempts, counted });
  }

  #ask({ metered, claims, lost }: HoldInput): Promise<Answered> {
    const { store, call, leaseUntil, now } = this.#parts;
    if (this.#isClosed) return Promise.reject(problem('cancelled', { detail: ENDED }));
    const crashRecord = epitaphOf(call, { lost, now: now() });
    const asked = store.hold({ crashRecord, claims, leaseUntil: leaseUntil() }).then((answer) => {
      const answered = { ...answer, metered, claims };
      if (answered.held) this.#last = answered;
      return answered;
    }, unwritten);
    // Settling must not overtake it.
    this.#asking = asked.catch(() => undefined);
    return asked;
  }
}

const ENDED = 'The call has ended: nothing more is bought for it.';

/** The attempt that is under way from here on. */
interface Underway {
  lost: Purchase['lost'] | null;
}

type HoldNeeds = Needs & Underway;
type HoldInput = Pick<Answered, 'metered' | 'claims'> & Underway;

/** Spend nothing that cannot be reserved. */
function unwritten(cause: unknown): never {
  const detail = 'What the call may spend could not be reserved, so nothing was spent.';
  throw problem('ledger_unavailable', { detail, cause });
}
