import type { Call, Layer, Next, Outcome } from './call.ts';

/**
 * The onion: layers outermost first, around a core that nothing may fall through to.
 * @param entering is told of each layer that a call is about to enter
 */
export function compose(
  layers: readonly Layer[],
  entering?: (layer: string, call: Call) => void,
): Next {
  const dispatch = (index: number, call: Call): Promise<Outcome> => {
    const layer = layers[index];
    if (!layer) return Promise.reject(new Error('the last layer must answer, not call next()'));
    entering?.(layer.name, call);
    let called = false;
    return layer(call, (passedOn) => {
      // A second next() would run, and bill, everything below twice.
      if (called) return Promise.reject(new Error(`${layer.name} called next() twice`));
      called = true;
      return dispatch(index + 1, passedOn);
    });
  };
  return (call) => dispatch(0, call);
}
