import type { Call, CallMeta, Event, Outcome } from '../core/call/call.ts';
import type { ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';

/** End of a shared call. */
export interface SharedOutcome {
  outcome: Outcome;
  /** Of the call that made the run. */
  meta: CallMeta;
}

/**
 * One run through the pipeline that several identical calls take together. Who set out pays; everybody
 * hears all of it, from the first event on, at his own pace. It goes on while anybody is subscribed.
 */
export class SharedCall {
  readonly #events: Event[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #controller = new AbortController();
  #outcome: Promise<SharedOutcome> | null = null;
  #meta: CallMeta | null = null;

  /** Aborts when the last one has left. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Emits an event of the run to every subscriber. The fastest sets the pace. */
  readonly emit = (event: Event): void | Promise<void> => {
    this.#events.push(event);
    const [first, ...others] = this.#listeners;
    if (!first) return;
    if (others.length === 0) return this.tell(first);
    return Promise.race([...this.#listeners].map(async (each) => this.tell(each)));
  };

  /** Sets out. Called once, by the first subscribed. */
  start(fly: () => Promise<Outcome>, meta: CallMeta): void {
    const safely = async (): Promise<Outcome> => {
      try {
        return await fly();
      } catch (error) {
        return { ok: false, problem: toProblem(error) };
      }
    };
    this.#meta = meta;
    this.#outcome = safely().then((outcome) => ({ outcome, meta }));
  }

  subscribe(listener: Listener): void {
    this.#listeners.add(listener);
  }

  leave(listener: Listener, why: ProblemError): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#controller.abort(why);
  }

  /** Settled when it has landed; what was said by then may still be on its way to the listener. */
  async settled(): Promise<SharedOutcome> {
    if (!this.#outcome) throw new Error('a flight must depart before it can land');
    return this.#outcome;
  }

  /** Settled when the listener has been told everything. */
  tell(listener: Listener): void | Promise<void> {
    const model = this.#meta?.model ?? this.#meta?.route?.chain ?? '';
    return listener.catchUp(this.#events, model);
  }
}

/** One call subscribed, and how much of the shared call it has heard. */
export class Listener {
  readonly #call: Call;
  readonly #now: () => number;
  #isLeader = false;
  #heard = 0;
  #telling: Promise<void> | null = null;
  #isGone = false;
  #said = { call: false, text: false };
  /** Text of an earlier flight is void once the next one says something. */
  #mustRestart = false;

  constructor(call: Call, now: () => number) {
    this.#call = call;
    this.#now = now;
  }

  /** Before it boards, also the next flight, which starts from the beginning. */
  prepare({ isLeader }: { isLeader: boolean }): void {
    this.#isLeader = isLeader;
    this.#heard = 0;
    this.#mustRestart = this.#said.text;
  }

  leave(): void {
    this.#isGone = true;
  }

  /** Tells what it has not heard; asked again meanwhile, what is new comes in its turn. */
  catchUp(events: readonly Event[], model: string): void | Promise<void> {
    if (this.#telling) return this.#telling;
    while (this.#heard < events.length && !this.#isGone) {
      const event = events[this.#heard];
      this.#heard += 1;
      const told = event && this.#tell(event, model);
      if (told) {
        this.#telling = this.#goOn(told, () => this.catchUp(events, model));
        return this.#telling;
      }
    }
  }

  async #goOn(told: Promise<void>, next: () => void | Promise<void>): Promise<void> {
    await told;
    this.#telling = null;
    await next();
  }

  #tell(event: Event, model: string): void | Promise<void> {
    const { emit, meta, id } = this.#call;
    if (event.event === 'call') return this.#open(event, id);
    if (event.event === 'restart') this.#mustRestart = false;
    if (event.event !== 'delta') return emit(event);
    meta.ttftMs ??= Math.max(0, this.#now() - meta.startedAt);
    this.#said.text = true;
    if (!this.#mustRestart) return emit(event);
    this.#mustRestart = false;
    return this.#restart(event, model);
  }

  /** With its own id, and without another's budget. */
  #open(event: Extract<Event, { event: 'call' }>, id: string): void | Promise<void> {
    if (this.#said.call) return;
    this.#said.call = true;
    const own = this.#isLeader ? {} : { budget: null, cache: 'shared' as const };
    return this.#call.emit({ event: 'call', data: { ...event.data, ...own, id } });
  }

  async #restart(event: Event, model: string): Promise<void> {
    await this.#call.emit({ event: 'restart', data: { reason: 'cancelled', model } });
    await this.#call.emit(event);
  }
}
