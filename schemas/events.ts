import { z } from 'zod';
import { CallMeta } from './call.ts';

/** `call`: always the first event of a stream. */
export const CallEvent = z.object({
  id: z.string().describe('The call'),
  tool: z.string().describe('Tool called'),
  prompt: z.string().nullable().describe('Prompt and version, for example faq@v1'),
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
  delta: z.infer<typeof DeltaEvent>;
  progress: z.infer<typeof ProgressEvent>;
}
