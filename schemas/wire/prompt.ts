import { z } from 'zod';

const version = z.string().describe('Version, for example v1');

const PromptVersionSummary = z.object({
  version,
  status: z.enum(['draft', 'live', 'retired']).describe('live: callers may be given it'),
  share: z.number().describe('Share of callers that the split gives it, 0 to 1, without overrides'),
  author: z.string().describe('Who wrote it'),
  date: z.string().describe('When it was written, ISO 8601'),
  why: z.string().describe('Why it was made'),
  hash: z.string().describe('SHA-256 of all that the model is told, without what callers give'),
  uri: z.string().describe('Address of its text as an MCP resource'),
});

const PromptVariable = z.object({
  name: z.string().describe('Name'),
  type: z.enum(['string', 'number', 'boolean', 'array', 'object']).describe('JSON type'),
  required: z.boolean().describe('Whether it must be given'),
  description: z.string().describe('What it is'),
});

const PromptSummary = z.object({
  id: z.string().describe('Prompt id'),
  title: z.string().describe('What it is for: the title of its tool'),
  tools: z.array(z.string()).describe('Tools that use it'),
  variables: z.array(PromptVariable).describe('Those of the version that most callers are given'),
  versions: z.array(PromptVersionSummary).describe('Oldest first'),
});

export const ListPromptsResult = z.object({
  prompts: z.array(PromptSummary).describe('Those of tools that the key may call'),
  trouble: z
    .array(z.string())
    .describe('What is wrong with files on disk; until it is put right the last good state serves'),
});

export const PromptDetails = z.object({
  ...PromptSummary.shape,
  overrides: z
    .array(
      z.object({
        version,
        principal: z.string().optional().describe('For this key'),
        team: z.string().optional().describe('For this team'),
        user: z.string().optional().describe('For this user'),
        feature: z.string().optional().describe('For this feature'),
      }),
    )
    .describe('Who is given a version whatever the split says; the first that fits counts'),
});

export const PromptText = z.object({
  id: z.string().describe('Prompt id'),
  version,
  hash: PromptVersionSummary.shape.hash,
  text: z.string().describe('The file: front matter and templates'),
});

export type PromptVersionSummary = z.infer<typeof PromptVersionSummary>;
export type PromptSummary = z.infer<typeof PromptSummary>;
export type ListPromptsResult = z.infer<typeof ListPromptsResult>;
export type PromptDetails = z.infer<typeof PromptDetails>;
export type PromptText = z.infer<typeof PromptText>;
