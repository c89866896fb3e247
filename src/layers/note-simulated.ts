import type { CallMeta, Layer } from '../core/call/call.ts';

/** Whether the simulator plays a model. */
type IsSimulated = (model: string) => boolean;

/**
 * Whether an answer is a real one depends on who made it: the model that answered, also where a kept
 * answer of its is served, or, where none did, all that were asked. A replay says it for itself.
 */
export const buildNoteSimulated = (isSimulated: IsSimulated): Layer =>
  async function noteSimulated(call, next) {
    try {
      return await next(call);
    } finally {
      const { meta } = call;
      const makers = makersOf(meta);
      if (makers.length > 0) meta.simulated = makers.every(isSimulated);
    }
  };

const makersOf = ({ model, attempts }: CallMeta): string[] =>
  model === null
    ? attempts.filter(({ purpose }) => purpose === 'answer').map((attempt) => attempt.model)
    : [model];
