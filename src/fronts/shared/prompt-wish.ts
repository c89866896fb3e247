import { problem } from '../../errors/problem.ts';

/** Header for the version of the prompt that an HTTP request wishes, in small letters. */
export const PROMPT_HEADER = 'x-tollgate-prompt';

/** Place of it for MCP: `_meta` of `tools/call`. */
export const PROMPT_META_KEY = 'tollgate/prompt';

/** Ids and versions as front matter has them. */
const WISH = /^[a-z][a-z0-9-]*@v[1-9]\d*$/;
const MAX_CHARS = 200;

/**
 * The version of a prompt that a caller wishes, `faq@v3`; spaces around it do not count. Whether the
 * caller may wish, and whether there is such a version, is decided in the pipeline.
 * @param said as it stood in the header or under {@link PROMPT_META_KEY}
 * @throws ProblemError invalid_request
 */
export function parsePromptWish(said: unknown): string {
  const wish = typeof said === 'string' ? said.trim() : '';
  if (wish.length <= MAX_CHARS && WISH.test(wish)) return wish;
  throw problem('invalid_request', {
    detail: `The header X-Tollgate-Prompt (over MCP also _meta["${PROMPT_META_KEY}"]) must name a prompt and its version as id@v1, for example faq@v3.`,
  });
}
