import type { Call, ChoosePrompt, Layer } from '../core/call/call.ts';
import { hasPrompt } from '../core/tool/define-tool.ts';
import { problem } from '../errors/problem.ts';

/** Chooses the version of the prompt for the call: by wish, by rule, by the split, or the only one. */
export const buildChoosePrompt = (choose: ChoosePrompt): Layer =>
  async function choosePrompt(call, next) {
    const { tool, meta } = call;
    if (!hasPrompt(tool)) return next(call);
    demandMayPin(call);
    const chosen = await choose(tool, call);
    const { id, version } = chosen.prompt.meta;
    meta.prompt = { id, version, variant: chosen.variant, hash: chosen.prompt.hash };
    return next({ ...call, chosen: { ...chosen, tool } });
  };

function demandMayPin({ principal, promptWish }: Call): void {
  if (promptWish === null || principal.mayPin) return;
  throw problem('forbidden_prompt', {
    detail: `The key "${principal.id}" may not say which version of a prompt answers it, and it asked for ${promptWish.slice(0, 100)}.`,
  });
}
