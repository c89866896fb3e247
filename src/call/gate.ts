import type { ModelStatus } from '../../schemas/model.ts';
import type { Books } from './books.ts';
import type { CallRequest, Ended } from './call.ts';
import type { Tool } from './tool.ts';

/** The core as a front sees it: everything it may ask for, and nothing of how it is done. */
export interface Gate {
  readonly tools: readonly Tool[];
  readonly books: Books;
  readonly version: string;
  /** Address people reach the server at, without a trailing slash; doc links start with it. */
  readonly baseUrl: string;
  /** Whether the built-in simulator plays the model. */
  readonly simulated: boolean;
  /** Run one call down the road. Never rejects. */
  invoke(request: CallRequest): Promise<Ended>;
  /** Every model of a chain: price, breaker, queue. */
  models(): ModelStatus[];
  /** Whether calls can be taken: each part by name with null or what is wrong. */
  ready(): Promise<Record<string, string | null>>;
}
