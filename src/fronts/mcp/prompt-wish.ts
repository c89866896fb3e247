import { parsePromptWish, PROMPT_HEADER, PROMPT_META_KEY } from '../shared/prompt-wish.ts';
import type { Meta } from './request-meta.ts';

/**
 * The wish from `_meta["tollgate/prompt"]`, else from the header that REST takes.
 * @throws ProblemError invalid_request
 */
export function toPromptWish({ meta, header }: Meta): string | null {
  const said = meta?.[PROMPT_META_KEY] ?? header(PROMPT_HEADER);
  return said === null ? null : parsePromptWish(said);
}
