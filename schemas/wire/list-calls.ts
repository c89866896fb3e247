import { z } from 'zod';
import { CallMeta } from './call.ts';

/** Query of `GET /v1/calls`. */
export const ListCallsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most calls to return'),
  before: z.string().max(100).optional().describe('`next` of the page before this one'),
  tool: z.string().max(100).optional().describe('Only calls of this tool'),
  finish: CallMeta.shape.finish.optional().describe('Only calls that ended like this'),
});

export const ListCallsResult = z.object({
  calls: z.array(CallMeta).describe('Newest first'),
  next: z.string().nullable().describe('Pass as `before` for the next page; null at the end'),
});
