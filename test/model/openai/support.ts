import type { ProblemError } from '../../../src/errors/problem.ts';
import type {
  ModelEvent,
  ModelRequest,
  Provider,
  StreamWatch,
} from '../../../src/model/provider.ts';

export const REQUEST: ModelRequest = {
  model: 'llama-3.3',
  system: 'You are short.',
  user: 'How long?',
  maxOutputTokens: 300,
  replySchema: {
    type: 'object',
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  },
  cacheSystem: null,
  repair: null,
};

export const watch = (parts: Partial<StreamWatch> = {}): StreamWatch => ({
  signal: new AbortController().signal,
  onSent: () => undefined,
  ...parts,
});

export interface HeardOut {
  events: ModelEvent[];
  /** The text of all events. */
  text: string;
  /** The last event, if the stream came to its end. */
  end: Extract<ModelEvent, { type: 'end' }> | undefined;
  problem: ProblemError | null;
}

/** Everything that a provider says, and what it throws in the end. */
export async function hearOut(provider: Provider, asked = REQUEST): Promise<HeardOut> {
  const events: ModelEvent[] = [];
  let problem: ProblemError | null = null;
  try {
    for await (const event of provider.stream(asked, watch())) events.push(event);
  } catch (error) {
    problem = error as ProblemError;
  }
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { events, text, end: events.find((event) => event.type === 'end'), problem };
}
