import type { Call, Layer, Labels } from '../core/call/call.ts';
import { problem } from '../errors/problem.ts';

/** Ends calls that the caller's key does not allow, before anything is said of the tool. */
export const buildCheckAccess = (): Layer =>
  async function checkAccess(call, next) {
    checkTool(call);
    checkLabels(call);
    return next(call);
  };

function checkTool({ principal, toolName }: Call): void {
  const { id, tools } = principal;
  if (tools === null || tools.includes(toolName)) return;
  throw problem('forbidden_tool', {
    detail: `The key "${id}" may not call "${toolName}". It may call: ${tools.join(', ')}.`,
  });
}

/** A key that is made for a team would else spend the budget of another. */
function checkLabels({ principal, claimedLabels }: Call): void {
  for (const name of ['team', 'user', 'feature'] satisfies (keyof Labels)[]) {
    const [own, claimed] = [principal.labels[name], claimedLabels[name]];
    if (own === null || claimed === null || own === claimed) continue;
    throw problem('forbidden_label', {
      detail: `The key "${principal.id}" belongs to the ${name} "${own}" and cannot call as "${claimed}".`,
    });
  }
}
