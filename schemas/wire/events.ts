import { z } from 'zod';
import { CallBudget, CallMeta } from './call.ts';

/** `call`: always the first event of a stream. */
export const CallEvent = z.object({
  id: z.string().describe('The call'),
  tool: z.string().describe('Tool called'),
  prompt: z.string().nullable().describe('Prompt and version, for example faq@v1'),
  budget: CallBudget.nullable().describe(
    'How its budgets took it; null where nothing can be spent',
  ),
  cache: z
    .enum(['exact', 'canonical', 'similar', 'judged', 'shared'])
    .nullable()
    .optional()
    .describe(
      'What recognised the question, where a kept answer, or that of an identical call, follows; null: nothing did',
    ),
  replay_of: z
    .string()
    .optional()
    .describe('The call whose outcome follows once more, for the same idempotency key'),
});

/** `queue`: the call waits for a place at a model, or for a budget; sent again when the position changes. */
export const QueueEvent = z.object({
  model: z.string().nullable().describe('Model it waits for; null if for a budget'),
  budget: z.string().nullable().describe('Budget it waits for; null if for a model'),
  position: z.number().int().describe('How many calls go first, this one included'),
});

/** `restart`: the answer broke off and begins anew. Forget every `delta` before it. */
export const RestartEvent = z.object({
  reason: z.string().describe('Code of what went wrong'),
  model: z.string().describe('Model, or chain of models, that answers now'),
});

/** `delta`: the next piece of the one output field that streams. */
export const DeltaEvent = z.object({ text: z.string().describe('Text to append') });

/** `progress`: how far a tool without a streaming field has come. */
export const ProgressEvent = z.object({
  output_tokens: z.number().int().describe('Tokens written so far, estimated'),
});

/** `done`: the answer is whole. One of the two terminal events; the other, `error`, is a Problem. */
export const DoneEvent = z.object({
  output: z.unknown().describe('As POST answers'),
  call: CallMeta,
});

/** Payload by event name: the SSE `event:` line and its JSON `data:`. */
export interface StreamEvents {
  call: z.infer<typeof CallEvent>;
  queue: z.infer<typeof QueueEvent>;
  restart: z.infer<typeof RestartEvent>;
  delta: z.infer<typeof DeltaEvent>;
  progress: z.infer<typeof ProgressEvent>;
}
