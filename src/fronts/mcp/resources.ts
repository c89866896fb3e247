import {
  ResourceNotFoundError,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { ProblemError } from '../../errors/problem.ts';
import type { ReadResourceParams } from './params.ts';

const MIME_TYPE = 'text/markdown';

/** URI of the text of a version of a prompt. */
export const PROMPT_TEMPLATE = 'prompt://{id}/{version}';
const PROMPT_URI = /^prompt:\/\/([^/?#]+)\/([^/?#]+)$/;

/** `resources/list`: every version of every prompt that the viewer may see. */
export async function listResources(
  { prompts }: Core,
  viewer: Principal,
): Promise<ListResourcesResult> {
  const listed = await prompts.list(viewer);
  return {
    resources: listed.prompts.flatMap(({ id, title, versions }) =>
      versions.map(({ version, uri, status, why }) => ({
        uri,
        name: `${id}@${version}`,
        title: `${title}: prompt ${version}`,
        description: `${status}: ${why}`,
        mimeType: MIME_TYPE,
      })),
    ),
  };
}

/** `resources/templates/list`: the same for everybody. */
export const RESOURCE_TEMPLATES: ListResourceTemplatesResult = {
  resourceTemplates: [
    {
      uriTemplate: PROMPT_TEMPLATE,
      name: 'prompt',
      title: 'A version of a prompt',
      description: 'What a model is told: front matter (who, when, why, variables) and templates',
      mimeType: MIME_TYPE,
    },
  ],
};

/** `resources/read`. @throws ResourceNotFoundError, also for what the viewer may not see */
export async function readResource(
  { prompts }: Core,
  viewer: Principal,
  { uri }: ReadResourceParams,
): Promise<ReadResourceResult> {
  const [, id, version] = PROMPT_URI.exec(uri) ?? [];
  if (id === undefined || version === undefined) {
    throw notFound(uri, `Resources are ${PROMPT_TEMPLATE}; resources/list names each.`);
  }
  try {
    const { text } = await prompts.text(viewer, id, version);
    return { contents: [{ uri, mimeType: MIME_TYPE, text }] };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'unknown_prompt') throw error;
    throw notFound(uri, error.details.detail);
  }
}

/** Its data is the address and no problem: that is how clients know what it is. */
const notFound = (uri: string, why: string): ResourceNotFoundError =>
  new ResourceNotFoundError(uri, `Resource not found. ${why}`);
