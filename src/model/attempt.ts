import type { Usage } from '../../schemas/call.ts';
import type { AttemptRecord } from '../call/call.ts';
import { NO_USAGE } from '../call/usage.ts';
import { problem as newProblem, ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import { estimatePrompt, estimateTokens } from './estimate.ts';
import type { PriceList } from './prices.ts';
import type { Counts, ModelRequest, Provider } from './provider.ts';

export interface AttemptParts {
  provider: Provider;
  prices: PriceList;
  now: () => number;
}

export interface AttemptResult {
  record: AttemptRecord;
  text: string;
  /** Null when the model answered to its end. */
  problem: ProblemError | null;
}

/** What was heard from the provider so far. */
interface Heard {
  text: string;
  counts: Counts;
  requestId: string | null;
  started: boolean;
  ended: 'complete' | 'truncated' | 'refused' | null;
  firstTextAt: number | null;
}

const NOTHING_HEARD: Heard = {
  text: '',
  counts: {},
  requestId: null,
  started: false,
  ended: null,
  firstTextAt: null,
};

interface Listener {
  signal: AbortSignal;
  onText: (text: string) => void | Promise<void>;
}

/**
 * Ask one model once. Never rejects: whatever happens, there is a record with its price. `onText`
 * is awaited, so a slow reader slows the model down.
 */
export async function attempt(
  parts: AttemptParts,
  request: ModelRequest,
  listener: Listener,
): Promise<AttemptResult> {
  const startedAt = parts.now();
  const heard: Heard = { ...NOTHING_HEARD };
  const problem = await listen(parts, request, { ...listener, heard });
  const usage = usageOf(heard, { request, problem, prices: parts.prices });
  const record: AttemptRecord = {
    model: request.model,
    outcome: outcomeOf(problem),
    errorCode: problem?.code ?? null,
    requestId: heard.requestId ?? problem?.details.upstream?.request_id ?? null,
    usage,
    ...parts.prices.price(request.model, usage, startedAt),
    ttftMs: heard.firstTextAt === null ? null : heard.firstTextAt - startedAt,
    latencyMs: parts.now() - startedAt,
  };
  return { record, text: heard.text, problem };
}

/** Hear the provider out. @returns why the answer is not whole, or null */
async function listen(
  { provider, now }: AttemptParts,
  request: ModelRequest,
  { heard, signal, onText }: Listener & { heard: Heard },
): Promise<ProblemError | null> {
  try {
    for await (const event of provider.stream(request, signal)) {
      if (event.type === 'start') {
        Object.assign(heard, { started: true, requestId: event.requestId, counts: event.counts });
      } else if (event.type === 'text') {
        heard.firstTextAt ??= now();
        heard.text += event.text;
        await orAborted(onText(event.text), signal);
      } else {
        heard.ended = event.stop;
        heard.counts = { ...heard.counts, ...event.counts };
      }
    }
    return whyNotWhole(heard, signal, request.model);
  } catch (error) {
    return toProblem(error);
  }
}

/** Waits for the reader, but not for one who reads no more: the books must close in time. */
function orAborted(heard: void | Promise<void>, signal: AbortSignal): void | Promise<void> {
  if (heard === undefined || signal.aborted) return;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    void heard.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** A stream that just ends is whole only if it said so: cuts and aborts end silently. */
function whyNotWhole(heard: Heard, signal: AbortSignal, model: string): ProblemError | null {
  if (heard.ended === 'complete') return null;
  if (heard.ended === 'truncated') {
    return newProblem('output_truncated', {
      detail: `${model} reached its output limit before the answer was complete.`,
    });
  }
  if (heard.ended === 'refused') {
    return newProblem('model_refused', { detail: `${model} declined to answer this input.` });
  }
  if (signal.aborted) {
    return signal.reason instanceof ProblemError
      ? signal.reason
      : newProblem('cancelled', { detail: 'The call was cancelled.' });
  }
  return newProblem('model_stream_broken', {
    detail: `The answer of ${model} stopped before its last event.`,
    upstream: {
      provider: 'anthropic',
      model,
      status: 200,
      type: null,
      request_id: heard.requestId,
    },
  });
}

const OUTCOMES: Partial<Record<string, AttemptRecord['outcome']>> = {
  output_truncated: 'truncated',
  model_refused: 'refused',
  cancelled: 'cancelled',
  deadline_exceeded: 'deadline',
};

const outcomeOf = (failure: ProblemError | null): AttemptRecord['outcome'] =>
  failure === null ? 'ok' : (OUTCOMES[failure.code] ?? 'failed');

/**
 * The provider's counts where it gave the final one; else the best evidence. A request that failed
 * before it started is free; one that we dropped while waiting has cost at least its prompt.
 */
function usageOf(
  heard: Heard,
  {
    request,
    problem,
    prices,
  }: { request: ModelRequest; problem: ProblemError | null; prices: PriceList },
): Usage {
  const dropped = problem?.code === 'cancelled' || problem?.code === 'deadline_exceeded';
  if (!heard.started && !dropped) return NO_USAGE;
  if (heard.ended !== null && heard.counts.output !== undefined) {
    return { ...NO_USAGE, ...heard.counts, source: 'provider' };
  }
  const { tokenFactor } = prices.facts(request.model);
  const sent = [request.system, request.user, JSON.stringify(request.replySchema)];
  return {
    ...NO_USAGE,
    input: estimatePrompt(sent, tokenFactor),
    output: estimateTokens(heard.text, tokenFactor),
    ...heard.counts,
    source: 'estimated',
  };
}
